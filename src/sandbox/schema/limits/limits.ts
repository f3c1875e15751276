import { isObject, type Json, sameJson } from '../../json.ts'
import { luaNumber } from '../../lua-text.ts'
import { luaPattern } from './lua-pattern.ts'
import { validRegex } from './pcre.ts'

/** A limit of a field: its name in the schema, and what it is limited to. */
export interface Limit {
  readonly name: LimitName
  readonly to: Json
}

/** Answers a sentence where the value breaks the limit. */
type Check = (value: Json, to: Json) => string | undefined

const text = (value: Json): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? luaNumber(value) : String(value)
const listed = (to: Json): Json[] => (Array.isArray(to) ? to : [])

/** Strings are measured in bytes, maps in entries. */
function lengthOf(value: Json): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (Array.isArray(value)) return value.length
  return isObject(value) ? Object.keys(value).length : 0
}

const matches = (value: Json, pattern: Json | undefined): boolean =>
  typeof value === 'string' && typeof pattern === 'string' && luaPattern(pattern).test(value)

const sentence = (part: Json | undefined): string => (typeof part === 'string' ? part : 'invalid value')

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** True for text in the form of a UUID. */
export const isUuid = (value: Json | undefined): value is string =>
  typeof value === 'string' && uuidForm.test(value)

/** `'a', 'b'`, and `('a', 'b'), ('c')` for lists of lists. */
export function quotedList(words: readonly (string | readonly string[])[]): string {
  return words.map(word => (typeof word === 'string' ? `'${word}'` : `(${quotedList(word)})`)).join(', ')
}

function outside(value: Json, to: Json): string | undefined {
  const [low, high] = listed(to)
  if (typeof value !== 'number' || typeof low !== 'number' || typeof high !== 'number') return undefined
  if (value >= low && value <= high) return undefined
  return `value should be between ${Math.trunc(low)} and ${Math.trunc(high)}`
}

function exclusiveSubsets(value: Json, to: Json): string | undefined {
  const subsets = listed(to).map(subset => listed(subset).filter(part => typeof part === 'string'))
  const found: string[][] = []
  for (const member of listed(value)) {
    // A value in several subsets belongs to the last.
    const own = subsets.findLast(subset => subset.some(part => part === member))
    if (own !== undefined && !found.includes(own)) found.push(own)
  }
  return found.length > 1 ? `these sets are mutually exclusive: ${quotedList(found)}` : undefined
}

const checks = {
  eq: (value, to) => (sameJson(value, to) ? undefined : `value must be ${text(to)}`),
  ne: (value, to) => (sameJson(value, to) ? `value must not be ${text(value)}` : undefined),
  not_one_of: (value, to) =>
    listed(to).includes(value) ? `must not be one of: ${listed(to).map(text).join(', ')}` : undefined,
  one_of: (value, to) =>
    listed(to).includes(value) ? undefined : `expected one of: ${listed(to).map(text).join(', ')}`,
  gt: (value, to) =>
    typeof value === 'number' && typeof to === 'number' && value > to
      ? undefined
      : `value must be greater than ${text(to)}`,
  timestamp: value => (typeof value === 'number' && value > 0 ? undefined : 'expected a valid timestamp'),
  uuid: value => (isUuid(value) ? undefined : 'expected a valid UUID'),
  is_regex: value =>
    typeof value === 'string' && validRegex(value) ? undefined : `not a valid regex: ${text(value)}`,
  between: outside,
  len_eq: (value, to) => (lengthOf(value) === to ? undefined : `length must be ${text(to)}`),
  len_min: (value, to) =>
    typeof to === 'number' && lengthOf(value) < to ? `length must be at least ${text(to)}` : undefined,
  len_max: (value, to) =>
    typeof to === 'number' && lengthOf(value) > to ? `length must be at most ${text(to)}` : undefined,
  starts_with: (value, to) =>
    typeof value === 'string' && typeof to === 'string' && value.startsWith(to)
      ? undefined
      : `should start with: ${text(to)}`,
  not_match: (value, to) => (matches(value, to) ? `invalid value: ${text(value)}` : undefined),
  match_none: (value, to) => {
    const hit = listed(to).find(part => isObject(part) && matches(value, part.pattern))
    return isObject(hit) ? sentence(hit.err) : undefined
  },
  match: (value, to) => (matches(value, to) ? undefined : `invalid value: ${text(value)}`),
  match_all: (value, to) => {
    const missed = listed(to).find(part => isObject(part) && !matches(value, part.pattern))
    return isObject(missed) ? sentence(missed.err) : undefined
  },
  match_any: (value, to) => {
    if (!isObject(to)) return undefined
    if (listed(to.patterns ?? null).some(pattern => matches(value, pattern))) return undefined
    return typeof to.err === 'string' ? to.err : `invalid value: ${text(value)}`
  },
  contains: (value, to) => (listed(value).includes(to) ? undefined : `expected to contain: ${text(to)}`),
  mutually_exclusive_subsets: exclusiveSubsets,
} satisfies Record<string, Check>

export type LimitName = keyof typeof checks

const names = Object.keys(checks)
const isLimitName = (name: string): name is LimitName => names.includes(name)

/** The limits that a schema gives a field, in the order in which they are checked. */
export function limitsOf(raw: { readonly [name: string]: Json }): Limit[] {
  const found: Limit[] = []
  for (const name of names) {
    const to = raw[name]
    if (to === undefined || !isLimitName(name)) continue
    // `uuid: false` and the like mean that there is no such limit.
    if (to === false && (name === 'uuid' || name === 'timestamp' || name === 'is_regex')) continue
    found.push({ name, to })
  }
  return found
}

/** The sentence about the first limit that the value breaks, or undefined. */
export function brokenLimit(value: Json, limits: readonly Limit[]): string | undefined {
  for (const { name, to } of limits) {
    const broken = checks[name](value, to)
    if (broken !== undefined) return broken
  }
  return undefined
}
