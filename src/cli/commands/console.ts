import { exitCode, type Subcommand } from '../command.ts'
import { openScreen, printFleet } from '../open.ts'
import { chosen, type TargetOptions, withManifestOptions } from '../target-options.ts'

/** `gatewatch console`, or `gatewatch` alone: the console on the fleet of the nearest config. */
export const console: Subcommand = {
  register(program, run) {
    withManifestOptions(program.command('console', { isDefault: true }))
      .description(
        'open the console on the fleet (this is what gatewatch alone does); without a terminal print how it is',
      )
      .action((files: string[], options: TargetOptions) =>
        run(async io => {
          const { workspace, targets } = await chosen(io, options, files)
          const narrowed = { ...workspace, targets }
          if (!io.interactive) return printFleet(io, narrowed)
          return (await openScreen(io, narrowed)) === 0 ? exitCode.same : exitCode.error
        }),
      )
  },
}
