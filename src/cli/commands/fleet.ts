import { FleetStore } from '../../workflows/fleet/fleet.ts'
import type { Subcommand } from '../command.ts'
import { tellFleet } from '../open-console.ts'
import { chosen, outputOption, type TargetOptions, withManifestOptions } from '../options/target-options.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { fleetJson, fleetText } from '../text/fleet-text.ts'
import { painter } from '../text/text-parts.ts'

interface Options extends TargetOptions {
  readonly output: 'text' | DataForm
}

/** `gatewatch fleet`: shows what needs someone, and the state of each target. */
export const fleet: Subcommand = {
  register(program, run) {
    withManifestOptions(program.command('fleet'))
      .description('show what needs someone, and the state of each target')
      .addOption(outputOption())
      .addHelpText(
        'after',
        '\nUnknown values are shown as ?, and 3+ means at least 3. Exit code: 1 if no target was reached, if a manifest' +
          '\nor a policy can’t be read, or if something at a target that answers could not be read; otherwise 0.',
      )
      .action((files: string[], options: Options) =>
        run(async io => {
          const { project, targets } = await chosen(io, options, files)
          const store = new FleetStore(project, targets)
          await store.refresh()
          const view = store.fleet()
          if (options.output === 'text')
            io.out(fleetText(view, store.needs(), painter(io.colour), project.now()))
          else io.data(dataText(fleetJson(view, store.needs()), options.output))
          await store.close()
          return tellFleet(io, view)
        }),
      )
  },
}
