import type { Subcommand } from '../command.ts'
import { editTags } from '../files/edit-tags.ts'
import { type EditOptions, withOutput, withState } from '../files/file-tools.ts'
import { collectTag } from '../options/deck-options.ts'

/** `gatewatch add-tags`. */
export const addTags: Subcommand = {
  register(program, run) {
    withOutput(withState(program.command('add-tags')))
      .argument('<tags...>', 'the tags to add', collectTag)
      .description('add tags in a decK file: to what selectors match, or to every entity')
      .addHelpText(
        'after',
        "\nExample: gatewatch add-tags -s kong.yaml -o kong.yaml --selector '$.services[*]' team-pay",
      )
      .action((tags: string[], options: EditOptions) =>
        run(io => editTags(io, options, (tools, file) => tools.addTags(file.value, tags, tools.selectors))),
      )
  },
}
