import { type Problem, type Result, succeed } from '../../../../model/problem.ts'
import type { ManifestFile } from '../../../manifest.ts'
import { readFiles } from '../../manifest/reading/read.ts'
import { renderTemplate } from '../../manifest/template/template.ts'
import { editedText, type FileFormat, readToolFile } from '../tool-file.ts'
import { type Conversion, convertFile } from './convert.ts'
import { notesOn } from './convert-notes.ts'

/** How a file is converted. */
export interface ConvertOptions extends Conversion {
  readonly format: FileFormat
  /** Where variables are looked up; null: they stay as they are written. */
  readonly env: Readonly<Record<string, string | undefined>> | null
}

/** The text of a converted file, what was done, and what only a person can decide. */
export interface ConvertedText {
  readonly text: string
  readonly done: readonly string[]
  readonly warnings: readonly Problem[]
}

/** Converts a file from one version of Kong to another. It must fit decK's format, of any version. */
export function convertText(file: ManifestFile, options: ConvertOptions): Result<ConvertedText> {
  const { env } = options
  const checked = readFiles([file], { env: env ?? {}, mocked: env === null, tolerant: true })
  if (!checked.ok) return checked
  const source = sourceOf(file, env)
  const read = readToolFile(source)
  if (!read.ok) return read
  // What decK takes for comments is none inside of a block of text: the value is that without them.
  const [content] = env === null ? [] : checked.value.read
  const value = content?.content ?? read.value.value
  const converted = convertFile(value, options)
  if (!converted.ok) return converted
  const { done } = converted.value
  const { text } = editedText({ ...read.value, value }, converted.value.value, options.format)
  const notes = checked.value.read.flatMap(each => notesOn(each, options))
  const warnings = checked.value.warnings.filter(({ code }) => code !== 'old-format')
  return succeed({ text, done, warnings: [...warnings, ...notes] })
}

/** The file with its variables filled in and its comments kept. */
function sourceOf(file: ManifestFile, env: ConvertOptions['env']): ManifestFile {
  if (env === null) return file
  return { path: file.path, text: renderTemplate(file.path, file.text, { env, keepComments: true }).text }
}
