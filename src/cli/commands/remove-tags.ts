import { ProblemError } from '../../model/problem.ts'
import type { Subcommand } from '../command.ts'
import { editTags } from '../files/edit-tags.ts'
import { type EditOptions, withOutput, withState } from '../files/file-tools.ts'
import { collectTag } from '../options/deck-options.ts'

interface RemoveOptions extends EditOptions {
  readonly keepOnly?: true
  readonly keepEmptyArray?: true
}

/** `gatewatch remove-tags`. */
export const removeTags: Subcommand = {
  register(program, run) {
    withOutput(withState(program.command('remove-tags')))
      .argument('[tags...]', 'the tags to remove', collectTag)
      .description('remove tags in a decK file: from what selectors match, or from every entity')
      .option('--keep-only', 'remove all tags except the named ones; all of them, if none is named')
      .option('--keep-empty-array', 'keep lists of tags that become empty')
      .addHelpText('after', '\nExample: gatewatch remove-tags -s kong.yaml --keep-only team-pay team-ops')
      .action((tags: string[], options: RemoveOptions) =>
        run(io => {
          const { keepOnly = false, keepEmptyArray: keepEmpty = false } = options
          if (tags.length === 0 && !keepOnly) {
            const hint = 'Name the tags to remove, or say --keep-only to remove all.'
            throw new ProblemError([{ code: 'no-tags', message: 'no tag is named', hint }])
          }
          return editTags(io, options, (tools, file) =>
            tools.removeTags(file.value, { tags, keepOnly, keepEmpty }, tools.selectors),
          )
        }),
      )
  },
}
