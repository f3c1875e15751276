import type { JsonObject } from '../../src/model/json.ts'
import type { Choices } from './choices.ts'

/*
 * Small gateways in which everything is about who gets through: few names and ids, so that they often go from one entity to
 * another.
 */

/** One entity; what it points to goes by the numbers of others. */
export interface Guard {
  readonly number: number
  readonly kind: string
  /** Unique among its kind, where it has one. */
  readonly name: string | undefined
  /** The id that its manifest asks for; undefined: the gateway's own will do. */
  readonly id: string | undefined
  readonly refs: Readonly<Record<string, number>>
  readonly fields: JsonObject
}

export type Guarded = readonly Guard[]

const pluginConfigs: readonly JsonObject[] = [
  { name: 'key-auth', config: {} },
  { name: 'key-auth', config: { anonymous: 'nobody' } },
  { name: 'key-auth', config: { hide_credentials: true } },
  { name: 'basic-auth', config: {} },
  { name: 'acl', config: { allow: ['staff'] } },
  { name: 'acl', config: { deny: ['banned'] } },
  { name: 'ip-restriction', config: { allow: ['10.0.0.0/8'] } },
  { name: 'request-termination', config: { status_code: 503 } },
  { name: 'rate-limiting', config: { minute: 5, policy: 'local' } },
  { name: 'rate-limiting', config: { minute: 500, policy: 'local' } },
]
const forConsumers: ReadonlySet<unknown> = new Set(['request-termination', 'rate-limiting', 'ip-restriction'])

const names: Readonly<Record<string, readonly string[]>> = {
  service: ['pay', 'geo', 'ship'],
  route: ['list', 'read', 'write', 'drop'],
  consumer: ['ann', 'joe', 'nobody'],
}

const hosts = ['one.internal', 'two.internal']
const paths = [['/a'], ['/b'], ['/a', '/c'], ['~/d/\\d+$']]

/** The ids that manifests ask for. */
function ids(kind: string): readonly string[] {
  const digit = { service: 1, route: 2, plugin: 3, consumer: 4, 'key-auth': 5, 'acl-group': 6 }[kind] ?? 7
  return [1, 2, 3, 4].map(n => `${String(digit).repeat(8)}-0000-4000-8000-00000000000${n}`)
}

/** Makes a valid state of what may not be one: whatever stands against what comes before it goes. */
export function settledGuards(state: Guarded): Guarded {
  const kept: Guard[] = []
  const taken = new Set<string>()
  const order = ['consumer', 'service', 'route', 'key-auth', 'acl-group', 'plugin']
  for (const guard of state.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))) {
    const points = Object.entries(guard.refs)
    const isWhole = points.every(([field, to]) =>
      kept.some(each => each.number === to && each.kind === field),
    )
    if (!isWhole || (!('service' in guard.refs) && guard.kind === 'route' && guard.fields.alone !== true))
      continue
    const slot = JSON.stringify([guard.kind, guard.fields.name ?? guard.fields.group, points.toSorted()])
    const claims = [
      ...(guard.name === undefined ? [] : [`${guard.kind} name ${guard.name}`]),
      ...(guard.id === undefined ? [] : [`${guard.kind} id ${guard.id}`]),
      ...(guard.kind === 'plugin' || guard.kind === 'acl-group' ? [slot] : []),
    ]
    if (claims.some(claim => taken.has(claim))) continue
    for (const claim of claims) taken.add(claim)
    kept.push(guard)
  }
  return kept
}

export function randomGuards(choices: Choices): Guarded {
  let state: Guarded = []
  for (let left = 4 + choices.below(14); left > 0; left -= 1) state = [...state, randomGuard(state, choices)]
  return settledGuards(state)
}

function nextNumber(state: Guarded): number {
  return Math.max(0, ...state.map(each => each.number)) + 1
}

function randomGuard(state: Guarded, choices: Choices): Guard {
  const kind =
    choices.one([
      'service',
      'route',
      'plugin',
      'plugin',
      'plugin',
      'route',
      'service',
      'consumer',
      'key-auth',
      'acl-group',
    ]) ?? 'service'
  const named = names[kind]
  const base = {
    number: nextNumber(state),
    kind,
    name: named && choices.one(named),
    id: choices.chance(40) ? choices.one(ids(kind)) : undefined,
  }
  const to = (target: string): Readonly<Record<string, number>> => {
    const found = choices.one(state.filter(each => each.kind === target))
    return found ? { [target]: found.number } : {}
  }
  switch (kind) {
    case 'service':
      return {
        ...base,
        refs: {},
        fields: { host: choices.one(hosts) ?? 'h', ...(choices.chance(20) ? { enabled: false } : {}) },
      }
    case 'route':
      return { ...base, refs: to('service'), fields: { paths: [...(choices.one(paths) ?? ['/a'])] } }
    case 'plugin': {
      const config = choices.one(pluginConfigs) ?? { name: 'key-auth' }
      const scopes: Readonly<Record<string, number>>[] = [
        to('route'),
        to('service'),
        {},
        { ...to('route'), ...to('service') },
        ...(forConsumers.has(config.name) ? [to('consumer'), { ...to('consumer'), ...to('service') }] : []),
      ]
      return {
        ...base,
        refs: choices.one(scopes) ?? {},
        fields: { ...config, ...(choices.chance(20) ? { enabled: false } : {}) },
      }
    }
    case 'consumer':
      return { ...base, refs: {}, fields: {} }
    case 'key-auth':
      return { ...base, refs: to('consumer'), fields: { key: `a-key-of-its-own-${base.number}` } }
    default:
      return {
        ...base,
        refs: to('consumer'),
        fields: { group: choices.one(['staff', 'banned']) ?? 'staff' },
      }
  }
}

type Mutation = (state: Guarded, choices: Choices) => Guarded

const put = (state: Guarded, ...guards: readonly Guard[]): Guarded =>
  state.map(each => guards.find(guard => guard.number === each.number) ?? each)

const add: Mutation = (state, choices) => [...state, randomGuard(state, choices)]

const remove: Mutation = (state, choices) => {
  const guard = choices.one(state)
  return state.filter(each => each !== guard)
}

/** Another scope, service or consumer. */
const move: Mutation = (state, choices) => {
  const guard = choices.one(state)
  if (!guard) return state
  const { kind, refs } = randomGuard(
    state.filter(each => each.kind !== guard.kind || each === guard),
    choices,
  )
  return kind === guard.kind ? put(state, { ...guard, refs }) : state
}

const change: Mutation = (state, choices) => {
  const guard = choices.one(state)
  const other = randomGuard(state, choices)
  if (!guard || other.kind !== guard.kind || guard.kind === 'key-auth') return state
  return put(state, { ...guard, fields: other.fields })
}

const toggle: Mutation = (state, choices) => {
  const guard = choices.one(state.filter(({ kind }) => kind === 'plugin' || kind === 'service'))
  return guard
    ? put(state, { ...guard, fields: { ...guard.fields, enabled: guard.fields.enabled === false } })
    : state
}

/** Another id, or the other way round: the id of another entity, which gets this one's. */
const reidentify: Mutation = (state, choices) => {
  const guard = choices.one(state)
  if (!guard) return state
  const id = choices.chance(20) ? undefined : choices.one(ids(guard.kind))
  const holder = id && state.find(each => each.kind === guard.kind && each.id === id && each !== guard)
  return put(state, { ...guard, id }, ...(holder ? [{ ...holder, id: guard.id }] : []))
}

/** Another name, or two of a kind swap theirs. */
const rename: Mutation = (state, choices) => {
  const guard = choices.one(state.filter(({ name }) => name !== undefined))
  const name = guard && choices.one(names[guard.kind] ?? [])
  const holder = state.find(each => each.kind === guard?.kind && each.name === name && each !== guard)
  if (!guard || name === undefined) return state
  return put(state, { ...guard, name }, ...(holder ? [{ ...holder, name: guard.name }] : []))
}

/** What protects one thing protects all of what that belongs to, or the other way round. */
const lift: Mutation = (state, choices) => {
  const plugin = choices.one(state.filter(({ kind, refs }) => kind === 'plugin' && 'route' in refs))
  const route = state.find(each => each.number === plugin?.refs.route)
  const service = route?.refs.service
  if (!plugin || service === undefined) return state
  return [
    ...state.filter(each => each !== plugin),
    {
      ...plugin,
      number: nextNumber(state),
      id: choices.chance(50) ? plugin.id : undefined,
      refs: { service },
    },
  ]
}

/** A service with a route, and with something that protects one of the two. */
const build: Mutation = (state, choices) => {
  const service: Guard = {
    number: nextNumber(state),
    kind: 'service',
    name: choices.one(names.service ?? []),
    id: undefined,
    refs: {},
    fields: { host: 'new.internal' },
  }
  const route: Guard = {
    ...service,
    number: service.number + 1,
    kind: 'route',
    name: choices.one(names.route ?? []),
    refs: { service: service.number },
    fields: { paths: ['/new'] },
  }
  const plugin: Guard = {
    ...route,
    number: route.number + 1,
    kind: 'plugin',
    name: undefined,
    refs: choices.chance(50) ? { service: service.number } : { route: route.number },
    fields: choices.one(pluginConfigs) ?? { name: 'key-auth' },
  }
  return [...state, service, route, plugin]
}

const mutations: readonly Mutation[] = [
  build,
  add,
  add,
  remove,
  move,
  move,
  move,
  change,
  change,
  toggle,
  reidentify,
  reidentify,
  reidentify,
  rename,
  lift,
  lift,
]

/** A state after some random changes. */
export function mutatedGuards(state: Guarded, choices: Choices): Guarded {
  let after = state
  for (let left = 1 + choices.below(7); left > 0; left -= 1) {
    const mutation = choices.one(mutations)
    if (mutation) after = settledGuards(mutation(after, choices))
  }
  return after
}
