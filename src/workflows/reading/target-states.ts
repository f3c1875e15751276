import type { Coverage, Kind, RawEntity } from '../../model/entity.ts'
import { asString, isArray } from '../../model/json.ts'
import { asKept } from '../../model/masking/kept-secrets.ts'
import { fail, type Result, succeed } from '../../model/problem.ts'
import type { Routing } from '../../model/routing/routing.ts'
import { type KindDefinition, usualNames } from '../../model/schema/kind-definition.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { FinishedFields } from '../../model/state/build-state.ts'
import { buildStateSliced } from '../../model/state/build-state.ts'
import { KnownKeys } from '../../model/state/known-keys.ts'
import type { State } from '../../model/state/state.ts'
import type { Sliced } from '../../model/time-slices.ts'
import type { Manifest } from '../../providers/manifest.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { areSameSchemas, type SchemasUsed } from './comparison-inputs.ts'

/** The tags that mark the entities that a target's manifests own. */
export function selectTagsOf(manifest: Manifest, target: GatewayTarget): readonly string[] {
  return [...new Set([...manifest.selectTags, ...target.selectTags])]
}

/** The kinds of a target that are read: without consumers, nothing that belongs to them or to their groups. */
export function kindsOf(target: GatewayTarget): readonly Kind[] {
  return target.provider.kinds.all.filter(kind => !isSkipped(target, kind)).map(({ kind }) => kind)
}

/**
 * Whether all entities of a kind are left alone: it is skipped itself, or its entities can't exist without one that is.
 */
function isSkipped(target: GatewayTarget, { identity, references }: KindDefinition): boolean {
  if (target.skips.length === 0) return false
  return (
    isNamedAsSkipped(target, identity.skippedAs) ||
    Object.values(references.foreign).some(
      ({ kind, unset }) => unset === undefined && leadsToSkipped(target, kind),
    )
  )
}

function isNamedAsSkipped({ skips }: GatewayTarget, name: string | undefined): boolean {
  return name !== undefined && skips.includes(name)
}

/** Whether a reference to a kind leads to what is skipped. */
function leadsToSkipped(target: GatewayTarget, kind: Kind): boolean {
  return isNamedAsSkipped(target, target.provider.kinds.of(kind)?.identity.skippedAs)
}

/** The entities that a target covers: without those that are left alone. */
export function ofTarget(target: GatewayTarget, raws: readonly RawEntity[]): readonly RawEntity[] {
  if (target.skips.length === 0) return raws
  const read = new Set(kindsOf(target))
  return raws.filter(({ kind, fields }) => {
    if (!read.has(kind)) return false
    // One that may do without them and names one, as a plugin.
    const foreign = Object.entries(target.provider.kinds.of(kind)?.references.foreign ?? {})
    return !foreign.some(([field, to]) => leadsToSkipped(target, to.kind) && (fields[field] ?? null) !== null)
  })
}

/** What the two states of a target are made from. */
export interface StatesInput extends SchemasUsed {
  readonly project: Project
  readonly target: GatewayTarget
  readonly manifest: Manifest
  readonly raws: readonly RawEntity[]
  readonly coverage: ReadonlyMap<Kind, Coverage>
  /** Fields that were finished while others were still being read. */
  readonly ahead: ReadonlyMap<RawEntity, FinishedFields>
  /** Why it can't be told how the gateway answers requests. */
  readonly unmodelled: string | undefined
  readonly routing: Routing | undefined
}

/** A state of a gateway whose router isn't modelled, for the reason given; undefined: it is. */
export function atRouter(state: State, unmodelled: string | undefined): State {
  return unmodelled === undefined ? state : { ...state, unmodelled }
}

/** What a target's manifests want, and what its gateway holds, in one form. */
export function* statesSliced(
  input: StatesInput,
): Sliced<Result<{ readonly desired: State; readonly live: State }>> {
  const { project, target, coverage, schemas, ahead, unmodelled, routing } = input
  const secrets = project.digests
  const there = ofTarget(target, input.raws)
  const desired = yield* wantedStateSliced(input, there)
  if (!desired.ok) return desired
  const known = new KnownKeys(desired.value)
  yield
  const live = yield* buildStateSliced({
    kinds: target.provider.kinds,
    routing,
    from: 'gateway',
    raws: there,
    coverage,
    schemas,
    secrets,
    known,
    ahead,
  })
  return succeed({ desired: atRouter(desired.value, unmodelled), live: atRouter(live.state, unmodelled) })
}

/** What a manifest wants of one target, without any influence of the gateway. */
interface Wanted extends SchemasUsed {
  readonly target: GatewayTarget
  readonly secrets: Project['digests']
  readonly routing: Routing | undefined
  readonly desired: State
}

const knownWanted = new WeakMap<Manifest, Wanted>()

/** What a target's manifests want; `there` is what the gateway holds. */
export function* wantedStateSliced(
  input: Omit<StatesInput, 'raws' | 'coverage' | 'ahead' | 'unmodelled'>,
  there: readonly RawEntity[],
): Sliced<Result<State>> {
  const { project, target, manifest, schemas, variants, routing } = input
  const secrets = project.digests
  const { kinds } = target.provider
  const wanted = ofTarget(target, manifest.entities)
  const kept = asKept(wanted, there, kinds, (hash, secret) => secrets.standFor(hash, secret))
  const known = kept === wanted ? knownWanted.get(manifest) : undefined
  if (
    known?.target === target &&
    known.routing === routing &&
    known.secrets === secrets &&
    areSameSchemas(known, input)
  )
    return succeed(known.desired)
  const lookup = lookupIn(there, kinds, manifest.lookupTags)
  let standsAlone = kept === wanted
  const desired = yield* buildStateSliced({
    kinds,
    routing,
    from: 'manifest',
    raws: kept,
    coverage: kinds.allRead(),
    schemas,
    secrets,
    defaults: manifest.defaults,
    defaultVariables: manifest.defaultVariables,
    selectTags: selectTagsOf(manifest, target),
    lookup(kind, nameOrId) {
      standsAlone = false
      return lookup(kind, nameOrId)
    },
  })
  if (desired.problems.length > 0) return fail(desired.problems)
  if (standsAlone)
    knownWanted.set(manifest, { target, secrets, routing, schemas, variants, desired: desired.state })
  return succeed(desired.state)
}

/**
 * Finds entities that are at the gateway but in no manifest, by id or name; for a kind with lookup tags, only those
 * that carry them.
 */
function lookupIn(
  raws: readonly RawEntity[],
  kinds: Kinds,
  lookupTags: Manifest['lookupTags'],
): (kind: Kind, nameOrId: string) => string | undefined {
  let index: Map<string, string> | undefined
  return (kind, nameOrId) => {
    index ??= namesIn(raws, kinds, lookupTags)
    return index.get(`${kind} ${nameOrId}`)
  }
}

function namesIn(
  raws: readonly RawEntity[],
  kinds: Kinds,
  lookupTags: Manifest['lookupTags'],
): Map<string, string> {
  const index = new Map<string, string>()
  for (const { kind, fields } of raws) {
    const { referredBy = usualNames } = kinds.of(kind)?.identity ?? {}
    const names = referredBy.flatMap(field => asString(fields[field]) ?? [])
    const id = asString(fields.id)
    const name = names[0] ?? id
    const tags = isArray(fields.tags) ? fields.tags : []
    if (name === undefined || lookupTags[kind]?.some(tag => !tags.includes(tag))) continue
    for (const known of id === undefined ? names : [id, ...names]) index.set(`${kind} ${known}`, name)
  }
  return index
}
