import { isObject, type Json, type JsonObject, jsonObject, sameJson } from '../../json.ts'
import type { Checking, EntityCheck, Field } from '../field.ts'
import { quotedList } from '../limits/limits.ts'
import { fieldViolation } from './validate.ts'
import { addEntityViolation, setViolation, type Violations } from './violations.ts'

/** A check that Kong makes by a function: gets the fields that it names, returns a sentence or undefined. */
export type EntityRule = (entity: JsonObject) => string | undefined

/** What a check needs to know of the schema that it belongs to. */
export interface CheckContext {
  readonly place: string
  /** The field at a dotted path. */
  field(path: string): Field | undefined
  /** A field with a condition laid over it. */
  conditioned(path: string, condition: JsonObject): Field
  /** The function of a custom check, by the fields it names. */
  rule(sources: readonly string[]): EntityRule | undefined
}

interface Kind {
  readonly withMissing: boolean
  readonly withInvalid: boolean
  /** All fields that it looks at, and those that must have a value. */
  sources(arg: Json): readonly [all: readonly string[], needed: readonly string[]]
  /** Answers the sentence where the check fails. */
  prepare(
    arg: Json,
    context: CheckContext,
  ): (input: JsonObject, how: Checking, violations: Violations) => string | undefined
}

const strings = (value: Json | undefined): string[] =>
  Array.isArray(value)
    ? value.filter(part => typeof part === 'string')
    : typeof value === 'string'
      ? [value]
      : []
const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)
const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

function at(entity: Json | undefined, path: string): Json | undefined {
  let here: Json | undefined = entity
  for (const step of path.split('.')) {
    if (!isObject(here)) return undefined
    here = here[step]
  }
  return here
}

function isFilled(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

const count = (input: JsonObject, names: readonly string[]) =>
  names.filter(name => isFilled(at(input, name))).length

const updatingPrefix = (how: Checking) => (how.updating ? 'when updating, ' : '')
const oneOf = 'at least one of these fields must be non-empty: '

const listed = (arg: Json): readonly [readonly string[], readonly string[]] => [strings(arg), strings(arg)]

/** A check that takes a list of fields and a condition over how many have a value. */
const counting = (
  withMissing: boolean,
  withInvalid: boolean,
  fine: (found: number, of: number) => boolean,
  sentence: (names: string, how: Checking) => string,
): Kind => ({
  withMissing,
  withInvalid,
  sources: listed,
  prepare: arg => {
    const names = strings(arg)
    return (input, how) =>
      fine(count(input, names), names.length) ? undefined : sentence(quotedList(names), how)
  },
})

const conditional: Kind = {
  withMissing: false,
  withInvalid: true,
  sources: arg => [
    [...strings(object(arg).if_field), ...strings(object(arg).then_field)],
    strings(object(arg).if_field),
  ],
  prepare: (arg, context) => {
    const { if_field: ifName, then_field: thenName, if_match, then_match, then_err } = object(arg)
    const ifField = text(ifName) ?? ''
    const thenField = text(thenName) ?? ''
    const ifMatch = context.conditioned(ifField, object(if_match))
    const thenMatch = context.conditioned(thenField, object(then_match))
    const failed = text(then_err)?.replace('%s', () => ifField)
    return (input, how, violations) => {
      if (fieldViolation(ifMatch, at(input, ifField), how) !== undefined) return undefined
      const violation = fieldViolation(thenMatch, at(input, thenField) ?? null, how)
      if (violation === undefined) return undefined
      setViolation(violations, thenField.split('.'), violation)
      return failed ?? `failed conditional validation given value of field '${ifField}'`
    }
  },
}

const conditionalAtLeastOneOf: Kind = {
  withMissing: true,
  withInvalid: true,
  sources: arg => {
    const { if_field, then_at_least_one_of, else_then_at_least_one_of } = object(arg)
    return [
      [...strings(if_field), ...strings(then_at_least_one_of), ...strings(else_then_at_least_one_of)],
      [],
    ]
  },
  prepare: (arg, context) => {
    const parts = object(arg)
    const ifField = text(parts.if_field) ?? ''
    const branch = (match: Json | undefined, names: Json | undefined, err: Json | undefined) => ({
      match: context.conditioned(ifField, object(match)),
      names: strings(names),
      err: text(err),
    })
    const branches = [branch(parts.if_match, parts.then_at_least_one_of, parts.then_err)]
    if (isObject(parts.else_match)) {
      branches.push(branch(parts.else_match, parts.else_then_at_least_one_of, parts.else_then_err))
    }
    return (input, how) => {
      const value = at(input, ifField)
      if (value === undefined) return undefined
      const chosen = branches.find(({ match }) => fieldViolation(match, value, how) === undefined)
      if (chosen === undefined || count(input, chosen.names) > 0) return undefined
      const names = quotedList(chosen.names)
      return chosen.err?.replace('%s', () => names) ?? `${updatingPrefix(how)}${oneOf}${names}`
    }
  },
}

const custom: Kind = {
  withMissing: false,
  withInvalid: false,
  sources: arg => {
    const names = strings(object(arg).field_sources)
    return [names, names]
  },
  prepare: (arg, context) => {
    const rule = context.rule(strings(object(arg).field_sources))
    return input => rule?.(input)
  },
}

const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['conditional', conditional],
  ['conditional_at_least_one_of', conditionalAtLeastOneOf],
  ['custom_entity_check', custom],
  [
    'at_least_one_of',
    counting(
      true,
      true,
      found => found > 0,
      (names, how) => `${updatingPrefix(how)}${oneOf}${names}`,
    ),
  ],
  [
    'only_one_of',
    counting(
      false,
      true,
      found => found === 1,
      names => `exactly one of these fields must be non-empty: ${names}`,
    ),
  ],
  [
    'mutually_required',
    counting(
      true,
      false,
      (found, of) => found === 0 || found === of,
      names => `all or none of these fields must be set: ${names}`,
    ),
  ],
  [
    'mutually_exclusive',
    counting(
      true,
      false,
      found => found < 2,
      names => `only one or none of these fields must be set: ${names}`,
    ),
  ],
  [
    'distinct',
    {
      withMissing: false,
      withInvalid: true,
      sources: listed,
      prepare: arg => {
        const names = strings(arg)
        return input => {
          const values = names.map(name => at(input, name)).filter(isFilled)
          const twice = values.some((value, i) => values.some((other, j) => j < i && sameJson(value, other)))
          return twice ? `values of these fields must be distinct: ${quotedList(names)}` : undefined
        }
      },
    },
  ],
])

const vaultReference = /^\{vault:\/\/.+\}$/s

function setInput(input: JsonObject, path: string, value: Json | undefined): void {
  const steps = path.split('.')
  let here = input
  for (const step of steps.slice(0, -1)) {
    const next = here[step]
    const inner = isObject(next) ? next : jsonObject()
    here[step] = inner
    here = inner
  }
  const last = steps.at(-1)
  if (last !== undefined && value !== undefined) here[last] = value
}

/** The check `name` of a schema; undefined if it is unknown. */
export function entityCheck(name: string, arg: Json, context: CheckContext): EntityCheck | undefined {
  const kind = kinds.get(name)
  if (kind === undefined) return undefined
  const [all, needed] = kind.sources(arg)
  const check = kind.prepare(arg, context)
  const withMissing = kind.withMissing || object(arg).run_with_missing_fields === true
  const withInvalid = kind.withInvalid || object(arg).run_with_invalid_fields === true
  return {
    run(entity, how, violations) {
      const input = jsonObject()
      const absent: string[] = []
      let anyGiven = false
      for (const path of all) {
        const value = at(entity, path)
        if (value !== undefined) {
          anyGiven = true
          if (context.field(path)?.referenceable && typeof value === 'string' && vaultReference.test(value))
            return
        } else if (!withMissing && needed.includes(path)) absent.push(path)
        if (violations[path] !== undefined && !withInvalid) return
        setInput(input, path, value)
      }
      if (!anyGiven && !(kind.withMissing && how.full)) return
      for (const path of absent) {
        setViolation(
          violations,
          path.split('.'),
          `field required for entity check${how.updating ? ' when updating' : ''}`,
        )
      }
      if (absent.length > 0) return
      const sentence = check(input, how, violations)
      if (sentence !== undefined) addEntityViolation(violations, sentence)
    },
  }
}
