import type { Json } from '../../json.ts'
import type { Violation } from '../validate/violations.ts'

/** A check that Kong makes by a function: returns what is wrong with a value, or undefined. */
export type Rule = (value: Json) => Violation | undefined

/** A rule that only text is held against. */
export const textRule =
  (check: (text: string) => Violation | undefined): Rule =>
  value =>
    typeof value === 'string' ? check(value) : undefined
