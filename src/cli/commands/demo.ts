import { orThrow, ProblemError } from '../../model/problem.ts'
import { type Demo, startDemo } from '../../sandbox/demo/index.ts'
import { SandboxError } from '../../sandbox/index.ts'
import { openProject } from '../../workflows/project/open-project.ts'
import { ensureOwnKey } from '../../workflows/project/own-key.ts'
import { exitCode, type Io, type Subcommand } from '../command.ts'
import { openScreen, preloadScreen, printFleet } from '../open-console.ts'

interface Options {
  readonly serve?: true
}

/** `gatewatch demo`: a fleet on this machine, with a repository, for trying things out. */
export const demo: Subcommand = {
  register(program, run) {
    program
      .command('demo')
      .description('start the demo fleet and open the console on it; without a terminal, print its status')
      .option('--serve', 'print where the fleet is and keep it running, for other commands')
      .action((options: Options) =>
        run(async io => {
          if (io.interactive && !options.serve) preloadScreen()
          const fleet = await start()
          try {
            // As after `gatewatch init`: what is overwritten here can be taken back.
            await ensureOwnKey(fleet.folder, { GATEWATCH_STATE_DIR: fleet.stateFolder })
            return options.serve ? await serve(io, fleet) : await show(io, fleet)
          } finally {
            await fleet.stop()
          }
        }),
      )
  },
}

async function start(): Promise<Demo> {
  try {
    return await startDemo()
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error
    throw new ProblemError([
      { code: 'no-demo', message: `the demo fleet could not be started: ${error.message}` },
    ])
  }
}

async function show(io: Io, fleet: Demo): Promise<number> {
  const project = orThrow(
    await openProject({
      cwd: fleet.folder,
      env: io.env,
      config: fleet.fleetFile,
      stateFolder: fleet.stateFolder,
    }),
  )
  return io.interactive ? openScreen(io, project) : printFleet(io, project)
}

async function serve(io: Io, fleet: Demo): Promise<number> {
  io.data(
    `${JSON.stringify({ config: fleet.fleetFile, state: fleet.stateFolder, gateways: fleet.gateways })}\n`,
  )
  io.err(
    `gatewatch: try: GATEWATCH_STATE_DIR=${fleet.stateFolder} gatewatch diff --config ${fleet.fleetFile}\n`,
  )
  await new Promise<void>(resolve => {
    if (io.signal.aborted) resolve()
    io.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  return exitCode.same
}
