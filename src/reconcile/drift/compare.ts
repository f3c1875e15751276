import { type Entity, type EntityRef, type Kind, refText } from '../../model/entity.ts'
import type { SecretSink } from '../../model/masking/secret-marks.ts'
import type { Problem } from '../../model/problem.ts'
import type { KindDefinition } from '../../model/schema/kind-definition.ts'
import type { Schemas } from '../../model/schema/schema.ts'
import { Children } from '../../model/state/nested-entities.ts'
import { entityAt, isIncomplete, type State } from '../../model/state/state.ts'
import { UniqueIndex, uniqueValuesOf } from '../../model/state/unique-values.ts'
import { atOnce, type Sliced } from '../../model/time-slices.ts'
import type { Base } from './base.ts'
import { type ChangeContext, creation, deletion, updates } from './changes.ts'
import type { Blocked, Change, Drift, Unknown } from './drift.ts'
import type { Ignoring } from './ignore.ts'
import type { IgnoreRule } from './ignore-rules.ts'
import {
  claimOf,
  followsBlocked,
  isLookedUp,
  type Ownership,
  ownedByOthers,
  takenByIgnored,
  takenByKept,
  takenByOthers,
  usedByIgnored,
  usedByOthers,
} from './ownership.ts'

/** The input of a comparison. */
export interface ComparisonInput extends Ownership {
  readonly desired: State
  readonly base: Base
  readonly schemas: Schemas
  /** Masks what an older ledger holds in clear text but a manifest now takes from variables. */
  readonly secrets?: SecretSink
  /** There is no manifest at all: nothing is compared, and above all nothing is deleted. */
  readonly nothingWanted?: boolean
  /** What ignore rules do to this comparison; `desired` is theirs. */
  readonly ignoring?: Omit<Ignoring, 'desired'>
}

/**
 * The differences between manifests and a gateway, per entity and field, each with its cause. Kinds that were not read
 * completely are reported as unknown and yield no change.
 */
export function compare(input: ComparisonInput): Drift {
  return atOnce(compareSliced(input))
}

/** The same, for who does it in slices. */
export function compareSliced(input: ComparisonInput): Sliced<Drift> {
  return new Comparison(input).drift()
}

const noEntities: ReadonlyMap<string, Entity> = new Map()

class Comparison {
  readonly #input: ComparisonInput
  readonly #context: ChangeContext
  readonly #owners: UniqueIndex
  /** By `refText`: entities that are not created or changed, because a rule ignores or prevents it. */
  readonly #apart: ReadonlySet<string>
  #changes: Change[] = []
  readonly #unknown: Unknown[] = []
  readonly #notOurs: EntityRef[] = []
  readonly #blocked: Blocked[]
  #equal = 0

  constructor(input: ComparisonInput) {
    this.#input = input
    const { desired, live, base, schemas, secrets } = input
    const children = new Children(live)
    this.#context = { desired, live, base, schemas, secrets, children, replaced: new Set() }
    this.#owners = new UniqueIndex(live)
    this.#blocked = [...(input.ignoring?.blocked ?? [])]
    this.#apart = new Set([
      ...(input.ignoring?.whole.keys() ?? []),
      ...this.#blocked.map(each => refText(each.entity)),
    ])
  }

  *drift(): Sliced<Drift> {
    if (!this.#input.nothingWanted)
      for (const kind of this.#input.live.kinds.all) yield* this.#compareKind(kind)
    this.#blockWhatFollows()
    return {
      target: this.#input.target,
      changes: this.#changes,
      unknown: this.#unknown,
      notOurs: this.#notOurs,
      blocked: this.#blocked,
      ignored: this.#input.ignoring?.ignored ?? [],
      ignoreRules: this.#input.ignoring?.outcomes ?? [],
      equal: this.#equal,
    }
  }

  *#compareKind(kind: KindDefinition): Sliced<void> {
    const { desired, live } = this.#input
    const coverage = live.coverage.get(kind.kind)
    if (!coverage) return
    // What decK leaves alone by default must not be deleted just because no file mentions it.
    if (
      kind.manifest?.onlyWith !== undefined &&
      (desired.entities.get(kind.manifest?.onlyWith)?.size ?? 0) === 0
    )
      return
    const wanted = desired.entities.get(kind.kind) ?? noEntities
    if (coverage.state !== 'complete') {
      const { reason } = coverage
      if (coverage.state === 'unread') this.#unknown.push({ kind: kind.kind, reason })
      // A kind that the gateway does not have, and no manifest asks for, is nothing to speak of.
      else if (wanted.size > 0)
        this.#unknown.push({ kind: kind.kind, reason: notThere(reason, wanted), absent: true })
      return
    }
    const there = live.entities.get(kind.kind) ?? noEntities
    const hanging: Entity[] = []
    for (const entity of wanted.values()) {
      yield
      if (this.#isApart(entity)) continue
      if (hangsOnUnknown(entity, live)) hanging.push(entity)
      else this.#compareEntity(entity, there.get(entity.key), kind)
    }
    for (const entity of there.values()) {
      yield
      if (this.#isApart(entity)) continue
      if (!wanted.has(entity.key) && !hangsOnUnknown(entity, live)) this.#compareUnwanted(entity, kind)
    }
    if (hanging.length > 0) {
      const reason = this.#hangingProblem(kind, hanging)
      this.#unknown.push({ kind: kind.kind, reason, entities: hanging.map(refOf) })
    }
  }

  #isApart(entity: Entity): boolean {
    return this.#apart.size > 0 && this.#apart.has(refText(entity))
  }

  #compareEntity(entity: Entity, there: Entity | undefined, kind: KindDefinition): void {
    if (there && claimOf(there, kind, this.#input) === 'other') {
      this.#block(entity, ownedByOthers(entity, there, this.#input))
      return
    }
    const found = there ? updates(entity, there, this.#context) : [creation(entity, this.#context)]
    if (found.length === 0) {
      this.#equal += 1
      return
    }
    const isRemade = there && found.some(change => change.operation === 'delete')
    const taken =
      this.#takenValue(entity, there, kind) ?? (isRemade ? this.#needed(there, entity) : undefined)
    if (taken) this.#block(entity, taken)
    else this.#changes.push(...found)
  }

  /** A unique value that an entity wants and that belongs to somebody else's. */
  #takenValue(entity: Entity, there: Entity | undefined, kind: KindDefinition): Problem | undefined {
    const { selectTags, ignoring } = this.#input
    if (selectTags.length === 0 && !ignoring?.whole.size) return undefined
    for (const value of uniqueValuesOf(entity, kind)) {
      const owner = this.#owners.owner(kind, value)
      if (!owner || owner.key === there?.key) continue
      const rule = ignoring?.whole.get(refText(owner))
      if (rule) return takenByIgnored(entity, owner, value.field, rule, this.#input)
      if (claimOf(owner, kind, this.#input) !== 'ours')
        return takenByOthers(entity, owner, value.field, this.#input)
    }
    return undefined
  }

  #compareUnwanted(entity: Entity, kind: KindDefinition): void {
    if (claimOf(entity, kind, this.#input) !== 'ours' || isLookedUp(entity, this.#input)) {
      this.#notOurs.push(refOf(entity))
      return
    }
    const needed = this.#needed(entity, undefined)
    if (needed) this.#block(entity, needed)
    else this.#changes.push(deletion(entity, this.#context))
  }

  /** Why an entity can't be deleted: something that must not be touched depends on it. */
  #needed(entity: Entity, remade: Entity | undefined): Problem | undefined {
    const used = this.#usedByOthers(entity)
    return used ? usedByOthers(entity, used, remade, this.#input) : this.#usedByIgnored(entity)
  }

  /** An ignored entity, or one whose reference is ignored, that would go with this one or keeps it from going. */
  #usedByIgnored(entity: Entity): Problem | undefined {
    const { ignoring } = this.#input
    if (!ignoring) return undefined
    for (const { entity: child } of this.#context.children.of(entity)) {
      const rule = ignoring.whole.get(refText(child)) ?? this.#keptReference(child, entity)
      if (rule) return usedByIgnored(entity, child, rule, this.#input)
    }
    return undefined
  }

  /** The rule that keeps an entity pointing to another one. */
  #keptReference(child: Entity, entity: Entity): IgnoreRule | undefined {
    return this.#input.ignoring?.fields
      .get(refText(child))
      ?.find(
        ({ field = '' }) => child.refs[field]?.key === entity.key && child.refs[field].kind === entity.kind,
      )
  }

  /**
   * A change that needs an impossible change, or a value of an entity that stays, is impossible too; so is the other
   * half of a recreation. Repeats until nothing more follows.
   */
  #blockWhatFollows(): void {
    for (;;) {
      const made = new Set(this.#changes.map(change => change.id))
      const kept = new Set(this.#blocked.map(each => refText(each.entity)))
      const rest: Change[] = []
      for (const change of this.#changes) {
        if (kept.size > 0 && kept.has(refText(change))) continue
        const reason = this.#whatItFollows(change, made, kept)
        if (reason) this.#blocked.push({ entity: refOf(change), reason })
        else rest.push(change)
      }
      if (rest.length === this.#changes.length) return
      this.#changes = rest
    }
  }

  #whatItFollows(change: Change, made: ReadonlySet<string>, kept: ReadonlySet<string>): Problem | undefined {
    const need = change.needs.find(each => !made.has(each))
    if (need !== undefined) return followsBlocked(change, need, this.#input)
    const wanted = kept.size > 0 ? entityAt(this.#input.desired, change) : undefined
    const kind = wanted && this.#input.live.kinds.of(wanted.kind)
    if (!wanted || !kind) return undefined
    for (const value of uniqueValuesOf(wanted, kind)) {
      const owner = this.#owners.owner(kind, value)
      if (owner && owner.key !== wanted.key && kept.has(refText(owner)))
        return takenByKept(wanted, owner, value.field, this.#input)
    }
    return undefined
  }

  /** Somebody else's entity that would go with this one, or that keeps it from going. */
  #usedByOthers(entity: Entity): Entity | undefined {
    if (this.#input.selectTags.length === 0) return undefined
    return this.#context.children.of(entity).find(child => {
      const kind = this.#input.live.kinds.of(child.entity.kind)
      return kind !== undefined && claimOf(child.entity, kind, this.#input) === 'other'
    })?.entity
  }

  #block(entity: Entity, reason: Problem): void {
    this.#blocked.push({ entity: refOf(entity), reason })
  }

  #hangingProblem(kind: KindDefinition, hanging: readonly Entity[]): Problem {
    const { kinds } = this.#input.live
    const owners = new Set(hanging.flatMap(entity => unknownOwners(entity, this.#input.live)))
    return {
      code: 'hangs-on-unknown',
      target: this.#input.target,
      message: `${hanging.length} of the ${kinds.pluralOf(kind.kind)} refer to ${[...owners].map(owner => kinds.pluralOf(owner)).join(' and ')} that could not be read, so they are unknown too`,
    }
  }
}

/** Whether an entity refers to one of a kind that could not be read, so that its owner is unknown. */
function hangsOnUnknown(entity: Entity, live: State): boolean {
  for (const field in entity.refs) {
    const ref = entity.refs[field]
    if (ref && isIncomplete(live, ref.kind)) return true
  }
  return false
}

function unknownOwners({ refs }: Entity, live: State): readonly Kind[] {
  return Object.values(refs).flatMap(({ kind }) => (isIncomplete(live, kind) ? [kind] : []))
}

/** Wanted entities of a kind that the gateway does not have. */
function notThere(reason: Problem, wanted: ReadonlyMap<string, Entity>): Problem {
  const [first] = wanted.values()
  const place = first?.source?.place()
  const count = wanted.size === 1 ? 'the one in the manifests' : `the ${wanted.size} in the manifests`
  return {
    ...reason,
    message: `${reason.message}: ${count} can't be synced`,
    hint: 'Remove them from the manifests of this target, or keep them in files of their own.',
    ...(place ? { place } : {}),
  }
}

function refOf({ kind, key }: EntityRef): EntityRef {
  return { kind, key }
}
