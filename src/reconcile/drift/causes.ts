import type { Operation } from './operation.ts'

/** What a cause's sentence may say about the change. */
export interface CauseDetails {
  readonly operation: Operation
  /** When the interrupted sync began, ISO 8601; undefined: there was none. */
  readonly cutOffAt: string | undefined
  /** When the gateway was last written, such as `, live written 2h ago`; empty: it doesn't say. */
  readonly liveWritten: string
}

/** Everything that either face says about a cause. */
interface CauseWords {
  /** Of several causes the one with the lowest rank is reported; null: it never occurs with another. */
  readonly rank: number | null
  /** Its appearance: a role of the console's themes, a colour of the command line's. */
  readonly role: 'ahead' | 'edited' | 'conflict' | 'halfDone' | 'unknown'
  /** The head of its column in tables of targets; null: it has none. */
  readonly column: string | null
  /** As `3 edited live`, without the number. */
  readonly tally: string
  /** What a person should look at, as a kind and as `3 edited live`, without the number; null: nothing. */
  readonly need: {
    readonly kind: 'conflict' | 'edited' | 'ahead' | 'half-done'
    readonly words: string
  } | null
  /** Who did it, as in `plugin deleted live`. */
  readonly doneBy: string
  readonly sentence: (details: CauseDetails) => string
}

/**
 * Why Git and the gateway differ, based on what was last applied (the ledger), in the order of columns:
 * - `edited live`: only the gateway moved, out of band;
 * - `git ahead`: only Git moved, it waits for a sync;
 * - `conflict`: both moved, to different values;
 * - `unattributed`: there is no record of what was last applied;
 * - `cut off`: a sync that was cut off before it could record it left the live state; nobody edited it;
 * - `undo`: a sync changed it and is being taken back: what Git wants doesn't count, the state before the sync does.
 */
const causes = {
  'edited live': {
    rank: 2,
    role: 'edited',
    column: 'EDIT',
    tally: 'edited live',
    need: { kind: 'edited', words: 'edited live' },
    doneBy: 'live',
    sentence: ({ operation, liveWritten }) =>
      `changed at the gateway, who unknown${operation === 'create' ? '' : liveWritten}`,
  },
  'git ahead': {
    rank: 4,
    role: 'ahead',
    column: 'AHEAD',
    tally: 'ahead',
    need: { kind: 'ahead', words: 'ahead in Git' },
    doneBy: 'live',
    sentence: () => 'Git has moved on; it waits for a sync',
  },
  conflict: {
    rank: 1,
    role: 'conflict',
    column: 'CONF',
    tally: 'in conflict',
    need: { kind: 'conflict', words: 'in conflict' },
    doneBy: 'live',
    sentence: ({ liveWritten }) => `both changed since the last sync${liveWritten}: decide which one applies`,
  },
  unattributed: {
    rank: 5,
    role: 'unknown',
    column: 'UNKN',
    tally: 'not attributed',
    need: { kind: 'edited', words: 'differ for an unknown reason' },
    doneBy: 'live',
    sentence: ({ liveWritten }) => `there is no record of what was last applied${liveWritten}`,
  },
  'cut off': {
    rank: 3,
    role: 'halfDone',
    column: null,
    tally: 'left by a sync cut off',
    need: { kind: 'half-done', words: 'left by a sync that was cut off' },
    doneBy: 'by a sync that was cut off',
    sentence: ({ cutOffAt }) => `by the sync cut off at ${cutOffAt?.slice(0, 19)}Z, and edited by nobody`,
  },
  undo: {
    rank: null,
    role: 'ahead',
    column: null,
    tally: 'taken back',
    need: null,
    doneBy: 'live',
    sentence: ({ liveWritten }) => `there is no record of what was last applied${liveWritten}`,
  },
} as const satisfies Readonly<Record<string, CauseWords>>

/** A name of `causes`. */
export type Cause = keyof typeof causes

/** The look of a cause. */
export type CauseRole = CauseWords['role']

/** Everything that is said about each cause. */
export const causeWords: Readonly<Record<Cause, CauseWords>> = causes

/** All causes, in the order of columns. */
export const causeNames: readonly Cause[] = Object.keys(causes).filter(
  (name): name is Cause => name in causes,
)

/** The causes that occur together with others, the most important first. */
export const causesByRank: readonly Cause[] = causeNames
  .filter(name => causeWords[name].rank !== null)
  .sort((a, b) => (causeWords[a].rank ?? 0) - (causeWords[b].rank ?? 0))

/** The causes that have a column in tables of targets, with its head. */
export const causeColumns: readonly { readonly cause: Cause; readonly head: string }[] = causeNames.flatMap(
  cause => {
    const head = causeWords[cause].column
    return head === null ? [] : [{ cause, head }]
  },
)
