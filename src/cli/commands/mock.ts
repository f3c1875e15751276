import { InvalidArgumentError } from 'commander'
import { orThrow } from '../../model/problem.ts'
import { exitCode, type Io, type Subcommand } from '../command.ts'
import { collect } from '../files/file-tools.ts'
import { readNamed, type SpecificationOptions } from '../files/read-specification.ts'
import { plain } from '../text/text-parts.ts'

interface Options extends SpecificationOptions {
  readonly port: number
  readonly host: string
}

function port(value: string): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 0 || number > 65_535) {
    throw new InvalidArgumentError('It must be a port from 0 to 65535; 0 picks a free one.')
  }
  return number
}

/** `gatewatch mock`: a server that answers as a specification says. */
export const mock: Subcommand = {
  register(program, run) {
    program
      .command('mock')
      .argument('<spec>', 'an OpenAPI 3.0 or 3.1 document, or an Insomnia export')
      .description(
        'answer requests with the examples of a specification, and refuse what it does not allow; ctrl-c stops it',
      )
      .option('--port <n>', 'the port; 0 picks a free one', port, 4010)
      .option('--host <address>', 'the address to listen on', '127.0.0.1')
      .option('--design <name>', 'the design document to use from an Insomnia export')
      .option('--allow-host <host>', 'references may lead to this host; may be repeated', collect, [])
      .action((spec: string, options: Options) => run(io => serve(io, spec, options)))
  },
}

async function serve(io: Io, spec: string, options: Options): Promise<number> {
  const specification = await readNamed(io, spec, options)
  const { startMock } = await import('../../specs/mock/server.ts')
  const running = orThrow(await startMock(specification, options))
  try {
    io.out(`ready: ${running.operations} operations of ${plain(spec)} at ${running.address}\n`)
    await new Promise<void>(resolve => {
      if (io.signal.aborted) resolve()
      io.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    return exitCode.same
  } finally {
    await running[Symbol.asyncDispose]()
  }
}
