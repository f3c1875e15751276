import { equalJson, isArray, isObject, type Json } from '../json.ts'

/** Whether a text has a certain form; undefined: unknown. */
export interface TextPattern {
  test(text: string): boolean | undefined
}

/** A text that must, or must not, look a certain way. */
export interface TextRule {
  readonly pattern: TextPattern
  /** The gateway's message for a violation, such as `must not have empty segments`. */
  readonly message: string | undefined
}

/** Which values a gateway accepts for a field, as far as its schema says so without code. */
export interface Limits {
  readonly oneOf?: readonly Json[]
  readonly notOneOf?: readonly Json[]
  /** Only this exact value; null: none at all. */
  readonly equals?: Json
  /** Not this value. */
  readonly differs?: Json
  readonly between?: readonly [number, number]
  readonly above?: number
  /** Of texts, lists and mappings. */
  readonly minLength?: number
  readonly maxLength?: number
  readonly length?: number
  readonly startsWith?: string
  readonly contains?: Json
  readonly uuid?: true
  readonly all?: readonly TextRule[]
  readonly none?: readonly TextRule[]
  /** At least one pattern must fit; the message is for all. */
  readonly any?: { readonly patterns: readonly TextPattern[]; readonly message: string | undefined }
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** How a value violates limits, such as `must be between 0 and 65535`; never shows the value. */
export function violation(value: Json, limits: Limits): string | undefined {
  return valueViolation(value, limits) ?? sizeViolation(value, limits) ?? textViolation(value, limits)
}

function valueViolation(value: Json, limits: Limits): string | undefined {
  const { oneOf, notOneOf, equals, differs, between, above, contains } = limits
  if (equals !== undefined && !equalJson(value, equals)) {
    return equals === null ? 'must not be given here' : `must be ${JSON.stringify(equals)}`
  }
  if (differs !== undefined && equalJson(value, differs)) return `must not be ${JSON.stringify(differs)}`
  if (oneOf && !oneOf.some(each => equalJson(each, value))) return `must be one of ${listed(oneOf)}`
  if (notOneOf?.some(each => equalJson(each, value))) return `must be none of ${listed(notOneOf)}`
  if (typeof value === 'number') {
    if (between && (value < between[0] || value > between[1]))
      return `must be between ${between[0]} and ${between[1]}`
    if (above !== undefined && value <= above) return `must be greater than ${above}`
  }
  if (contains !== undefined && isArray(value) && !value.some(each => equalJson(each, contains)))
    return `must contain ${JSON.stringify(contains)}`
  return undefined
}

function sizeViolation(value: Json, { minLength, maxLength, length }: Limits): string | undefined {
  const size = sizeOf(value)
  if (size === undefined) return undefined
  const what = typeof value === 'string' ? 'characters' : 'items'
  if (minLength !== undefined && size < minLength)
    return minLength === 1 ? 'must not be empty' : `must have at least ${minLength} ${what}`
  if (maxLength !== undefined && size > maxLength) return `must have at most ${maxLength} ${what}`
  if (length !== undefined && size !== length) return `must have exactly ${length} ${what}`
  return undefined
}

/** For texts in bytes, as gateways count. */
function sizeOf(value: Json): number | undefined {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (isArray(value)) return value.length
  return isObject(value) ? Object.keys(value).length : undefined
}

function textViolation(value: Json, limits: Limits): string | undefined {
  if (typeof value !== 'string') return undefined
  const { startsWith, all = [], none = [], any } = limits
  if (startsWith !== undefined && !value.startsWith(startsWith)) return `must begin with ${startsWith}`
  if (limits.uuid && !uuid.test(value)) return 'must be a UUID'
  const odd = 'has a form that the gateway does not accept'
  const broken =
    all.find(rule => rule.pattern.test(value) === false) ??
    none.find(rule => rule.pattern.test(value) === true)
  if (broken) return broken.message ?? odd
  if (any && !any.patterns.some(pattern => pattern.test(value) !== false)) return any.message ?? odd
  return undefined
}

function listed(values: readonly Json[]): string {
  return values.map(value => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ')
}
