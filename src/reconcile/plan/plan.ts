import type { EntityRef, Kind } from '../../model/entity.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Step } from '../../providers/session.ts'
import type { Change } from '../drift/drift.ts'
import type { Ignored } from '../drift/ignore-rules.ts'

/** Why a change is not in the plan. */
export interface LeftOut {
  readonly change: Change
  /** `you`: a person left it out; `follows`: it needs one that is left out; `mode`: deletes are off. */
  readonly by: 'you' | 'follows' | 'mode'
  /** For `follows`: the id of the change that it needs. */
  readonly follows?: string
}

/** The state of an entity at the gateway when the plan was made: checked again just before each write. */
export interface Precondition {
  readonly entity: EntityRef
  /** The gateway's id; null: the entity didn't exist. */
  readonly id: string | null
  /** Its name for people, if no change of the plan gives it. */
  readonly name?: string
  /** Normalised fields with foreign keys as names; null: the entity didn't exist. */
  readonly fields: JsonObject | null
}

/** What an undo leaves as it is, because it can't be restored or has changed since. */
export interface Kept extends EntityRef {
  /** Why, one sentence. */
  readonly reason: string
}

/** A kind that was unknown when the plan was made, although the effect of what the plan writes depends on it. */
export interface UnknownKind {
  readonly kind: Kind
  /** Why it is unknown, one sentence. */
  readonly why: string
  /** What the plan writes with an unknown effect. */
  readonly concerns: readonly (EntityRef & { readonly name: string })[]
  /** Why a person wants it written anyway; null: nobody accepted it, and the plan is not applied. */
  readonly accepted: string | null
}

/**
 * Exactly what a sync will do: made once, shown, saved and reviewed without a gateway, and applied only while what it
 * was made from is unchanged. Serialisable, without secrets.
 */
export interface Plan {
  /** Of version 2 the order of keys means nothing to the id; plans of version 1 had theirs from the text. */
  readonly version: 1 | 2
  /** Digest of everything else, as hex. */
  readonly id: string
  readonly target: string
  readonly address: string
  /** The gateway's workspace; absent: the default one. */
  readonly workspace?: string
  /** When the live state was read, ISO 8601. */
  readonly readAt: string
  readonly manifest: {
    readonly repository: string | null
    readonly commit: string | null
    /** Files (as named or as paths in the repository) that the manifest was read from. */
    readonly files: readonly string[]
    /** Digest of the desired state. */
    readonly digest: string
  }
  readonly mode: { readonly deletes: boolean }
  readonly changes: readonly Change[]
  readonly leftOut: readonly LeftOut[]
  readonly steps: readonly PlanStep[]
  readonly preconditions: readonly Precondition[]
  readonly notOurs: readonly EntityRef[]
  /** What ignore rules left out: nothing of it is written. */
  readonly ignored: readonly Ignored[]
  readonly cascades: readonly EntityRef[]
  /** What was unknown and affects what is written; absent: nothing. */
  readonly unknown?: readonly UnknownKind[]
  /** The id of the plan whose sync this one takes back; absent: it makes the target match the manifests. */
  readonly undoes?: string
  /** What that leaves as it is; absent: nothing, so the sync is taken back as a whole. */
  readonly kept?: readonly Kept[]
}

/** A step of a plan, and what is known in advance about taking it back. Only the adapter knows the payload's type. */
export interface PlanStep extends Step<JsonObject> {
  /** True, or why it can't be taken back whatever is kept. */
  readonly reversible: true | string
  /** Digests of secrets that are gone after it: it can be taken back only if they are sealed first. Absent: none. */
  readonly overwrites?: readonly string[]
}
