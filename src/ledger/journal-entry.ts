import * as z from 'zod'
import type { Plan } from '../reconcile/plan/plan.ts'
import type { MadeUpValues } from '../reconcile/undo/made-up.ts'
import { type ProcessIdentity, processIdentitySchema } from './process-identity.ts'
import type { SealedSecrets } from './sealing.ts'

/** The version of journals that are written; those of version 1 had no chain. */
export const journalVersion = 2

/** The journal before one, and where it ended when that one was begun. */
export interface PreviousJournal {
  /** The name of its file. */
  readonly journal: string
  /**
   * The chain of its last line, or a digest of the file if it has none because it is of version 1; null: it had no
   * complete line.
   */
  readonly end: string | null
}

/** One line of a journal. */
export type JournalEntry =
  | {
      readonly type: 'plan'
      readonly version: typeof journalVersion
      readonly at: string
      readonly by: string
      /** The process that syncs. */
      readonly process: ProcessIdentity
      /** Null: there was none. */
      readonly previous: PreviousJournal | null
      readonly plan: Plan
    }
  | {
      /** Policies refuse the plan, and a person has it done all the same. */
      readonly type: 'override'
      readonly at: string
      readonly by: string
      readonly reason: string
      /** The findings that it introduces: rule and entity. */
      readonly findings: readonly string[]
      /** The commit of the policies; null: outside Git. */
      readonly policies: string | null
    }
  | {
      /** What the plan writes depends on unknown kinds, and a person wants it done anyway. */
      readonly type: 'unknown-accepted'
      readonly at: string
      readonly by: string
      readonly reason: string
      readonly kinds: readonly string[]
    }
  /** Secrets that the sync overwrites or deletes, sealed before anything is sent. */
  | ({ readonly type: 'sealed'; readonly at: string } & SealedSecrets)
  /** Values that the gateway generated for entities that the sync created, as read afterwards. */
  | { readonly type: 'made-up'; readonly at: string; readonly entities: readonly MadeUpValues[] }
  /** About to be sent: from now on it may have been. */
  | { readonly type: 'sending'; readonly at: string; readonly step: string }
  /** It took effect. */
  | { readonly type: 'done'; readonly at: string; readonly step: string }
  /** The gateway refused it: it had no effect. */
  | { readonly type: 'failed'; readonly at: string; readonly step: string; readonly reason: string }
  /** It was sent, and whether it took effect could not be found out. */
  | { readonly type: 'unknown'; readonly at: string; readonly step: string; readonly reason: string }
  /** It was about to be sent, and was not. */
  | { readonly type: 'not-sent'; readonly at: string; readonly step: string }
  | {
      readonly type: 'ended'
      readonly at: string
      readonly done: number
      readonly failed: number
      readonly unknown: number
      readonly notSent: number
    }

const at = z.string()
const step = z.string()

/** The first line: what the journal belongs to, and which one it follows. */
export const firstEntrySchema = z.object({
  type: z.literal('plan'),
  version: z.number().default(1),
  at,
  by: z.string(),
  process: processIdentitySchema.nullable().default(null),
  previous: z.object({ journal: z.string(), end: z.string().nullable() }).nullable().default(null),
  plan: z.unknown(),
})

/** The possible lines after the first. */
export const entrySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('override'), at, reason: z.string() }),
  z.object({ type: z.literal('unknown-accepted'), at, reason: z.string(), kinds: z.array(z.string()) }),
  z.object({ type: z.literal('sealed'), at, to: z.array(z.string()), text: z.string() }),
  z.object({
    type: z.literal('made-up'),
    at,
    entities: z.array(
      z.object({ kind: z.string(), key: z.string(), values: z.record(z.string(), z.json()) }),
    ),
  }),
  z.object({ type: z.literal('sending'), at, step }),
  z.object({ type: z.literal('done'), at, step }),
  z.object({ type: z.literal('failed'), at, step, reason: z.string() }),
  z.object({ type: z.literal('unknown'), at, step, reason: z.string() }),
  z.object({ type: z.literal('not-sent'), at, step }),
  z.object({ type: z.literal('ended'), at }),
])

/** A line of a kind that this version of gatewatch does not know. */
export const strangeEntrySchema = z.looseObject({ type: z.string() })
