import { equalJson, isArray, isObject, type Json } from '../../model/json.ts'
import { LinearPattern, PatternError } from '../../patterns/linear-pattern.ts'
import { nameFits } from './wildcard.ts'

/** The time of evaluation: the meaning of `now` in policies. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Whether a value is valid; undefined: there is no value. */
export type Verify = (value: Json | undefined, moment: Moment) => boolean

/** Makes a check from an operator's argument; a text: what is wrong with the argument. */
type Operator = (argument: Json) => Verify | string

/** A missing value and null are the same. */
export function verifyScalar(wanted: Json): Verify {
  return value => equalJson(value ?? null, wanted)
}

const is: Operator = argument => verifyScalar(argument)

const oneOf: Operator = argument => {
  if (!isArray(argument)) return 'must be a list'
  return value => argument.some(item => equalJson(value ?? null, item))
}

const exists: Operator = argument => {
  if (typeof argument !== 'boolean') return 'must be true or false'
  return value => (value !== undefined && value !== null) === argument
}

const empty: Operator = argument => {
  if (typeof argument !== 'boolean') return 'must be true or false'
  return value => isEmpty(value) === argument
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true
  if (isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}

/** Numbers in text form, as in labels, count too; what isn't a number satisfies neither comparison. */
function comparison(fits: (value: number, limit: number) => boolean): Operator {
  return argument => {
    if (typeof argument !== 'number') return 'must be a number'
    return value => {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      return typeof number === 'number' && !Number.isNaN(number) && fits(number, argument)
    }
  }
}

function matching(wanted: boolean): Operator {
  return argument => {
    if (typeof argument !== 'string') return 'must be a regular expression'
    try {
      const pattern = LinearPattern.of(argument)
      return textual(wanted, text => pattern.test(text))
    } catch (error) {
      if (error instanceof PatternError) return `isn’t a regular expression: ${error.message}`
      throw error
    }
  }
}

function alike(wanted: boolean): Operator {
  return argument => {
    const patterns = isArray(argument) ? argument : [argument]
    const texts = patterns.filter(pattern => typeof pattern === 'string')
    if (texts.length === 0 || texts.length < patterns.length) return 'must be a pattern with "*", or several'
    return textual(wanted, text => texts.some(pattern => nameFits(pattern, text)))
  }
}

/** A missing value is like nothing; a list or a mapping is neither like a text nor unlike it. */
function textual(wanted: boolean, fits: (text: string) => boolean): Verify {
  return value => {
    if (value === undefined || value === null) return !wanted
    if (typeof value === 'object') return false
    return fits(String(value)) === wanted
  }
}

function containing(wanted: boolean): Operator {
  return argument => value => {
    if (typeof value === 'string' && typeof argument === 'string') return value.includes(argument) === wanted
    const holds = isArray(value) && value.some(item => equalJson(item, argument))
    return holds === wanted
  }
}

const containsAny: Operator = argument => {
  if (!isArray(argument)) return 'must be a list'
  return value => isArray(value) && value.some(item => argument.some(wanted => equalJson(item, wanted)))
}

/** An instant, or `now`; what isn't a time satisfies neither comparison. */
function instant(fits: (time: number, limit: number) => boolean): Operator {
  return argument => {
    const fixed = typeof argument === 'string' && argument !== 'now' ? Date.parse(argument) : 0
    if (typeof argument !== 'string' || Number.isNaN(fixed))
      return 'must be "now" or a time, such as 2026-01-31'
    return (value, moment) => {
      const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
      return !Number.isNaN(time) && fits(time, argument === 'now' ? moment.now : fixed)
    }
  }
}

function opposite(operator: Operator): Operator {
  return argument => {
    const made = operator(argument)
    return typeof made === 'string' ? made : (value, moment) => !made(value, moment)
  }
}

/** The checks of a value, by name. */
export const operators: ReadonlyMap<string, Operator> = new Map([
  ['is', is],
  ['is_not', opposite(is)],
  ['one_of', oneOf],
  ['none_of', opposite(oneOf)],
  ['exists', exists],
  ['empty', empty],
  ['at_least', comparison((value, limit) => value >= limit)],
  ['at_most', comparison((value, limit) => value <= limit)],
  ['matches', matching(true)],
  ['matches_not', matching(false)],
  ['like', alike(true)],
  ['unlike', alike(false)],
  ['contains', containing(true)],
  ['contains_any', containsAny],
  ['lacks', containing(false)],
  ['before', instant((time, limit) => time < limit)],
  ['after', instant((time, limit) => time > limit)],
])

/** Whether a name is an operator. */
export function isOperator(name: string): boolean {
  return operators.has(name)
}
