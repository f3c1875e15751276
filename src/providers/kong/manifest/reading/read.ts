import type { FieldPath } from '../../../../model/entity.ts'
import { isObject } from '../../../../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../../../../model/problem.ts'
import type { Sliced } from '../../../../model/time-slices.ts'
import { atOnce, inSlices } from '../../../../model/time-slices.ts'
import { type FilledIn, Lines, parseYaml, YamlDocument } from '../../../../yaml/index.ts'
import type { Manifest, ManifestFile, ManifestOptions } from '../../../manifest.ts'
import { type ReadElsewhere, renderTemplate } from '../template/template.ts'
import { checkContent } from './check.ts'
import { duplicates } from './duplicates.ts'
import { flatten, type PluginConfigs } from './flatten.ts'
import type { ParsedFile } from './parse-thread.ts'
import { readElsewhere } from './read-elsewhere.ts'
import { resolve } from './resolve.ts'
import { checkVersion, mergeSettings } from './settings.ts'
import type { ReadFile } from './source.ts'
import { warningsOf } from './warnings.ts'

/** How many problems are told; more would not be read. */
const maxProblems = 100

/**
 * Reads and merges decK files (format 3.0). All problems of all files come at once, each with its place; none
 * holds a value of a field. Pure.
 */
export function readManifests(files: readonly ManifestFile[], options: ManifestOptions): Result<Manifest> {
  return atOnce(manifestReading(files, options))
}

/** The same in slices and with a thread for large files, for faces that must not stand still. */
export async function readManifestsInSlices(
  files: readonly ManifestFile[],
  options: ManifestOptions,
): Promise<Result<Manifest>> {
  const elsewhere = await readElsewhere(files, options)
  return inSlices(manifestReading(files, options, elsewhere))
}

/** One text, to be handed to another thread; undefined where it holds no mapping. */
export function packedFile(text: string, filled: FilledIn, named: boolean): ParsedFile | undefined {
  const warnings: Problem[] = []
  const parsed = parseYaml(text, { placeAt: () => ({ file: '', line: 1, column: 1 }), filled })
  const content = parsed.ok ? parsed.value.value : undefined
  const document = parsed.ok && isObject(content) ? parsed.value.pack() : undefined
  if (!parsed.ok || !document || !isObject(content)) return undefined
  const file = { path: '', document: parsed.value, content }
  const checked = atOnce(checkedFile(file, { env: {}, named }, warnings))
  return { document, isSound: checked.ok && warnings.length === 0 }
}

function* manifestReading(
  files: readonly ManifestFile[],
  options: ManifestOptions,
  elsewhere?: ReadElsewhere,
): Sliced<Result<Manifest>> {
  const checked = yield* fileReading(files, options, elsewhere)
  if (!checked.ok) return checked
  const { read, warnings } = checked.value
  const merged = mergeSettings(read, options)
  const flat = yield* flatten(read, pluginConfigs(read), options.named)
  const { entities, problems: unresolved } = yield* resolve(flat, merged.settings.lookupTags)
  const twice = yield* duplicates(entities)
  const all = [...merged.problems, ...flat.problems, ...twice, ...unresolved]
  if (all.length > 0) return fail(firstOf(all))
  return succeed({
    ...merged.settings,
    entities,
    files: files.map(file => file.path),
    warnings: [...warnings, ...warningsOf(entities)],
  })
}

/** Files that were read and fit decK's format, each by itself; and what is odd in them. */
export interface ReadFiles {
  readonly read: readonly ReadFile[]
  readonly warnings: readonly Problem[]
}

/** Reads and checks decK files, without merging them. Empty files are passed over. */
export function readFiles(files: readonly ManifestFile[], options: ManifestOptions): Result<ReadFiles> {
  return atOnce(fileReading(files, options))
}

function* fileReading(
  files: readonly ManifestFile[],
  options: ManifestOptions,
  elsewhere?: ReadElsewhere,
): Sliced<Result<ReadFiles>> {
  const read: ReadFile[] = []
  const problems: Problem[] = []
  const warnings: Problem[] = []
  for (const file of files) {
    const already = readAlready(file, elsewhere)
    const result = already
      ? already.isSound
        ? succeed(already.file)
        : yield* checkedFile(already.file, options, warnings)
      : yield* readFile(file, options, warnings)
    if (!result.ok) problems.push(...result.error)
    else if (result.value) read.push(result.value)
  }
  if (problems.length > 0) return fail(firstOf(problems))
  const empty = checkNotEmpty(files, read, options)
  return empty ? fail([empty]) : succeed({ read, warnings })
}

/** A file that was read in another thread; undefined where it was not. */
function readAlready(
  file: ManifestFile,
  elsewhere: ReadElsewhere | undefined,
): { readonly file: ReadFile; readonly isSound: boolean } | undefined {
  const known = elsewhere?.get(file)
  if (!known) return undefined
  const { isSound, template } = known
  const lines = new Lines(file.path, file.text)
  const document = YamlDocument.unpack(known.document, offset => lines.at(template.origin(offset)))
  const { value: content } = document
  return isObject(content) ? { file: { path: file.path, document, content }, isSound } : undefined
}

/** One file, checked; undefined where it is empty. */
function* readFile(
  file: ManifestFile,
  options: ManifestOptions,
  warnings: Problem[],
): Sliced<Result<ReadFile | undefined>> {
  const rendered = renderTemplate(file.path, file.text, options)
  if (rendered.problems.length > 0) return fail(rendered.problems)
  const lines = new Lines(file.path, file.text)
  const parsed = parseYaml(rendered.text, {
    placeAt: offset => lines.at(rendered.origin(offset)),
    filled: rendered.filled,
    ...(options.tolerant ? { onDuplicate: problem => warnings.push(problem) } : {}),
  })
  if (!parsed.ok) return parsed
  const document = parsed.value
  const content = document.value
  if (content === undefined) return succeed(undefined)
  if (!isObject(content)) {
    const message = "the file does not hold a mapping with decK's keys"
    return fail([
      { code: 'wrong-type', message, hint: 'Begin it with _format_version: "3.0".', place: lines.at(0) },
    ])
  }
  return yield* checkedFile({ path: file.path, document, content }, options, warnings)
}

/** A file held against decK's format. */
function* checkedFile(
  file: ReadFile,
  options: ManifestOptions,
  warnings: Problem[],
): Sliced<Result<ReadFile>> {
  const { content, document } = file
  const version = checkVersion(content, path => document.place(content, path))
  if (version && !(options.tolerant && version.code === 'old-format')) return fail([version])
  if (version) warnings.push(version)
  const problems = yield* checkContent(content, document, options)
  return problems.length > 0 ? fail(problems) : succeed(file)
}

/** decK refuses to sync nothing at all, and so do we: it would delete everything. */
function checkNotEmpty(
  files: readonly ManifestFile[],
  read: readonly ReadFile[],
  options: ManifestOptions,
): Problem | undefined {
  const [first] = files
  if (!first) {
    return {
      code: 'empty-manifest',
      message: 'there is no manifest file',
      hint: 'Name decK files or folders that hold some.',
    }
  }
  const place = { file: first.path, line: 1, column: 1 }
  const hint = 'Begin one of the files with _format_version: "3.0".'
  if (read.every(({ content }) => Object.keys(content).length === 0)) {
    return { code: 'empty-manifest', message: 'the manifests hold nothing at all', hint, place }
  }
  if (options.tolerant || read.some(({ content }) => content._format_version !== undefined)) {
    return undefined
  }
  return { code: 'format-version', message: 'no manifest says "_format_version"', hint, place }
}

/** `_plugin_configs` of all files; of one name the first wins. */
function pluginConfigs(files: readonly ReadFile[]): PluginConfigs {
  const configs = new Map<
    string,
    {
      config: ReadFile['content']
      variables: readonly FieldPath[]
      place: (path?: string) => ReturnType<ReadFile['document']['place']>
    }
  >()
  for (const { content, document } of files) {
    const shared = isObject(content._plugin_configs) ? content._plugin_configs : {}
    for (const [name, config] of Object.entries(shared)) {
      if (!isObject(config)) continue
      const earlier = configs.get(name)
      configs.set(name, {
        config: { ...config, ...earlier?.config },
        variables: [...document.filledIn(config), ...(earlier?.variables ?? [])],
        place: path =>
          earlier && isGiven(earlier.config, path) ? earlier.place(path) : document.place(config, path),
      })
    }
  }
  return configs
}

function isGiven(config: ReadFile['content'], path = ''): boolean {
  return Object.hasOwn(config, path.split('.', 1)[0] ?? '')
}

function firstOf(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= maxProblems) return problems
  const more = problems.length - maxProblems
  return [
    ...problems.slice(0, maxProblems),
    { code: 'more', message: `there are ${more} more problems of this sort` },
  ]
}
