import type { JsonObject } from '../model/json.ts'
import type { Masker } from '../model/masking/masked-sentences.ts'
import type { Place } from '../model/problem.ts'
import type { Subject, Trace } from './finding.ts'

/** The target that an entity is of, as policies see it. */
export interface TargetInfo {
  readonly name: string
  readonly environment: string
  readonly production: boolean
  readonly labels: Readonly<Record<string, string>>
}

/** One thing that policies are asked about: an entity of a target, or a part of a specification. */
export interface PolicyItem {
  readonly subject: Exclude<Subject, 'governance'>
  readonly kind: string
  readonly key: string
  /** What people call it: `payouts-list`, `GET /payouts`. */
  readonly name: string
  readonly tags: readonly string[]
  readonly paths: readonly string[]
  /** Null: a specification is of no target. */
  readonly target: TargetInfo | null
  /** What conditions are asked of: fields, and what is in effect. Secrets by the schema stand as marks. */
  readonly value: JsonObject
  /** A sentence about it without what must not be shown; absent: all may be. */
  readonly masked?: Masker
  /** The names in `value` that are not known, because something was not read: nothing is found by them. */
  readonly unknown: ReadonlySet<string>
  /** Those of `unknown` that a gateway did not give when it was asked, while others can't be told of such an item at all. */
  readonly unread?: ReadonlySet<string>
  /** The line of the item, or of one of its fields; null: no file holds it. */
  place(path?: string): Place | null
  trace(): Trace
}
