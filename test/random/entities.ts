import type { Json, JsonObject } from '../../src/model/json.ts'
import type { Choices } from './choices.ts'
import type { RandomKind } from './kind.ts'
import { randomKinds, services } from './kinds.ts'

/** An entity of a random manifest. Its number stays when all else of it changes. */
export interface RandomEntity {
  readonly number: number
  readonly kind: RandomKind
  /** The id that the manifest gives; undefined where it leaves it to the gateway. */
  readonly id: string | undefined
  readonly unique: Readonly<Record<string, Json>>
  /** The chosen fields, of each group of the kind. */
  readonly parts: readonly JsonObject[]
  /** Numbers of the entities that it points to, by field. */
  readonly refs: Readonly<Record<string, number>>
}

/** What a manifest holds, whatever it looks like. */
export type RandomState = readonly RandomEntity[]

/** All fields of an entity but its id and references. */
export function fieldsOf(entity: RandomEntity): JsonObject {
  const fields: JsonObject = Object.assign({}, entity.unique, ...entity.parts)
  // The id of a key stands in its JWK too.
  if (entity.kind.kind !== 'key') return fields
  return { ...fields, jwk: JSON.stringify({ kty: 'RSA', kid: fields.kid, n: fields.jwk, e: 'AQAB' }) }
}

/** One of the few ids of a kind. */
export function idOf(kind: RandomKind, which: number): string {
  const place = randomKinds.indexOf(kind) + 1
  return `${String(place).padStart(8, '0')}-0000-4000-8000-${String(which).padStart(12, '0')}`
}

const idsOfAKind = 4

/** A new entity that fits to those that are there; it may still be refused by `settled`. */
export function randomEntity(kind: RandomKind, state: RandomState, choices: Choices): RandomEntity {
  const refs: Record<string, number> = {}
  for (const [field, { kind: to, required }] of Object.entries(kind.refs)) {
    const found = state.filter(each => each.kind.kind === to)
    const one = required || choices.chance(35) ? choices.one(found) : undefined
    if (one) refs[field] = one.number
  }
  const unique: Record<string, Json> = {}
  for (const [i, [field, values]] of Object.entries(kind.unique).entries()) {
    const optional = kind.kind === 'plugin' || (kind.kind === 'consumer' && i > 0)
    const taken = new Set(state.filter(each => each.kind === kind).map(each => each.unique[field]))
    const free = kind.uniqueWithRefs ? values : values.filter(value => !taken.has(value))
    const value = choices.one(free)
    if (value !== undefined && (!optional || choices.chance(30))) unique[field] = value
  }
  return {
    number: Math.max(0, ...state.map(each => each.number)) + 1,
    kind,
    id:
      kind.ids === 'always' || (kind.ids === 'sometimes' && choices.chance(20))
        ? randomId(kind, choices)
        : undefined,
    unique,
    parts: kind.groups.map(group => choices.one(group) ?? {}),
    refs,
  }
}

export function randomId(kind: RandomKind, choices: Choices): string {
  return idOf(kind, choices.below(idsOfAKind) + 1)
}

/** A kind, the more common ones more often. */
export function randomKind(choices: Choices): RandomKind {
  return choices.one(byWeight) ?? services
}

const byWeight = randomKinds.flatMap(kind => Array.from({ length: kind.weight }, () => kind))

/** A state of about so many entities. */
export function randomState(choices: Choices, size: number): RandomState {
  let state: RandomState = []
  for (let i = 0; i < size; i++) {
    state = settled([...state, randomEntity(randomKind(choices), state, choices)])
  }
  return state
}

/** The entities that can stand together at a gateway: of two that can't, the first. */
export function settled(state: RandomState): RandomState {
  let before = state
  for (;;) {
    const after = settledOnce(before)
    if (after.length === before.length) return after
    before = after
  }
}

function settledOnce(state: RandomState): RandomState {
  const there = new Map(state.map(entity => [entity.number, entity]))
  const taken = new Set<string>()
  const take = (...what: readonly unknown[]): boolean => {
    const text = JSON.stringify(what)
    if (taken.has(text)) return false
    taken.add(text)
    return true
  }
  const pointedTo = new Set(
    state.flatMap(({ kind, refs }) => [
      ...(refs.client_certificate === undefined ? [] : [refs.client_certificate]),
      ...(kind.kind === 'plugin' && refs.consumer !== undefined && !hasUsername(there.get(refs.consumer))
        ? [refs.consumer]
        : []),
    ]),
  )
  return state.flatMap(given => {
    const { kind, number } = given
    const refs = refsThatFit(given, there)
    if (!refs || !there.has(number)) return []
    let { id } = given
    // A certificate, and a consumer without a user name, can only be pointed to by its id.
    if (id === undefined && pointedTo.has(number)) id = idOf(kind, 100 + number)
    if (id !== undefined && !take(kind.list, 'id', id))
      id = kind.ids === 'always' ? undefined : id && undefined
    if (id === undefined && (kind.ids === 'always' || pointedTo.has(number))) return []
    const unique = Object.fromEntries(
      Object.entries(given.unique).filter(([field, value]) =>
        take(kind.list, field, value, kind.uniqueWithRefs ? refs : null),
      ),
    )
    const entity = { ...given, id, refs, unique }
    return isWhole(entity) && (kind.kind !== 'plugin' || take('plugin', fieldsOf(entity).name, scopeOf(refs)))
      ? [entity]
      : []
  })
}

function refsThatFit(
  entity: RandomEntity,
  there: ReadonlyMap<number, RandomEntity>,
): Readonly<Record<string, number>> | undefined {
  const refs: Record<string, number> = {}
  for (const [field, { kind, required }] of Object.entries(entity.kind.refs)) {
    const number = entity.refs[field]
    const to = number === undefined ? undefined : there.get(number)
    const fits = field !== 'client_certificate' || entity.kind.kind === 'upstream' || isHttps(entity)
    if (to?.kind.kind === kind && fits) refs[field] = to.number
    else if (required) return undefined
  }
  return refs
}

function hasUsername(consumer: RandomEntity | undefined): boolean {
  return consumer?.unique.username !== undefined
}

function isHttps(entity: RandomEntity): boolean {
  const { protocol, url } = fieldsOf(entity)
  return protocol === 'https' || (typeof url === 'string' && url.startsWith('https'))
}

/** Whether an entity has what its kind can't be without. */
function isWhole({ kind, unique, id }: RandomEntity): boolean {
  const fields = Object.keys(kind.unique)
  switch (kind.kind) {
    case 'plugin':
      return true
    case 'consumer':
      return fields.some(field => unique[field] !== undefined)
    case 'service':
    case 'route':
      return unique.name !== undefined || id !== undefined
    default:
      return fields.every(field => unique[field] !== undefined)
  }
}

function scopeOf(refs: Readonly<Record<string, number>>): readonly unknown[] {
  return ['service', 'route', 'consumer'].map(field => refs[field] ?? null)
}
