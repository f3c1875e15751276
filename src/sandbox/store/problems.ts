import { type Json, type JsonObject, jsonObject } from '../json.ts'
import { luaBlock, luaLine } from '../lua-text.ts'
import { type Violation, type Violations, violationsToJson } from '../schema/validate/violations.ts'

/** Why a request can't be done: the status and the body of the answer. */
export interface Problem {
  readonly status: number
  readonly body: JsonObject
}

/** Either the result, or why there is none. */
export type Outcome<T> = { readonly value: T } | { readonly problem: Problem }

/** An outcome that went well. */
export const done = <T>(value: T): Outcome<T> => ({ value })
/** An outcome that did not. */
export const failed = (problem: Problem): { readonly problem: Problem } => ({ problem })

const problem = (
  status: number,
  code: number,
  name: string,
  message: string,
  more: JsonObject = {},
): Problem => ({
  status,
  body: { name, code, ...more, message },
})

/** A plain answer: `{"message": …}`. */
export const plain = (status: number, message: string): Problem => ({ status, body: { message } })
export const notFound = plain(404, 'Not found')
export const notAllowed = plain(405, 'Method not allowed')

const sorted = (names: readonly string[]): string[] =>
  [...names].sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : a > b ? 1 : 0))

/** Each violation on one line: those of the whole first, then by field and the field inside it. */
function sentences(violations: Violations): string[] {
  const whole = violations['@entity']
  const found: string[] = Array.isArray(whole) ? [...whole] : []
  for (const name of sorted(Object.keys(violations))) {
    const violation = violations[name]
    if (name === '@entity' || violation === undefined) continue
    if (typeof violation === 'string') {
      found.push(`${name}: ${violation}`)
      continue
    }
    const inner = new Map<string, Violation>(
      Array.isArray(violation)
        ? violation.map((part, i) => [String(i + 1), part])
        : Object.entries(violation),
    )
    for (const key of sorted([...inner.keys()])) {
      const part = inner.get(key) ?? ''
      found.push(`${name}.${key}: ${typeof part === 'string' ? part : luaBlock(part)}`)
    }
  }
  return found
}

/** The entity breaks its schema. */
export function schemaViolation(violations: Violations): Problem {
  const found = sentences(violations)
  const message =
    found.length === 1
      ? `schema violation (${found[0]})`
      : `${found.length} schema violations (${found.join('; ')})`
  return problem(400, 2, 'schema violation', message, { fields: violationsToJson(violations) })
}

/** One field breaks the schema. */
export const fieldProblem = (field: string, sentence: string): Problem =>
  schemaViolation({ [field]: sentence })

/** The text in a path is not an id. */
export function invalidPrimaryKey(violations: Violations): Problem {
  const message = `invalid primary key: '${luaLine(violations)}'`
  return problem(400, 1, 'invalid primary key', message, { fields: violationsToJson(violations) })
}

/** The text in a path cannot be the value of the field that it stands for. */
export const invalidUnique = (field: string, sentence: string): Problem =>
  problem(400, 10, `invalid unique ${field}`, sentence)

const luaNull = (line: string) => line.replaceAll('"userdata: NULL"', 'null')

export const primaryKeyViolation = (key: JsonObject): Problem =>
  problem(400, 3, 'primary key violation', `primary key violation on key '${luaLine(key)}'`, { fields: key })

/** Another entity has these values already. */
export const uniqueViolation = (fields: JsonObject): Problem =>
  problem(
    409,
    5,
    'unique constraint violation',
    `UNIQUE violation detected on '${luaNull(luaLine(fields))}'`,
    { fields },
  )

/** A foreign field points to nothing. */
export const danglingReference = (field: string, key: JsonObject, parent: string): Problem =>
  problem(
    400,
    4,
    'foreign key violation',
    `the foreign key '${luaLine(key)}' does not reference an existing '${parent}' entity.`,
    { fields: { [field]: key } },
  )

/** The entity cannot go while others point to it. */
export const stillReferenced = (parent: string, child: string): Problem =>
  problem(
    400,
    4,
    'foreign key violation',
    `an existing '${child}' entity references this '${parent}' entity`,
    { fields: { '@referenced_by': child } },
  )

/** A CA certificate cannot go while an entity trusts it. */
export const stillTrusted = (authority: string, kind: string, id: string): Problem =>
  problem(
    400,
    19,
    'referenced by others',
    `ca certificate ${authority} is still referenced by ${kind} (id = ${id})`,
  )

/** Foreign fields that name an entity by other than its id, and no such entity is there. */
export function unresolvedReferences(
  fields: ReadonlyMap<string, ReadonlyMap<string, readonly [Json, string]>>,
): Problem {
  const shown = jsonObject()
  const found: string[] = []
  for (const field of sorted([...fields.keys()])) {
    const inner = jsonObject()
    const parts = fields.get(field) ?? new Map()
    for (const name of sorted([...parts.keys()])) {
      const [value, parent] = parts.get(name) ?? [null, '']
      const sentence = `the foreign key cannot be resolved with '${luaLine({ [name]: value })}' for an existing '${parent}' entity`
      inner[name] = sentence
      found.push(`${field}.${name}: ${sentence}`)
    }
    shown[field] = inner
  }
  const message =
    found.length === 1
      ? `foreign key unresolved (${found[0]})`
      : `${found.length} foreign keys unresolved (${found.join('; ')})`
  return problem(400, 13, 'foreign keys unresolved', message, { fields: shown })
}

export const noSuchKey = (key: JsonObject): Problem =>
  problem(404, 6, 'not found', `could not find the entity with primary key '${luaLine(key)}'`, {
    fields: key,
  })

export const noSuchValue = (key: JsonObject): Problem =>
  problem(404, 6, 'not found', `could not find the entity with '${luaLine(key)}'`, { fields: key })

export const invalidOffset = (offset: string, why: string): Problem =>
  problem(400, 7, 'invalid offset', `'${offset}' is not a valid offset: ${why}`)

export const invalidSize = (why: string): Problem => problem(400, 9, 'invalid size', why)

export const invalidOption = (option: string, why: string): Problem =>
  problem(400, 11, 'invalid options', `invalid option (${option}: ${why})`, { options: { [option]: why } })

/** Without a database entities are only read. `by` is the field that the entity was named by. */
export function unsupported(verb: string, kind: string, by: string): Problem {
  const named = by === 'id' ? '' : ` by '${by}'`
  const message = `cannot ${verb} '${kind}' entities${named} when not using a database`
  return { status: 405, body: { message, name: 'operation unsupported', code: 12 } }
}
