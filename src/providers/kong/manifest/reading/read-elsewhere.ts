import type { ManifestFile, ManifestOptions } from '../../../manifest.ts'
import { type ReadElsewhere, renderTemplate } from '../template/template.ts'
import { parsedInThread } from './parse-thread.ts'

/** Characters of all files together from which on a thread of its own is worth its start. */
const worthAThread = 200_000

/**
 * Reads large files in a thread of their own, so that whoever waits can do other things meanwhile: listen to a gateway,
 * or draw frames. What is not in the answer is to be read here, and what is wrong with any of it told.
 */
export async function readElsewhere(
  files: readonly ManifestFile[],
  options: ManifestOptions,
): Promise<ReadElsewhere> {
  const none: ReadElsewhere = new Map()
  const size = files.reduce((sum, file) => sum + file.text.length, 0)
  if (size < worthAThread || options.tolerant || options.keepComments) return none
  const rendered = files.map(file => renderTemplate(file.path, file.text, options))
  if (rendered.some(each => each.problems.length > 0)) return none
  const texts = rendered.map(({ text, filled }) => ({ text, filled }))
  const documents = await parsedInThread({ texts, named: options.named ?? false })
  return new Map(
    files.flatMap((file, i) => {
      const [read, template] = [documents[i], rendered[i]]
      return read && template ? [[file, { template, ...read }] as const] : []
    }),
  )
}
