import { access, stat } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { orThrow, ProblemError } from '../../model/problem.ts'
import type { FileFormat, ToolFile, Written } from '../../providers/kong/tools/tool-file.ts'
import type { ManifestFile } from '../../providers/manifest.ts'
import { writeWholeFile } from '../../repo/index.ts'
import type { Io } from '../command.ts'
import { tellWarnings } from '../command.ts'
import { confirmed } from '../terminal/confirm.ts'

/** The options of all commands that write a decK file; named as decK names them. */
export interface OutputOptions {
  readonly outputFile: string
  readonly format: FileFormat
}

/** The options of commands that edit one decK file. */
export interface EditOptions extends OutputOptions {
  readonly state: string
  readonly selector: readonly string[]
}

/** The name of `-` in problems. */
const standardInput = '<stdin>'

/** A parser of an option's value that takes words in upper and lower case alike. */
export function oneOf<T extends string>(words: readonly T[]): (value: string) => T {
  return value => {
    const found = words.find(word => word.toLowerCase() === value.toLowerCase())
    if (found === undefined) throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`)
    return found
  }
}

/** Collects the values of an option that may be given again. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

/** Adds the options for the output file and its format. */
export function withOutput(command: Command): Command {
  return command
    .option('-o, --output-file <file>', 'write to this file; - is standard output', '-')
    .option(
      '--format <form>',
      'the format of the output: yaml or json',
      oneOf(['yaml', 'json'] as const),
      'yaml',
    )
}

/** Adds the option for the input file. */
export function withState(command: Command): Command {
  return command
    .option('-s, --state <file>', 'the decK file to read; - is standard input', '-')
    .option('--selector <jsonpath>', 'what to select, such as $.services[*]; may be repeated', collect, [])
}

/** The text of a file, or of standard input where it is named `-`. Throws `ProblemError` where it can't be read. */
export async function readInput(io: Io, path: string): Promise<ManifestFile> {
  if (path === '-') return { path: standardInput, text: await io.input() }
  const { readManifestFile } = await import('../../providers/kong/manifest/files.ts')
  const file = await readManifestFile(resolve(io.cwd, path))
  if (!file.ok) throw new ProblemError([file.error])
  return { ...file.value, path }
}

/** The files of several paths, folders among them; `-` is standard input. Throws `ProblemError`. */
export async function readInputs(io: Io, paths: readonly string[]): Promise<readonly ManifestFile[]> {
  const { loadManifestFiles } = await import('../../providers/kong/manifest/files.ts')
  const files: ManifestFile[] = []
  for (const path of paths.length > 0 ? paths : ['-']) {
    if (path === '-') files.push(await readInput(io, path))
    else {
      const loaded = orThrow(await loadManifestFiles([resolve(io.cwd, path)]))
      const isFolder = (await stat(resolve(io.cwd, path))).isDirectory()
      files.push(...loaded.map(file => (isFolder ? file : { ...file, path })))
    }
  }
  return files
}

/**
 * The file to write for a given name: a name without an extension gets that of its format, as in decK. A pipe or a
 * device is used as it is.
 */
export async function outputPath(io: Io, file: string, form: FileFormat): Promise<string> {
  if (file === '-' || extname(file) !== '') return file
  const there = await stat(resolve(io.cwd, file)).catch(() => undefined)
  return there && !there.isFile() && !there.isDirectory() ? file : `${file}.${form}`
}

/** Writes the output of a tool. Files that may hold secrets are readable only by their owner. */
export async function writeOutput(
  io: Io,
  named: string,
  text: string,
  options: { readonly secret?: boolean } = {},
): Promise<void> {
  if (named === '-') {
    io.data(text)
    return
  }
  const secret = options.secret ? { mode: 0o600 } : {}
  await writeWholeFile(resolve(io.cwd, named), text, { cwd: io.cwd, shown: named, ...secret })
}

/** Whether a file may be written: if it exists, a person is asked, or must have said --yes. */
export async function mayWrite(
  io: Io,
  { outputFile, yes }: { readonly outputFile: string; readonly yes: boolean },
): Promise<boolean> {
  if (outputFile === '-' || yes) return true
  const there = await access(resolve(io.cwd, outputFile)).then(
    () => true,
    () => false,
  )
  if (!there) return true
  if (!io.interactive) {
    const hint = 'Say --yes to overwrite it, or name another file.'
    throw new ProblemError([{ code: 'file-there', message: `${outputFile} exists already`, hint }])
  }
  return confirmed(io, { yes: false, question: `${outputFile} exists already.`, typed: null })
}

/** Writes an edited file; warns if its comments were lost. */
export async function writeEdited(
  io: Io,
  options: OutputOptions,
  file: ToolFile,
  written: Written,
): Promise<void> {
  tellWarnings(io, file.warnings)
  if (!written.commentsKept && options.format === 'yaml') {
    tellWarnings(io, [
      {
        code: 'comments-lost',
        message: `${file.path} was rewritten without its comments`,
        hint: 'Expand its anchors and aliases, and its comments are kept.',
      },
    ])
  }
  await writeOutput(io, options.outputFile, written.text)
}
