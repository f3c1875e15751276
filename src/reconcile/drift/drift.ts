import type { EntityRef, Kind } from '../../model/entity.ts'
import type { Json } from '../../model/json.ts'
import type { Place, Problem } from '../../model/problem.ts'
import type { Cause } from './causes.ts'
import type { Ignored, RuleOutcome } from './ignore-rules.ts'
import type { Operation } from './operation.ts'

/** A sync that was cut off: its process was killed, or its machine went down. */
export interface CutOff {
  /** The id of its plan. */
  readonly sync: string
  /** When it began, ISO 8601. */
  readonly at: string
  readonly by: string
}

/** One field that differs. Secrets are marks (`{"$secret": digest}`); `undefined` means the entity doesn't exist. */
export interface FieldDrift {
  /** Full path, such as `retries`, `config.minute`, `headers.x-version`. */
  readonly path: string
  readonly git: Json | undefined
  readonly live: Json | undefined
  /** What was last applied, if the ledger knows. */
  readonly base: Json | undefined
  readonly cause: Cause
  /** Where the manifest says so, if it does. */
  readonly source?: Place
}

/** Who wrote a line in Git, and when. */
export interface LineCommit {
  readonly commit: string
  readonly author: string
  /** When it was written, ISO 8601. */
  readonly at: string
  readonly summary: string
}

/** One entity that differs between Git and the gateway. */
export interface Change extends EntityRef {
  /** Stable within a comparison and across refreshes: `update route payouts-list`. */
  readonly id: string
  readonly operation: Operation
  /** The entity's name for people: `rate-limiting for service payments`. */
  readonly name: string
  readonly cause: Cause
  /** The fields that differ; for a create or delete the fields that are not the gateway's defaults. */
  readonly fields: readonly FieldDrift[]
  readonly source?: Place
  readonly commit?: LineCommit
  /** Seconds since the epoch of the last write at the gateway, if it reports that. */
  readonly liveUpdatedAt?: number
  readonly liveId?: string
  /** The sync that left the live state, if it was cut off. */
  readonly cutOff?: CutOff
  /** Changes that must be in a plan for this one to make sense: the service of a new route. */
  readonly needs: readonly string[]
  /** What the gateway deletes together with an entity. */
  readonly cascades: readonly EntityRef[]
}

/** An entity that a manifest wants to write and that belongs to others. */
export interface Blocked {
  readonly entity: EntityRef
  readonly reason: Problem
}

/** A kind that could not be compared. */
export interface Unknown {
  readonly kind: Kind
  readonly reason: Problem
  /** The gateway lacks the kind, but the manifests ask for some of it; absent: it may have some. */
  readonly absent?: true
  /** The wanted entities that can't be compared, if others of the kind can; absent: nothing of the kind is known. */
  readonly entities?: readonly EntityRef[]
}

/** All differences between the manifests and one target. */
export interface Drift {
  readonly target: string
  readonly changes: readonly Change[]
  /** Kinds that could not be compared, with the reason; nothing of them is ever changed. */
  readonly unknown: readonly Unknown[]
  /** Entities at the gateway that the manifests' tags don't own: never touched. */
  readonly notOurs: readonly EntityRef[]
  /** Entities of the manifests that belong to others at the gateway: left alone, and reported. */
  readonly blocked: readonly Blocked[]
  /** Why no causes could be determined, although there may be some. */
  readonly causesUnknown?: Problem
  /** What ignore rules leave out: neither shown nor written. */
  readonly ignored: readonly Ignored[]
  /** The outcome of each ignore rule. */
  readonly ignoreRules: readonly RuleOutcome[]
  /** How many entities were compared and are equal. */
  readonly equal: number
}

/** Why parts of a target were not compared or are left alone, for people to act on. */
export function reservations(drift: Drift): readonly Problem[] {
  return [...drift.unknown, ...drift.blocked].map(each => each.reason)
}

/** How many changes of each operation. */
export interface ChangeCounts {
  readonly create: number
  readonly update: number
  readonly delete: number
}

export function countChanges(changes: readonly { readonly operation: Operation }[]): ChangeCounts {
  const counts = { create: 0, update: 0, delete: 0 }
  for (const change of changes) counts[change.operation] += 1
  return counts
}
