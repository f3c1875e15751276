import type { Facts } from '../facts.ts'
import { isObject, type JsonObject } from '../json.ts'

/** The flavours of Kong's router; the facts are those of the first. */
export const flavours = ['traditional_compatible', 'traditional', 'expressions'] as const
export type Flavour = (typeof flavours)[number]

/** What only routes of the expressions flavour have; expressions themselves aren't checked here. */
const expressionFields: readonly JsonObject[] = [
  { expression: { type: 'string' } },
  { priority: { type: 'integer', required: true, default: 0, between: [0, 2 ** 46 - 1] } },
]

/** The facts of a gateway whose router has another flavour. */
export function withFlavour(facts: Facts, routerFlavor: Flavour): Facts {
  const routes = facts.entities.get('routes')
  const fields = routes?.fields
  if (routerFlavor !== 'expressions' || !isObject(routes) || !Array.isArray(fields))
    return { ...facts, routerFlavor }
  const entities = new Map(facts.entities)
  entities.set('routes', { ...routes, fields: [...fields, ...expressionFields] })
  return { ...facts, routerFlavor, entities }
}
