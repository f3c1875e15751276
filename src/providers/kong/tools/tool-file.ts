import { equalJson, isArray, isObject, type Json, type JsonObject } from '../../../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../../../model/problem.ts'
import { safeJson } from '../../../model/safe-text.ts'
import { Lines, parseYaml, yamlText } from '../../../yaml/index.ts'
import type { ManifestFile } from '../../manifest.ts'
import { rewriteYaml } from './rewriting/rewrite.ts'

/** The forms in which the file tools write. */
export type FileFormat = 'yaml' | 'json'

/** The key under which decK's tools used to note what they did to a file; they take it out now. */
export const historyKey = '_ignore'

/** A file as decK's file tools take it: a mapping of whatever content. Variables stay as they are written. */
export interface ToolFile extends ManifestFile {
  readonly value: JsonObject
  readonly warnings: readonly Problem[]
}

/** A text that a tool made, and whether the comments of its source are in it. */
export interface Written {
  readonly text: string
  readonly commentsKept: boolean
}

/** A value that is being changed; never one that others hold. */
export type EditedValue = null | boolean | number | string | EditedValue[] | DraftObject

/** A mapping that is being changed. */
export interface DraftObject {
  [name: string]: EditedValue
}

/** Reads a file for a tool. Keys that are there twice are told as warnings; the last counts, as in decK. */
export function readToolFile(file: ManifestFile): Result<ToolFile> {
  const lines = new Lines(file.path, file.text)
  const warnings: Problem[] = []
  const parsed = parseYaml(file.text, {
    placeAt: offset => lines.at(offset),
    onDuplicate: problem => warnings.push(problem),
  })
  if (!parsed.ok) return parsed
  const { value } = parsed.value
  if (isObject(value)) return succeed({ ...file, value, warnings })
  return fail([
    {
      code: 'wrong-type',
      message: value === undefined ? 'the file holds nothing' : 'the file does not hold a mapping',
      hint: 'Name a decK file, in YAML or JSON.',
      place: lines.at(0),
    },
  ])
}

/** A copy to be changed, in which no part is shared with another. */
export function draftOf(value: JsonObject): DraftObject {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, draftValue(item)]))
}

/** A copy of any value, to be changed. */
export function draftValue(value: Json): EditedValue {
  if (isArray(value)) return value.map(draftValue)
  return isObject(value) ? draftOf(value) : value
}

/** A value as a file of its own, keys in order, as decK writes them. */
export function fileText(value: JsonObject, format: FileFormat): string {
  if (format === 'json') return `${safeJson(JSON.stringify(sorted(value), null, 2))}\n`
  return yamlText(value, { lineWidth: -1, noRefs: true, seqNoIndent: true, sortKeys: true })
}

/**
 * The text of a file after a change. Where it is YAML and stays so, only what must change does, and comments stay;
 * where that can't be done it is written anew.
 */
export function editedText(file: ToolFile, after: JsonObject, format: FileFormat): Written {
  if (format === 'yaml' && !isJsonText(file.text)) {
    const text = rewriteYaml(file.text, file.value, after)
    if (text !== undefined && holds(text, after)) return { text, commentsKept: true }
  }
  return { text: fileText(after, format), commentsKept: !/(?:^|\s)#/.test(file.text) }
}

/** Whether a text reads as a value. */
function holds(text: string, value: JsonObject): boolean {
  const read = readToolFile({ path: '', text })
  return read.ok && equalJson(read.value.value, value)
}

function isJsonText(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function sorted(value: Json): Json {
  if (isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([name, item]) => [name, sorted(item)] as const)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
