import type * as z from 'zod'
import { isObject, type JsonObject } from '../model/json.ts'
import { fail, type Result, succeed } from '../model/problem.ts'
import type { YamlDocument } from './document.ts'
import { Lines } from './lines.ts'
import { parseYaml } from './parse.ts'
import { type SchemaWords, schemaProblems } from './schema-problems.ts'

/** A text and the path that problems name. */
export interface TextFile {
  readonly path: string
  readonly text: string
}

/** A sort of file that a schema describes. */
export interface FileSort<T> {
  /** The code of its problems, such as `config`. */
  readonly code: SchemaWords['code']
  readonly schema: z.ZodType<T>
  /** The same as JSON Schema, which knows the names of keys. */
  readonly jsonSchema: () => Readonly<Record<string, unknown>>
  /** The message for a file without a mapping, such as `the file does not hold a policy`. */
  readonly otherwise: { readonly message: string; readonly hint: string }
}

/** A file's content according to its schema, and its places. */
export interface ReadBySchema<T> {
  readonly document: YamlDocument
  /** The value as written in the file. */
  readonly root: JsonObject
  readonly content: T
}

/** Reads a file by its schema. Reports all problems at once, each with its place; none contains a value of the file. */
export function readBySchema<T>(file: TextFile, sort: FileSort<T>): Result<ReadBySchema<T>> {
  const read = readBySchemaIfAny(file, sort)
  if (!read.ok) return read
  return read.value ? succeed(read.value) : notIt(file, sort)
}

/** The same for a file that may also be empty: null. */
export function readBySchemaIfAny<T>(file: TextFile, sort: FileSort<T>): Result<ReadBySchema<T> | null> {
  const lines = new Lines(file.path, file.text)
  const parsed = parseYaml(file.text, { placeAt: offset => lines.at(offset) })
  if (!parsed.ok) return parsed
  const document = parsed.value
  const root = document.value
  if (root === undefined) return succeed(null)
  if (!isObject(root)) return notIt(file, sort)
  const checked = sort.schema.safeParse(root)
  if (checked.success) return succeed({ document, root, content: checked.data })
  const words = { code: sort.code, schema: sort.jsonSchema() }
  return fail(schemaProblems(checked.error.issues, document, root, words))
}

function notIt({ path }: TextFile, { code, otherwise }: FileSort<unknown>): Result<never> {
  return fail([{ code, ...otherwise, place: { file: path, line: 1, column: 1 } }])
}
