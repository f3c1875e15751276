import type { Json } from '../../json.ts'
import { luaNumber } from '../../lua-text.ts'
import type { Field } from '../field.ts'
import { brokenLimit } from '../limits/limits.ts'
import type { Violation } from './violations.ts'

export const required = 'required field missing'

const vaultReference = /^\{vault:\/\/.+\}$/s

/** A value in a sentence, as Lua writes it. */
export const inWords = (value: Json): string => (typeof value === 'number' ? luaNumber(value) : String(value))

/** What is wrong with null as the value of a field. */
export function nullViolation(field: Field): string | undefined {
  if (field.ne === null) return field.err ?? 'value must not be null'
  if (field.eq !== undefined && field.eq !== null) return `value must be ${inWords(field.eq)}`
  return field.required ? required : undefined
}

/** What is wrong with the type of a scalar value; true if its limits need no check any more. */
export function scalarTypeViolation(field: Field, value: Json | undefined): string | true | undefined {
  switch (field.type) {
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) ? undefined : 'expected an integer'
    case 'number':
      return typeof value === 'number' ? undefined : 'expected a number'
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'expected a boolean'
    case 'string':
      if (typeof value !== 'string') return 'expected a string'
      return field.referenceable && vaultReference.test(value) ? true : undefined
    case 'function':
      return 'expected a function'
    default:
      return undefined
  }
}

/** The first limit of the field, or its function, that the value breaks. */
export function limitViolation(field: Field, value: Json): Violation | undefined {
  const broken =
    brokenLimit(value, field.limits) ?? field.rule?.(value) ?? brokenLimit(value, field.lateLimits)
  return broken === undefined ? undefined : (field.err ?? broken)
}

/** What is wrong with the value of a scalar field. */
export function scalarViolation(field: Field, value: Json): Violation | undefined {
  if (value === null) return nullViolation(field)
  const violation = scalarTypeViolation(field, value)
  if (violation === true) return undefined
  return violation ?? limitViolation(field, value)
}
