import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import { namesOf, valueAt } from './field-values.ts'
import { isOperator, type Moment, operators, type Verify, verifyScalar } from './operators.ts'

/** A condition of a policy, ready to be asked of many values. */
export interface Condition {
  /** The first names of its paths: `effective`, `config`. */
  readonly roots: ReadonlySet<string>
  /** The path of the first part that fails; null: all hold. */
  failure(value: JsonObject, moment: Moment): string | null
}

/** A mistake in a condition, and where it is. */
export interface ConditionProblem {
  readonly path: readonly string[]
  readonly message: string
}

/** What a condition may use beyond what is built in. */
export interface ConditionTools {
  /** Functions that a policy may name; each returns whether a value is valid. */
  readonly functions: ReadonlyMap<string, (value: Json | undefined) => boolean>
}

/** The conditions that join others. */
const joints = ['all', 'any', 'not'] as const

/**
 * Makes a condition from a policy's text: a mapping whose entries must all hold. `all`, `any` and `not` combine
 * conditions; any other key is a path, and its value is the expected value, or operators. Adds problems.
 */
export function conditionOf(
  given: Json | undefined,
  tools: ConditionTools,
  problems: ConditionProblem[],
  path: readonly string[] = [],
): Condition {
  if (given === undefined) return { roots: new Set(), failure: () => null }
  const roots = new Set<string>()
  const verify = conditionIn(given, { tools, problems, roots }, path)
  return { roots, failure: (value, moment) => verify(value, moment) }
}

interface Compiling {
  readonly tools: ConditionTools
  readonly problems: ConditionProblem[]
  /** Undefined below `every`, `some` and `no`: their paths begin at an element. */
  readonly roots: Set<string> | undefined
}

type Failure = (value: Json | undefined, moment: Moment) => string | null

const holds: Failure = () => null

function conditionIn(given: Json, compiling: Compiling, path: readonly string[]): Failure {
  if (!isObject(given)) return wrong(compiling, path, 'must be a mapping of paths to their conditions')
  const parts = Object.entries(given).map(([key, value]) => partIn(key, value, compiling, [...path, key]))
  const [only] = parts
  if (only && parts.length === 1) return only
  return (value, moment) => {
    for (const part of parts) {
      const failing = part(value, moment)
      if (failing !== null) return failing
    }
    return null
  }
}

function partIn(key: string, given: Json, compiling: Compiling, path: readonly string[]): Failure {
  if (key === 'not') {
    const inner = conditionIn(given, compiling, path)
    const named = firstPath(given)
    return (value, moment) => (inner(value, moment) === null ? named : null)
  }
  if (key === 'all' || key === 'any') {
    if (!isArray(given) || given.length === 0) return wrong(compiling, path, 'must be a list of conditions')
    const parts = given.map((item, i) => conditionIn(item, compiling, [...path, String(i)]))
    return key === 'all' ? allOf(parts) : anyOf(parts)
  }
  const names = namesOf(key)
  const [root] = names
  if (root === undefined || names.some(name => name === '')) return wrong(compiling, path, 'isn’t a path')
  compiling.roots?.add(root)
  const verify = testIn(given, compiling, path)
  return (value, moment) => (verify(valueAt(value, names), moment) ? null : key)
}

function allOf(parts: readonly Failure[]): Failure {
  return (value, moment) => {
    for (const part of parts) {
      const failing = part(value, moment)
      if (failing !== null) return failing
    }
    return null
  }
}

function anyOf(parts: readonly Failure[]): Failure {
  return (value, moment) => {
    let first: string | null = null
    for (const part of parts) {
      const failing = part(value, moment)
      if (failing === null) return null
      first ??= failing
    }
    return first
  }
}

/** The check of the value at a path: equality, or operators. */
function testIn(given: Json, compiling: Compiling, path: readonly string[]): Verify {
  if (!isObject(given)) return verifyScalar(given)
  const parts = Object.entries(given).map(([key, argument]) => {
    const at = [...path, key]
    if (key === 'every' || key === 'some' || key === 'no') return elementsIn(key, argument, compiling, at)
    if (key === 'count') {
      const verify = testIn(argument, compiling, at)
      return (value: Json | undefined, moment: Moment) => verify(sizeOf(value), moment)
    }
    if (key === 'function') return functionIn(argument, compiling, at)
    const operator = operators.get(key)
    if (!operator) {
      wrong(compiling, at, `isn’t an operator: known are ${[...operators.keys(), ...nested].join(', ')}`)
      return () => true
    }
    const made = operator(argument)
    if (typeof made !== 'string') return made
    wrong(compiling, at, made)
    return () => true
  })
  return (value, moment) => parts.every(part => part(value, moment))
}

/** Operators whose argument is a condition or a test itself. */
const nested = ['every', 'some', 'no', 'count', 'function'] as const

function elementsIn(
  key: 'every' | 'some' | 'no',
  given: Json,
  compiling: Compiling,
  path: readonly string[],
): Verify {
  const below = { ...compiling, roots: undefined }
  const verify = isTest(given) ? testIn(given, below, path) : conditionOn(given, below, path)
  return (value, moment) => {
    const elements = isArray(value) ? value : isObject(value) ? Object.values(value) : []
    if (key === 'every') return elements.every(element => verify(element, moment))
    const some = elements.some(element => verify(element, moment))
    return key === 'some' ? some : !some
  }
}

function conditionOn(given: Json, compiling: Compiling, path: readonly string[]): Verify {
  const failure = conditionIn(given, compiling, path)
  return (value, moment) => failure(value, moment) === null
}

/** A value, or a mapping of only operators: a check of an element itself rather than its fields. */
function isTest(given: Json): boolean {
  if (!isObject(given)) return true
  const names = Object.keys(given)
  return names.length > 0 && names.every(name => isOperator(name) || nested.some(each => each === name))
}

function functionIn(given: Json, { tools, problems }: Compiling, path: readonly string[]): Verify {
  const found = typeof given === 'string' ? tools.functions.get(given) : undefined
  if (found) return value => found(value)
  problems.push({ path, message: 'names a function that is not allowed: see governance.functions' })
  return () => true
}

function sizeOf(value: Json | undefined): number {
  if (isArray(value)) return value.length
  return isObject(value) ? Object.keys(value).length : 0
}

function wrong({ problems }: Compiling, path: readonly string[], message: string): Failure {
  problems.push({ path, message })
  return holds
}

/** The first path that a condition names. */
function firstPath(given: Json): string {
  if (isArray(given)) return given[0] === undefined ? '' : firstPath(given[0])
  if (!isObject(given)) return ''
  const [entry] = Object.entries(given)
  if (!entry) return ''
  return joints.some(joint => joint === entry[0]) ? firstPath(entry[1]) : entry[0]
}
