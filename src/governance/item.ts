import type { JsonObject } from '../model/json.ts'
import type { Masker } from '../model/masking/masked-sentences.ts'
import type { Place } from '../model/problem.ts'
import type { Subject, Trace } from './finding.ts'

/** An entity's target, as policies see it. */
export interface TargetInfo {
  readonly name: string
  readonly environment: string
  readonly production: boolean
  readonly labels: Readonly<Record<string, string>>
}

/** One thing that policies are evaluated on: an entity of a target, or a part of a specification. */
export interface PolicyItem {
  readonly subject: Exclude<Subject, 'governance'>
  readonly kind: string
  readonly key: string
  /** The name for people: `payouts-list`, `GET /payouts`. */
  readonly name: string
  readonly tags: readonly string[]
  readonly paths: readonly string[]
  /** Null: a specification belongs to no target. */
  readonly target: TargetInfo | null
  /** The input of conditions: fields, and what is in effect. Secrets by the schema are replaced by marks. */
  readonly value: JsonObject
  /** A sentence about it without what must not be shown; absent: everything may be shown. */
  readonly masked?: Masker
  /** The names in `value` that are unknown, because something was not read: they yield no findings. */
  readonly unknown: ReadonlySet<string>
  /** Those of `unknown` that a gateway didn't provide when asked; the others are unknowable for such an item. */
  readonly unread?: ReadonlySet<string>
  /** The line of the item, or of one of its fields; null: it is in no file. */
  place(path?: string): Place | null
  trace(): Trace
}
