import { orThrow } from '../../model/problem.ts'
import type { Tagged } from '../../providers/kong/tools/tags.ts'
import type { ToolFile } from '../../providers/kong/tools/tool-file.ts'
import { exitCode, type Io, tellWarnings } from '../command.ts'
import { counted } from '../text/text-parts.ts'
import { type EditOptions, readInput, writeEdited } from './file-tools.ts'

/** The functions for tags, with the selectors that were given; loaded only when they are needed. */
export async function loadTagTools(texts: readonly string[]) {
  const { parseSelectors } = await import('../../providers/kong/tools/selecting/select.ts')
  const tags = await import('../../providers/kong/tools/tags.ts')
  return { ...tags, selectors: orThrow(parseSelectors(texts, '--selector')) }
}

/** Edits the tags of one decK file, and reports what it skipped. */
export async function editTags(
  io: Io,
  options: EditOptions,
  change: (tools: Awaited<ReturnType<typeof loadTagTools>>, file: ToolFile) => Tagged,
): Promise<number> {
  const tools = await loadTagTools(options.selector)
  const { editedText, readToolFile } = await import('../../providers/kong/tools/tool-file.ts')
  const file = orThrow(readToolFile(await readInput(io, options.state)))
  const { value, passedOver } = change(tools, file)
  await writeEdited(io, options, file, editedText(file, value, options.format))
  const left = [...passedOver].map(([list, n]) => `${n} of ${list}`)
  if (left.length > 0) {
    const lists = [...passedOver.keys()].map(list => `--selector '$..${list}[*]'`)
    const count = [...passedOver.values()].reduce((sum, n) => sum + n, 0)
    const message = `${counted(count, 'entity')} can carry tags but are left as they are, as decK leaves them: ${left.join(', ')}`
    tellWarnings(io, [{ code: 'passed-over', message, hint: `Name them: ${lists.join(' ')}` }])
  }
  return exitCode.same
}
