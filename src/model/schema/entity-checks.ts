import { equalJson, isArray, isObject, type Json } from '../json.ts'
import { type Limits, violation } from './limits.ts'

/** What one field must be for a rule to apply. */
export interface CheckMatch {
  readonly required: boolean
  readonly limits: Limits
  /** For lists: what each item must be. */
  readonly elements?: Limits
}

/** A rule about several fields of an entity; fields are named by paths, such as `config.redis.host`. */
export type EntityCheck =
  | {
      readonly rule: 'at least one' | 'only one' | 'all or none' | 'distinct'
      readonly fields: readonly string[]
    }
  | {
      readonly rule: 'conditional'
      readonly given: string
      readonly is: CheckMatch
      readonly field: string
      readonly must: CheckMatch
      readonly message: string | undefined
    }
  | {
      readonly rule: 'conditional at least one'
      readonly given: string
      readonly is: CheckMatch
      readonly fields: readonly string[]
    }

/** Something that is wrong with a field, without its value. */
export interface Fault {
  /** As `config.minute`; empty for the entity as a whole. */
  readonly path: string
  /** What is wrong with it, such as `must be between 0 and 65535`. */
  readonly message: string
  /** The gateway has no field of that name; the name that was meant, if one is close. */
  readonly unknown?: { readonly meant: string | undefined }
}

/** How an entity breaks a rule; `read` gives the value at a path. */
export function checkFault(check: EntityCheck, read: (path: string) => Json): Fault | undefined {
  if (check.rule === 'conditional') {
    const value = read(check.given)
    if (value === null || !matches(value, check.is)) return undefined
    const wrong = mismatch(read(check.field), check.must)
    if (wrong === undefined) return undefined
    return {
      path: check.field,
      message: check.message ?? `${wrong} when "${check.given}" has this value`,
    }
  }
  if (check.rule === 'conditional at least one') {
    const value = read(check.given)
    if (value === null || !matches(value, check.is) || check.fields.some(field => isFilled(read(field))))
      return undefined
    return { path: check.given, message: `needs ${alternatives(check.fields)} too` }
  }
  const filled = check.fields.filter(field => isFilled(read(field)))
  const [first = '', second = ''] = filled
  switch (check.rule) {
    case 'at least one':
      return filled.length > 0 ? undefined : { path: '', message: `must have ${alternatives(check.fields)}` }
    case 'only one':
      return filled.length < 2 ? undefined : { path: second, message: `can't be combined with "${first}"` }
    case 'all or none': {
      const missing = check.fields.find(field => !filled.includes(field))
      if (filled.length === 0 || missing === undefined) return undefined
      return { path: first, message: `needs "${missing}" too` }
    }
    case 'distinct': {
      const same = filled.find((field, i) =>
        filled.slice(0, i).some(other => equalJson(read(field), read(other))),
      )
      return same === undefined ? undefined : { path: same, message: 'must differ from its like' }
    }
  }
}

function matches(value: Json, match: CheckMatch): boolean {
  return mismatch(value, match) === undefined
}

function mismatch(value: Json, { required, limits, elements }: CheckMatch): string | undefined {
  if (value === null) {
    if (limits.equals !== undefined && limits.equals !== null)
      return `must be ${JSON.stringify(limits.equals)}`
    return required ? 'must be given' : undefined
  }
  const wrong = violation(value, limits)
  if (wrong !== undefined || !elements || !isArray(value)) return wrong
  return value.map(item => violation(item, elements)).find(each => each !== undefined)
}

function isFilled(value: Json): boolean {
  if (isArray(value)) return value.length > 0
  return isObject(value) ? Object.keys(value).length > 0 : value !== null
}

function alternatives(fields: readonly string[]): string {
  return `one of ${fields.map(field => `"${field}"`).join(', ')}`
}
