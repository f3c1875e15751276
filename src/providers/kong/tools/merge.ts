import { asString, isArray, type Json, type JsonObject } from '../../../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../../../model/problem.ts'
import { Lines } from '../../../yaml/index.ts'
import { evaluate } from '../manifest/template/expression.ts'
import { historyKey, type ToolFile } from './tool-file.ts'

/**
 * Several files as one, as decK merges them: lists at the top one after the other, all else from the last file
 * that has it. Nothing is checked but that the files fit together by `_transform` and the format's major version.
 */
export function mergeFiles(
  files: readonly ToolFile[],
  env: Readonly<Record<string, string | undefined>>,
): Result<JsonObject> {
  const merged: Record<string, Json> = {}
  let first: { readonly version?: Version; readonly transform: boolean; readonly file: ToolFile } | undefined
  let minor = 0
  for (const file of files) {
    const version = versionOf(file, env)
    if (!version.ok) return version
    const transform = file.value._transform !== false
    if (first && first.transform !== transform) {
      return fail([problemAt(file, '"_transform" is not what it is in', first.file)])
    }
    if (first?.version && version.value && first.version.major !== version.value.major) {
      return fail([problemAt(file, 'the format’s major version is not that of', first.file)])
    }
    first ??= { ...(version.value ? { version: version.value } : {}), transform, file }
    if (!first.version && version.value) first = { ...first, version: version.value }
    minor = Math.max(minor, version.value?.minor ?? 0)
    for (const [name, value] of Object.entries(file.value)) {
      const there = Object.hasOwn(merged, name) ? merged[name] : undefined
      merged[name] = isArray(there) && isArray(value) ? [...there, ...value] : value
    }
  }
  if (first?.version) merged._format_version = `${first.version.major}.${minor}`
  delete merged[historyKey]
  return succeed(merged)
}

interface Version {
  readonly major: number
  readonly minor: number
}

/** The version of a file's format; it may come from a variable. */
function versionOf(
  file: ToolFile,
  env: Readonly<Record<string, string | undefined>>,
): Result<Version | undefined> {
  const given = file.value._format_version
  if (given === undefined || given === null) return succeed(undefined)
  let text = asString(given) ?? ''
  const expression = /^\$\{\{(.*)\}\}$/s.exec(text.trim())?.[1]
  if (expression !== undefined) {
    const found = evaluate(expression, env)
    if (!found.ok) return fail([{ ...found.error, place: placeOf(file) }])
    text = found.value
  }
  const [, major, minor = '0'] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (major !== undefined) return succeed({ major: Number(major), minor: Number(minor) })
  return fail([
    {
      code: 'format-version',
      message: '"_format_version" is no text such as "3.0"',
      hint: 'Write _format_version: "3.0".',
      place: placeOf(file),
    },
  ])
}

function problemAt(file: ToolFile, message: string, other: ToolFile): Problem {
  const hint = 'Such files can’t be merged: convert one of them first.'
  return { code: 'unlike', message: `${message} ${other.path}`, hint, place: placeOf(file) }
}

function placeOf(file: ToolFile): ReturnType<Lines['at']> {
  const at = /^[ \t"']*_(?:format_version|transform)/m.exec(file.text)
  return new Lines(file.path, file.text).at(at?.index ?? 0)
}
