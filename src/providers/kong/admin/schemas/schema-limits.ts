import * as z from 'zod'
import { isObject, type Json, type JsonObject } from '../../../../model/json.ts'
import type { CheckMatch, EntityCheck } from '../../../../model/schema/entity-checks.ts'
import type { Limits, TextRule } from '../../../../model/schema/limits.ts'
import { expressionOf } from './lua-pattern.ts'

/*
 * What a Kong schema says about values: https://developer.konghq.com/custom-plugins/schema.lua/
 * What it says in another form than expected is passed over, for the gateway checks it in any case.
 */

const rule = z.looseObject({ pattern: z.string(), err: z.string().optional() })
const limit = z.looseObject({
  one_of: z.array(z.json()).optional().catch(undefined),
  not_one_of: z.array(z.json()).optional().catch(undefined),
  eq: z.json().optional(),
  ne: z.json().optional(),
  between: z.tuple([z.number(), z.number()]).optional().catch(undefined),
  gt: z.number().optional().catch(undefined),
  len_min: z.number().optional().catch(undefined),
  len_max: z.number().optional().catch(undefined),
  len_eq: z.number().optional().catch(undefined),
  starts_with: z.string().optional().catch(undefined),
  contains: z.json().optional(),
  uuid: z.literal(true).optional().catch(undefined),
  match: z.string().optional().catch(undefined),
  match_all: z.array(rule).optional().catch(undefined),
  match_none: z.array(rule).optional().catch(undefined),
  match_any: z
    .looseObject({ patterns: z.array(z.string()), err: z.string().optional() })
    .optional()
    .catch(undefined),
  err: z.string().optional().catch(undefined),
  required: z.boolean().optional().catch(undefined),
  elements: z.json().optional(),
})

const limitNames = new Set(
  Object.keys(limit.shape).filter(name => name !== 'required' && name !== 'elements'),
)

/** The limits of a field; undefined where it has none. */
export function limitsOf(field: object): Limits | undefined {
  if (!Object.keys(field).some(name => limitNames.has(name))) return undefined
  const parsed = limit.safeParse(field)
  if (!parsed.success) return undefined
  const given = parsed.data
  const { err } = given
  const all = rules([
    ...(given.match === undefined ? [] : [{ pattern: given.match, err }]),
    ...(given.match_all ?? []),
  ])
  const patterns = given.match_any?.patterns.map(expressionOf) ?? []
  const limits: Limits = {
    ...(given.one_of ? { oneOf: given.one_of } : {}),
    ...(given.not_one_of ? { notOneOf: given.not_one_of } : {}),
    ...(given.eq === undefined ? {} : { equals: given.eq }),
    ...(given.ne === undefined ? {} : { differs: given.ne }),
    ...(given.between ? { between: given.between } : {}),
    ...(given.gt === undefined ? {} : { above: given.gt }),
    ...(given.len_min === undefined ? {} : { minLength: given.len_min }),
    ...(given.len_max === undefined ? {} : { maxLength: given.len_max }),
    ...(given.len_eq === undefined ? {} : { length: given.len_eq }),
    ...(given.starts_with === undefined ? {} : { startsWith: given.starts_with }),
    ...(given.contains === undefined ? {} : { contains: given.contains }),
    ...(given.uuid ? { uuid: given.uuid } : {}),
    ...(all.length > 0 ? { all } : {}),
    ...(given.match_none ? { none: rules(given.match_none) } : {}),
    ...(patterns.length > 0 && patterns.every(each => each !== undefined)
      ? { any: { patterns, message: given.match_any?.err ?? err } }
      : {}),
  }
  return Object.keys(limits).length > 0 ? limits : undefined
}

function rules(
  given: readonly { readonly pattern: string; readonly err?: string | undefined }[],
): readonly TextRule[] {
  return given.flatMap(({ pattern, err }) => {
    const expression = expressionOf(pattern)
    return expression ? [{ pattern: expression, message: err }] : []
  })
}

const names = z.array(z.string())
const simpleRules: Readonly<Record<string, 'at least one' | 'only one' | 'all or none' | 'distinct'>> = {
  at_least_one_of: 'at least one',
  only_one_of: 'only one',
  mutually_exclusive: 'only one',
  mutually_required: 'all or none',
  distinct: 'distinct',
}
const conditional = z.looseObject({
  if_field: z.string(),
  if_match: z.record(z.string(), z.json()),
  then_field: z.string().optional(),
  then_match: z.record(z.string(), z.json()).optional(),
  then_at_least_one_of: names.optional(),
  then_err: z.string().optional(),
})

/** The rules about several fields that a schema has; those that are code are not among them. */
export function checksOf(given: readonly Json[] | undefined): readonly EntityCheck[] {
  return (given ?? []).flatMap((each): readonly EntityCheck[] => {
    if (!isObject(each)) return []
    return Object.entries(each).flatMap(([name, value]) => checkOf(name, value))
  })
}

function checkOf(name: string, value: Json): readonly EntityCheck[] {
  const simple = Object.hasOwn(simpleRules, name) ? simpleRules[name] : undefined
  if (simple) {
    const fields = names.safeParse(value)
    return fields.success ? [{ rule: simple, fields: fields.data }] : []
  }
  const parsed = conditional.safeParse(value)
  if (!name.startsWith('conditional') || !parsed.success) return []
  const {
    if_field: given,
    if_match,
    then_field,
    then_match,
    then_at_least_one_of: fields,
    then_err,
  } = parsed.data
  const is = matchOf(if_match)
  if (!is) return []
  if (fields) return [{ rule: 'conditional at least one', given, is, fields }]
  const must = then_match && matchOf(then_match)
  return must && then_field !== undefined
    ? [{ rule: 'conditional', given, is, field: then_field, must, message: then_err }]
    : []
}

/** What is said of one field; undefined where some of it is not known, for then it can't be told whether it holds. */
function matchOf(given: JsonObject): CheckMatch | undefined {
  const known = Object.keys(given).every(
    name => limitNames.has(name) || ['required', 'elements', 'type'].includes(name),
  )
  if (!known) return undefined
  const elements = isObject(given.elements) ? limitsOf(given.elements) : undefined
  return {
    required: given.required === true,
    limits: limitsOf(given) ?? {},
    ...(elements ? { elements } : {}),
  }
}
