import type * as z from 'zod'
import type { JsonObject } from '../model/json.ts'
import type { Problem } from '../model/problem.ts'
import type { ProblemCode } from '../model/problems/problem-code.ts'
import { suggestion } from '../model/problems/suggestion.ts'
import type { YamlDocument } from './document.ts'

/** The codes that have another one for unknown keys, such as `config` and `config-unknown-key`. */
type FileCode<Code = ProblemCode> = Code extends `${infer File extends ProblemCode}-unknown-key`
  ? File
  : never

/** How problems of one type of file are reported. */
export interface SchemaWords {
  /** The code of problems, such as `config`; unknown keys get `-unknown-key` after it. */
  readonly code: FileCode
  /** The JSON Schema of the file: for an unknown key, it provides the known ones. */
  readonly schema: Readonly<Record<string, unknown>>
}

/** What zod finds in a file, as problems with places, by line; no message contains a value of the file. */
export function schemaProblems(
  issues: readonly z.core.$ZodIssue[],
  document: YamlDocument,
  root: JsonObject,
  words: SchemaWords,
): readonly Problem[] {
  const problems = issues.flatMap(issue => problemsOf(issue, root, document, words))
  return withoutConsequences(problems).toSorted((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0))
}

/** A key that is missing only because it was misspelt is reported once, where it was misspelt. */
function withoutConsequences(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ message }) => {
    const missing = /^(\S+) is missing$/.exec(message)?.[1]?.split('.').at(-1)
    return missing === undefined || !problems.some(({ hint }) => hint === `Did you mean ${missing}?`)
  })
}

function problemsOf(
  issue: z.core.$ZodIssue,
  root: JsonObject,
  document: YamlDocument,
  { code, schema }: SchemaWords,
): readonly Problem[] {
  const path = issue.path.map(String)
  const label = path.length === 0 ? 'the file' : path.join('.')
  const place = document.place(root, path.join('.'))
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path)
    return issue.keys.map(key => {
      const meant = suggestion(key, known)
      const hint = meant === undefined ? `Known are ${known.join(', ')}.` : `Did you mean ${meant}?`
      const at = document.place(root, [...path, key].join('.'))
      return {
        code: `${code}-unknown-key`,
        message: `${label} has the unknown key "${key}"`,
        hint,
        place: at,
      }
    })
  }
  if (issue.code === 'invalid_key') {
    const message = `the name "${path.at(-1) ?? ''}" ${issue.issues[0]?.message ?? 'is not valid'}`
    return [{ code, message, place }]
  }
  if (issue.code === 'invalid_type') {
    const expected = {
      string: 'a text',
      array: 'a list',
      boolean: 'true or false',
      object: 'a mapping',
      record: 'a mapping',
    }
    const what =
      Object.entries(expected).find(([type]) => type === issue.expected)?.[1] ?? `a ${issue.expected}`
    const absent = document.at(root, path) === undefined
    return [{ code, message: absent ? `${label} is missing` : `${label} must be ${what}`, place }]
  }
  const several = issue.code !== 'invalid_value' || issue.values.length > 1
  if (several && path.length > 0 && document.at(root, path) === undefined) {
    return [{ code, message: `${label} is missing`, place }]
  }
  return [{ code, message: `${label} ${issue.message}`, place }]
}

/** The keys that a JSON Schema knows at a path. */
function knownKeys(root: unknown, path: readonly string[]): readonly string[] {
  let schema = root
  for (const name of path) {
    if (!isRecord(schema)) return []
    const properties = isRecord(schema.properties) ? schema.properties : {}
    schema = properties[name] ?? schema.additionalProperties ?? schema.items
  }
  return isRecord(schema) && isRecord(schema.properties) ? Object.keys(schema.properties) : []
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
