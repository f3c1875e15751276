import { expect, it } from 'vitest'
import { SecretDigests } from '../../src/ledger/digests.ts'
import type { RawEntity } from '../../src/model/entity.ts'
import { asString, isObject, type Json, type JsonObject } from '../../src/model/json.ts'
import { revealSecrets } from '../../src/model/masking/secret-marks.ts'
import { buildState } from '../../src/model/state/build-state.ts'
import { KnownKeys } from '../../src/model/state/known-keys.ts'
import type { State } from '../../src/model/state/state.ts'
import { schemasWithoutGateway } from '../../src/providers/kong/admin/schemas/schemas-without-gateway.ts'
import { compile } from '../../src/providers/kong/admin/writing/compile-steps.ts'
import type { KongPayload } from '../../src/providers/kong/admin/writing/step.ts'
import { kinds } from '../../src/providers/kong/kinds/index.ts'
import { authenticationOf, buildRouter, readConfig } from '../../src/providers/kong/router/index.ts'
import { interims, type Step } from '../../src/providers/session.ts'
import { noBase } from '../../src/reconcile/drift/base.ts'
import { compare } from '../../src/reconcile/drift/compare.ts'
import { Choices } from '../random/choices.ts'
import { type Guarded, mutatedGuards, randomGuards } from '../random/protection.ts'

const schemas = schemasWithoutGateway()
const digests = new SecretDigests(new Uint8Array(32))
const coverage = new Map(kinds.all.map(({ kind }) => [kind, { state: 'complete' } as const]))

/** An entity of a gateway as its lists have it, by kind and id. */
type Lists = Map<string, Map<string, JsonObject>>

/** A gateway as a state leaves it that was synced to it. */
function heldBy(state: Guarded, ids: Map<number, string>): Lists {
  const lists: Lists = new Map()
  for (const { number, kind, id, name, refs, fields } of state) {
    const own = id ?? ids.get(number) ?? `eeeeeeee-0000-4000-8000-${String(number).padStart(12, '0')}`
    ids.set(number, own)
    const points = Object.fromEntries(
      Object.entries(refs).map(([field, to]) => [field, { id: ids.get(to) ?? '?' }]),
    )
    const named = name === undefined ? {} : { [kind === 'consumer' ? 'username' : 'name']: name }
    put(lists, kind, own, { ...fields, ...named, ...points, id: own })
  }
  return lists
}

function put(lists: Lists, kind: string, id: string, fields: JsonObject): void {
  const list = lists.get(kind) ?? new Map<string, JsonObject>()
  lists.set(kind, list.set(id, fields))
}

const rawsOf = (lists: Lists): readonly RawEntity[] =>
  [...lists].flatMap(([kind, list]) => [...list.values()].map(fields => ({ kind, fields })))

function wantedRaws(state: Guarded): readonly RawEntity[] {
  const names = new Map(state.map(({ number, name }) => [number, name ?? '?']))
  return state.map(({ kind, id, name, refs, fields }) => ({
    kind,
    fields: {
      ...fields,
      ...(id === undefined ? {} : { id }),
      ...(name === undefined ? {} : { [kind === 'consumer' ? 'username' : 'name']: name }),
      ...Object.fromEntries(
        Object.entries(refs).map(([field, to]) => [field, { name: names.get(to) ?? '?' }]),
      ),
    },
  }))
}

function statesOf(
  lists: Lists,
  wanted: readonly RawEntity[],
): { readonly desired: State; readonly live: State } {
  const common = { kinds, routing: undefined, coverage, schemas, secrets: digests }
  const desired = buildState({ ...common, from: 'manifest', raws: wanted })
  if (desired.problems.length > 0) throw new Error(JSON.stringify(desired.problems))
  const known = new KnownKeys(desired.state)
  return {
    desired: desired.state,
    live: buildState({ ...common, from: 'gateway', raws: rawsOf(lists), known }).state,
  }
}

function stepsFor(lists: Lists, wanted: readonly RawEntity[]): readonly Step<KongPayload>[] {
  const { desired, live } = statesOf(lists, wanted)
  const drift = compare({ target: 't', desired, live, base: noBase, schemas, selectTags: [], lookupTags: {} })
  let made = 0
  const ids = new Map<string, string>()
  const newId = ({ kind, key }: { readonly kind: string; readonly key: string }): string => {
    const name = `${kind} ${key}`
    const id = ids.get(name) ?? `dddddddd-0000-4000-8000-${String(++made).padStart(12, '0')}`
    ids.set(name, id)
    return id
  }
  const steps = compile(drift.changes, desired, live, schemas, newId)
  if (!steps.ok) throw new Error(JSON.stringify(steps.error))
  return steps.value
}

/** Does what a Kong does with a call; throws where it would refuse it. */
function execute(lists: Lists, { payload, preview }: Step<KongPayload>): void {
  const { method, kind, entity } = payload
  const body = payload.body === null ? null : revealed(payload.body)
  const id = entity.slice(entity.lastIndexOf('/') + 1)
  const list = lists.get(kind) ?? new Map<string, JsonObject>()
  lists.set(kind, list)
  if (method === 'DELETE') {
    remove(lists, kind, id)
    return
  }
  const before = list.get(id)
  if (method === 'POST' && before) throw new Error(`${preview}: it is there already`)
  if (method === 'PATCH' && !before) throw new Error(`${preview}: it is not there`)
  const after = method === 'PATCH' ? merged(before ?? {}, body ?? {}) : { ...body, id }
  for (const [other, fields] of list) {
    const clash = clashOf(kind, after, fields)
    if (other !== id && clash !== undefined) throw new Error(`${preview}: ${clash} is taken`)
  }
  for (const [field, { kind: to }] of Object.entries(kinds.of(kind)?.references.foreign ?? {})) {
    const ref = idIn(after[field])
    if (ref !== undefined && !lists.get(to)?.has(ref))
      throw new Error(`${preview}: its ${field} is not there`)
  }
  list.set(id, after)
}

function revealed(body: JsonObject): JsonObject {
  const { value } = revealSecrets(body, digests.resolve)
  return isObject(value) ? value : {}
}

function merged(before: JsonObject, body: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...before }
  for (const [name, value] of Object.entries(body)) {
    const there = result[name]
    if (name === 'config' && isObject(value) && isObject(there)) result[name] = { ...there, ...value }
    else result[name] = value
  }
  return result
}

const idIn = (value: Json | undefined): string | undefined =>
  isObject(value) ? asString(value.id) : undefined

function clashOf(kind: string, a: JsonObject, b: JsonObject): string | undefined {
  return kinds
    .of(kind)
    ?.identity.unique.find(fields => {
      const values = (of: JsonObject) =>
        fields.map(field => idIn(of[field]) ?? asString(of[field] ?? null) ?? null)
      const [first] = values(a)
      return first !== null && JSON.stringify(values(a)) === JSON.stringify(values(b))
    })
    ?.join('+')
}

function remove(lists: Lists, kind: string, id: string): void {
  for (const child of kinds.all) {
    for (const [field, { kind: to, onDelete }] of Object.entries(child.references.foreign)) {
      if (to !== kind) continue
      for (const [below, fields] of lists.get(child.kind) ?? []) {
        if (idIn(fields[field]) !== id) continue
        if (onDelete === 'refuse')
          throw new Error(`${kind} ${id} is still pointed to by ${child.kind} ${below}`)
        remove(lists, child.kind, below)
      }
    }
  }
  lists.get(kind)?.delete(id)
}

/** How freely a route answers. */
const openness = { closed: 0, required: 1, unknown: 2, anonymous: 3, open: 4 } as const

const all = (lists: Lists, kind: string): readonly JsonObject[] => [...(lists.get(kind)?.values() ?? [])]

/** The consumers that requests without credentials pass as, where they are there. */
function anonymousOf(lists: Lists): readonly { readonly name: string; readonly consumer: string }[] {
  return all(lists, 'plugin').flatMap(({ enabled, config }) => {
    const name = isObject(config) ? asString(config.anonymous ?? null) : undefined
    const found = all(lists, 'consumer').find(({ id, username }) => name === id || name === username)
    const consumer = asString(found?.id ?? null)
    return enabled === false || name === undefined || consumer === undefined ? [] : [{ name, consumer }]
  })
}

/** A caller without a key. */
const nameless = /^nobody as /

/** The callers that a gateway knows, by the keys that they show, with their consumers; nobody's key is empty. */
function callersOf(lists: Lists): ReadonlyMap<string, string | null> {
  const known = all(lists, 'key-auth').map(
    ({ key, consumer }) => [asString(key) ?? '?', idIn(consumer) ?? null] as const,
  )
  const others = anonymousOf(lists).map(({ name, consumer }) => [`nobody as ${name}`, consumer] as const)
  return new Map([['', null], ...known, ...others])
}

/** How one route is answered: which upstream, how freely, and what acts on whom. */
interface Answered {
  readonly upstream: string
  readonly grade: number
  /** An ACL without authentication refuses all. No order of steps can keep to that, for authentication undoes it. */
  readonly isMistaken: boolean
  /** By caller: settings by name. */
  readonly plugins: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** What a plugin's settings come to, but whom it lets in, which is the grade of a route; what is off may be left out. */
function settingsOf(config: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(
    Object.entries(config)
      .filter(([name, value]) => value && name !== 'anonymous')
      .toSorted(),
  )
}

/** The routes that answer requests, by id. */
function answeredBy(lists: Lists): ReadonlyMap<string, Answered> {
  const raw = Object.fromEntries(
    [...lists].map(([kind, list]) => [kinds.of(kind)?.transport.path ?? kind, [...list.values()]]),
  )
  const router = buildRouter(readConfig(raw).config)
  const out = new Set(router.table.leftOut.map(({ route }) => route))
  return new Map(
    router.table.routes.flatMap(route => {
      if (out.has(route) || route.id === null) return []
      const acting = (consumer: string | null) => {
        const known = consumer === null ? null : (router.credentials.consumer(consumer) ?? null)
        const effective = router.scopes.effective(route, known)
        return new Map(effective.map(({ name, plugin }) => [name, settingsOf(plugin.config ?? {})]))
      }
      const { state, because } = authenticationOf(router, route)
      const answered: Answered = {
        upstream: route.service?.host ?? '',
        // A gateway that does not find the anonymous consumer answers with an error.
        grade: openness[state === 'anonymous' && anonymousOf(lists).length === 0 ? 'required' : state],
        isMistaken: state === 'closed' && because.some(({ name }) => name === 'acl'),
        plugins: new Map([...callersOf(lists)].map(([caller, consumer]) => [caller, acting(consumer)])),
      }
      return [[route.id, answered] as const]
    }),
  )
}

/**
 * Whether a caller gets through a route no more easily than in one of two states: all that acts there acts, with the
 * settings that it has in one of them.
 */
function isProtectedAs(
  now: Answered,
  then: Answered | undefined,
  other: Answered | undefined,
  caller: string,
): boolean {
  if (!then || (now.grade > then.grade && !then.isMistaken)) return false
  const [acting, acted] = [now.plugins.get(caller), then.plugins.get(caller)]
  return [...(acted ?? [])].every(([name, settings]) => {
    const found = acting?.get(name)
    return (
      found !== undefined && (!other || found === settings || found === other.plugins.get(caller)?.get(name))
    )
  })
}

/** What is less protected at a moment than both before and after a sync. */
function lessProtected(now: Lists, before: Lists, after: Lists): readonly string[] {
  const [was, answering, will] = [answeredBy(before), answeredBy(now), answeredBy(after)]
  const callers = [...callersOf(now)].filter(([, consumer]) => !isRefused(now, consumer)).map(([key]) => key)
  // Who comes, goes or becomes somebody else does so at one moment, and routes do at another.
  const [old, next] = [callersOf(before), callersOf(after)]
  const isSteady = (caller: string) => old.has(caller) && old.get(caller) === next.get(caller)
  const routes = [...answering].flatMap(([id, answered]) => {
    const [first, last] = [was.get(id), will.get(id)]
    return callers.filter(isSteady).flatMap(caller => {
      const asBefore = isProtectedAs(answered, first, last, caller)
      const asAfter = isProtectedAs(answered, last, first, caller)
      const isFine =
        (asBefore && asAfter) ||
        (asBefore && first?.upstream === answered.upstream) ||
        (asAfter && last?.upstream === answered.upstream)
      const who = caller === '' ? 'anybody' : caller
      return isFine
        ? []
        : [`route ${id} for ${who}: ${text(answered)}, before ${text(first)}, after ${text(last)}`]
    })
  })
  const unheld = callers.flatMap(caller => {
    const held = holdOn(now, caller)
    const then = [actingOn(before, now, caller), actingOn(after, now, caller)]
    // Whether anybody may pass as somebody at all was asked of the routes above.
    const isNew = nameless.test(caller) && then.every(each => each === undefined)
    const isFine =
      held === undefined || answering.size === 0 || isNew || then.some(each => each?.isSubsetOf(held))
    return isFine ? [] : [`${caller} is without a group or a plugin of its own`]
  })
  return [...routes, ...unheld]
}

const deniesAll = ({ name, config }: JsonObject): boolean =>
  name === 'ip-restriction' &&
  isObject(config) &&
  JSON.stringify(config.deny) === JSON.stringify(['0.0.0.0/0', '::/0'])

/** Whether all requests of a consumer are refused. */
function isRefused(lists: Lists, consumer: string | null): boolean {
  return all(lists, 'plugin').some(
    each =>
      consumer !== null &&
      idIn(each.consumer) === consumer &&
      (each.name === 'request-termination' || deniesAll(each)) &&
      each.enabled !== false &&
      !each.service &&
      !each.route,
  )
}

/** The same, but for plugins at services that no route leads to, then or now. */
function actingOn(lists: Lists, now: Lists, caller: string): ReadonlySet<unknown> | undefined {
  const reached = [lists, now].map(each => new Set(all(each, 'route').map(({ service }) => idIn(service))))
  return holdOn(
    lists,
    caller,
    ({ service }) => !service || reached.every(services => services.has(idIn(service))),
  )
}

/** The groups and plugins of whoever shows a key; undefined: nobody has it. */
function holdOn(
  lists: Lists,
  caller: string,
  isActing: (plugin: JsonObject) => boolean = () => true,
): ReadonlySet<unknown> | undefined {
  const consumer = callersOf(lists).get(caller)
  if (!consumer) return undefined
  const plugins = all(lists, 'plugin').filter(each => each.enabled !== false && isActing(each))
  const own = [...all(lists, 'acl-group'), ...plugins]
  return new Set(own.flatMap(each => (idIn(each.consumer) === consumer ? [each.group ?? each.name] : [])))
}

function text(answered: Answered | undefined): string {
  if (!answered) return 'no answer'
  const acting = [...answered.plugins].map(
    ([caller, names]) =>
      `${caller || 'anybody'}: ${[...names].map(([name, settings]) => name + settings).join(' + ') || 'none'}`,
  )
  return `${answered.upstream} grade ${answered.grade} (${acting.join('; ')})`
}

const copied = (lists: Lists): Lists => new Map([...lists].map(([kind, list]) => [kind, new Map(list)]))

/** What a walk from one random gateway to another came to. */
interface Walk {
  readonly steps: readonly Step<KongPayload>[]
  readonly moments: number
  /** What went wrong; undefined: nothing was less protected at any moment. */
  readonly fault: string | undefined
}

/** Makes two states that a seed stands for, and the way from one to the other, twice in other orders of what may be side by side. */
function walk(seed: number): Walk {
  const choices = Choices.ofSeed(seed)
  const first = randomGuards(choices)
  const before = heldBy(first, new Map())
  const wanted = wantedRaws(mutatedGuards(first, choices))
  const steps = stepsFor(before, wanted)
  const ended = (fault: string | undefined, moments: number, done: readonly string[] = []): Walk => {
    const way = steps.map(step => `${step.order} ${step.id}: ${step.preview}`)
    const text = [`seed ${seed}: ${fault}`, 'after', ...done, 'of', ...way].join('\n')
    return { steps, moments, fault: fault === undefined ? undefined : text }
  }
  const after = copied(before)
  let moments = 0
  try {
    for (const step of steps) execute(after, step)
    const left = stepsFor(after, wanted).map(({ preview }) => preview)
    if (left.length > 0) return ended(`still to be done: ${left.join(', ')}`, moments)
  } catch (error) {
    return ended(String(error), moments)
  }
  const levels = [...Map.groupBy(steps, step => step.order)].toSorted(([a], [b]) => a - b)
  for (let round = 0; round < 2; round += 1) {
    const now = copied(before)
    const done: string[] = []
    for (const step of levels.flatMap(([, level]) => choices.shuffled(level))) {
      execute(now, step)
      done.push(step.id)
      moments += 1
      const found = lessProtected(now, before, after)
      if (found.length > 0) return ended(found.join('\n'), moments, done)
    }
  }
  return ended(undefined, moments)
}

const seeds = process.env.GATEWATCH_LONG === undefined ? 3_000 : 30_000

it('at no moment of a sync, however its steps come and wherever it ends, is anything less protected than both before and after', () => {
  const counts = new Map<string, number>()
  let [moments, faults] = [0, 0]
  let worst: Walk | undefined
  for (let seed = 1; seed <= seeds; seed += 1) {
    const walked = walk(seed)
    moments += walked.moments
    for (const { interim = 'for good' } of walked.steps) counts.set(interim, (counts.get(interim) ?? 0) + 1)
    if (walked.fault !== undefined) faults += 1
    // Of several that fail the shortest is the easiest to read.
    if (walked.fault !== undefined && (!worst || walked.steps.length < worst.steps.length)) worst = walked
  }
  console.info(
    `ways: ${seeds}, of which ${faults} are wrong; moments: ${moments}; steps: ${[...counts].map(([what, n]) => `${n} ${what}`).join(', ')}`,
  )
  expect(worst?.fault).toBeUndefined()
  for (const interim of interims) expect([interim, counts.has(interim)]).toEqual([interim, true])
}, 600_000)
