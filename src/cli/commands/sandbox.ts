import { InvalidArgumentError, Option } from 'commander'
import { ProblemError } from '../../model/problem.ts'
import { type Flavour, flavours, launchSandbox, SandboxError } from '../../sandbox/index.ts'
import { exitCode, type Subcommand } from '../command.ts'

interface Options {
  readonly port: number
  readonly empty?: true
  readonly dbless?: true
  readonly faults?: true
  readonly schemas?: string
  readonly routerFlavor: Flavour
  readonly state?: string
}

function port(value: string): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 1 || number > 64_535) {
    throw new InvalidArgumentError('It must be a port from 1 to 64535: the proxy listens 1000 ports above.')
  }
  return number
}

/** `gatewatch sandbox`: one Kong-compatible gateway on this machine. */
export const sandbox: Subcommand = {
  register(program, run) {
    program
      .command('sandbox')
      .description('start a Kong-compatible gateway on loopback, its proxy 1000 ports above; ctrl-c stops it')
      .option('--port <n>', 'the port of the Admin API', port, 8001)
      .option('--empty', 'start empty, as is the default without --state')
      .option('--state <file>', 'load the state from this file, if it exists, and save it at the end')
      .option('--dbless', 'without a database: configured only by POST /config')
      .option('--faults', 'with an address that can be asked for faults')
      .addOption(
        new Option('--router-flavor <flavour>', 'the flavour of its router; only the first has a proxy')
          .choices(flavours)
          .default(flavours[0]),
      )
      .option('--schemas <folder>', 'use the schemas in this folder instead of its own')
      .action((options: Options) =>
        run(async io => {
          try {
            const running = await launchSandbox({
              gateways: [
                {
                  name: 'sandbox',
                  adminPort: options.port,
                  proxyPort: options.routerFlavor === flavours[0] && options.port + 1000,
                  routerFlavor: options.routerFlavor,
                  dbless: options.dbless ?? false,
                  faults: options.faults ?? false,
                  ...(options.state === undefined ? {} : { stateFile: options.state }),
                },
              ],
              ...(options.schemas === undefined ? {} : { schemas: options.schemas }),
            })
            const [gateway] = running.gateways
            const faults = running.controlUrl ? `, faults at ${running.controlUrl}` : ''
            const proxy = gateway?.proxyUrl ? `, proxy ${gateway.proxyUrl}` : ''
            io.out(`ready: Admin API ${gateway?.adminUrl}${proxy}${faults}\n`)
            await new Promise<void>(resolve => {
              if (io.signal.aborted) resolve()
              io.signal.addEventListener('abort', () => resolve(), { once: true })
            })
            await running.stop()
            return exitCode.same
          } catch (error) {
            if (!(error instanceof SandboxError)) throw error
            throw new ProblemError([
              { code: 'no-sandbox', message: error.message, hint: 'Choose another port with --port.' },
            ])
          }
        }),
      )
  },
}
