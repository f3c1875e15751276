import { FleetStore } from '../../workflows/fleet/fleet.ts'
import { inventoryGaps, unmodelledGaps } from '../../workflows/meaning/inventory-gaps.ts'
import { exitCode, type Subcommand } from '../command.ts'
import { chosen, outputOption, type TargetOptions, withManifestOptions } from '../options/target-options.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { inventoryJson, inventoryText } from '../text/fleet-text.ts'
import { painter } from '../text/text-parts.ts'

interface Options extends TargetOptions {
  readonly output: 'text' | DataForm
}

/** `gatewatch inventory`: every service and route of all targets. */
export const inventory: Subcommand = {
  register(program, run) {
    withManifestOptions(program.command('inventory'))
      .description(
        'list every service and route of all targets: where it is, what protects it, whether Git has it',
      )
      .addOption(outputOption())
      .addHelpText('after', '\nExit code: 0 all targets were read, 1 some were not; they are named.')
      .action((files: string[], options: Options) =>
        run(async io => {
          const { project, targets } = await chosen(io, options, files)
          const store = new FleetStore(project, targets)
          await store.refresh()
          await store.close()
          const views = store.fleet().targets
          const apis = views.flatMap(view => view.apis ?? [])
          const unread = inventoryGaps(views, project.providers.kinds)
          const unknown = [...unread, ...unmodelledGaps(views)]
          if (options.output === 'text') io.out(inventoryText(apis, unknown, painter(io.colour)))
          else io.data(dataText(inventoryJson(apis, unknown), options.output))
          return unread.length > 0 ? exitCode.error : exitCode.same
        }),
      )
  },
}
