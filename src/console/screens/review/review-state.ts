import type { Problem } from '../../../model/problem.ts'
import type { Kinds } from '../../../model/schema/kinds.ts'
import type { Change } from '../../../reconcile/drift/drift.ts'
import type { Acceptance } from '../../../reconcile/plan/unknown-kinds.ts'
import { typedConfirmation } from '../../../workflows/syncing/confirmation.ts'
import type { Review } from '../../../workflows/syncing/review.ts'
import type { Message, Size } from '../../store/app.ts'
import { emptyField, type TextField } from '../../store/field.ts'
import { noRows, type Rows, selectedRow, withSelected } from '../../store/rows.ts'
import { rowsOf } from '../pane/list.ts'
import { isReview, sentText, withNeeds } from './review-confirm.ts'
import { type AskedFindings, policyRefusal } from './review-findings.ts'
import { reviewLayout } from './review-layout.ts'
import { type AskedRefusals, gatewayRefusal } from './review-refusals.ts'
import { type ReviewRow, reviewRows } from './review-rows.ts'

/** What a person chose for a plan and how it is shown. */
export interface ReviewChoice {
  readonly excluded: ReadonlySet<string>
  readonly deletes: boolean
  /** Which unknowns to write on anyway, and why; null: none. */
  readonly accept: Acceptance | null
  readonly grouped: boolean
  readonly byRisk: boolean
}

/** What a review shows, and what was chosen. */
export interface ReviewState extends ReviewChoice {
  /** The kinds of entities of what is synced. */
  readonly kinds: Kinds
  readonly target: string
  /** The changes that were requested exclusively; null: everything that differs. */
  readonly only: readonly string[] | null
  /** The changes that the plan was made from. */
  readonly planned: readonly Change[]
  /** What a sync would do; a problem if no plan can be made. */
  readonly review: Review | Problem
  readonly rows: Rows<ReviewRow>
  /** What policies say of the plan. */
  readonly findings: AskedFindings
  /** What the gateway would not accept. */
  readonly refusals: AskedRefusals
  /** Why to send it although it is refused, while it is being typed; null: it isn't asked for. */
  readonly reason: TextField | null
  /** What must be typed, as far as it has been; null: it isn't asked for. */
  readonly typed: TextField | null
  /** A reading changed what would be sent, and nobody has confirmed seeing it. */
  readonly moved: boolean
  /** The reason given for overriding policies; undefined: none. */
  readonly override: string | undefined
  /** Whether the last event confirmed it, so that it should be sent now. */
  readonly sending: boolean
  /** The notice for the last event; null: none. */
  readonly notice: Message | null
}

/** What can happen to a review. `size` is that of the terminal. */
export type ReviewEvent =
  | {
      /** The plan was made again. */
      readonly type: 'planned'
      readonly review: Review | Problem
      readonly changes: readonly Change[]
      readonly choice: Partial<ReviewChoice>
      /** The change that the cursor follows, even if it is now grouped with others. */
      readonly follow?: string
      /** Whether the data may have changed while the person was looking at it. */
      readonly byReading: boolean
      readonly size: Size
    }
  | { readonly type: 'rows moved'; readonly rows: Rows<ReviewRow> }
  | { readonly type: 'resized'; readonly size: Size }
  | {
      readonly type: 'policies answered'
      /** The review that they were asked about. */
      readonly of: Review
      readonly findings: AskedFindings
      readonly size: Size
    }
  | {
      readonly type: 'gateway answered'
      readonly of: Review
      readonly refusals: AskedRefusals
      readonly size: Size
    }
  | { readonly type: 'confirmed' }
  | { readonly type: 'reason edited'; readonly field: TextField }
  | { readonly type: 'reason given'; readonly reason: string }
  | { readonly type: 'reason passed' }
  | { readonly type: 'name edited'; readonly field: TextField }
  | { readonly type: 'name given' }
  | { readonly type: 'cancelled' }

/** A review before anything was planned. */
export function newReview(
  kinds: Kinds,
  target: string,
  only: readonly string[] | null,
  changes: readonly Change[],
  reviewOf: (excluded: ReadonlySet<string>) => Review | Problem,
): ReviewState {
  const wanted = only === null ? null : withNeeds(only, changes)
  const excluded = new Set(wanted === null ? [] : idsOf(changes.filter(({ id }) => !wanted.has(id))))
  return {
    kinds,
    target,
    only,
    planned: changes,
    review: reviewOf(excluded),
    excluded,
    deletes: true,
    accept: null,
    grouped: true,
    byRisk: true,
    rows: noRows(),
    findings: undefined,
    refusals: undefined,
    reason: null,
    typed: null,
    moved: false,
    override: undefined,
    sending: false,
    notice: null,
  }
}

/** The review after an event. Pure: the dispatcher makes plans, shows the notice, and sends. */
export function reviewReducer(before: ReviewState, event: ReviewEvent): ReviewState {
  const state: ReviewState =
    before.notice === null && !before.sending ? before : { ...before, notice: null, sending: false }
  switch (event.type) {
    case 'planned':
      return planned(state, event)
    case 'rows moved':
      return { ...state, rows: event.rows }
    case 'resized':
      return fitted(state, event.size)
    case 'policies answered':
      if (state.review !== event.of) return state
      return fitted(
        { ...takenBack(state, policyRefusal(event.findings)), findings: event.findings },
        event.size,
      )
    case 'gateway answered':
      if (state.review !== event.of) return state
      return fitted(
        { ...takenBack(state, gatewayRefusal(event.refusals)), refusals: event.refusals },
        event.size,
      )
    case 'confirmed':
      return confirmed(state)
    case 'reason edited':
      return { ...state, reason: event.field }
    case 'reason given':
      return reasonGiven(state, event.reason)
    case 'reason passed':
      return askedToType(state)
    case 'name edited':
      return { ...state, typed: event.field }
    case 'name given':
      return nameGiven(state)
    case 'cancelled':
      return { ...state, typed: null, reason: null }
  }
}

/** The changes that are left out after the selected row is included or left out; null: no row is selected. */
export function excludedWithRowToggled({ rows, excluded }: ReviewState): ReadonlySet<string> | null {
  const row = selectedRow(rows)
  if (!row) return null
  const ids = idsOf(row.changes)
  if (row.included > 0) return new Set([...excluded, ...ids])
  return new Set([...excluded].filter(id => !ids.includes(id)))
}

/** If only some changes were requested, what a later reading adds is left out. */
export function excludedAfterReading(
  { only, planned, excluded }: ReviewState,
  changes: readonly Change[],
): ReadonlySet<string> {
  if (only === null) return excluded
  const known = new Set(idsOf(planned))
  const added = idsOf(changes).filter(id => !known.has(id))
  return added.length === 0 ? excluded : new Set([...excluded, ...added])
}

/** The changes that are left out if only the fix is included. */
export function excludedButTheFix(review: Review, changes: readonly Change[]): ReadonlySet<string> {
  const fix = new Set(review.meaning.onlyTheFix)
  return new Set(idsOf(changes).filter(id => !fix.has(id)))
}

const idsOf = (changes: readonly Change[]): readonly string[] => changes.map(change => change.id)

/** How many rows of the list are in view. */
export function listHeight(state: ReviewState, size: Size): number {
  return reviewLayout(size, state).list
}

function fitted(state: ReviewState, size: Size): ReviewState {
  const { rows } = state
  return { ...state, rows: rowsOf(rows, rows.rows, listHeight(state, size)) }
}

function planned(
  before: ReviewState,
  { review, changes, choice, follow, byReading, size }: ReviewEvent & { readonly type: 'planned' },
): ReviewState {
  const chosen: ReviewState = { ...before, ...choice, review, planned: changes }
  const rows = isReview(review) ? reviewRows(changes, review, chosen, before.kinds) : []
  const withNewRows = {
    ...chosen,
    rows: rowsOf(before.rows, rows, listHeight(chosen, size)),
  }
  const isSamePlan = isReview(review) && isReview(before.review) && review.plan.id === before.review.plan.id
  const state = isSamePlan ? withNewRows : { ...withNewRows, findings: undefined, refusals: undefined }
  const followed = state.rows.rows.find(row => row.changes.some(({ id }) => id === follow))
  return {
    ...state,
    ...(followed ? { rows: withSelected(state.rows, followed.key, listHeight(state, size)) } : {}),
    ...(byReading && sentText(before.review) !== sentText(review)
      ? { moved: true, typed: null, reason: null }
      : {}),
  }
}

/** Takes back a confirmation that is under way where it turns out that nothing can be sent. */
function takenBack(state: ReviewState, refused: string | null): ReviewState {
  if (refused === null || (state.typed === null && state.reason === null)) return state
  return { ...state, typed: null, reason: null, notice: { text: refused, role: 'error' } }
}

function confirmed(before: ReviewState): ReviewState {
  const { review, moved, findings } = before
  if (!isReview(review)) return before
  const state: ReviewState = { ...before, override: undefined }
  if (moved) {
    const text = 'It has changed since you opened it: look through it, then press Y again'
    return { ...state, moved: false, notice: { text, role: 'notice' } }
  }
  return findings?.refusal || review.unknown ? { ...state, reason: emptyField } : askedToType(state)
}

/** Asks for what must be typed; if nothing must be, it is sent. */
function askedToType(state: ReviewState): ReviewState {
  return wantedText(state) === null ? sent(state) : { ...state, typed: emptyField }
}

function reasonGiven(state: ReviewState, reason: string): ReviewState {
  if (reason === '') {
    const text = 'A reason is required, and journaled; nothing was sent'
    return { ...state, notice: { text, role: 'error' } }
  }
  return { ...state, reason: null, override: state.findings?.refusal ? reason : state.override }
}

function nameGiven(state: ReviewState): ReviewState {
  const wanted = wantedText(state)
  if (state.typed?.text === wanted) return sent(state)
  return { ...state, notice: { text: `That is not ${wanted}; nothing was sent`, role: 'error' } }
}

function sent(state: ReviewState): ReviewState {
  return isReview(state.review) ? { ...state, typed: null, sending: true } : state
}

/** What must be typed before it is sent; null: nothing, or there is no plan. */
export function wantedText({ review, target }: ReviewState): string | null {
  return isReview(review) ? typedConfirmation(target, review.meaning) : null
}

/** Which sync is reviewed. */
export interface ReviewOptions {
  readonly target: string
  /** Only these changes, with what they need; null: everything that differs. */
  readonly only: readonly string[] | null
  /** The sync that is taken back, and what that changes; absent: the differences from the manifests. */
  readonly undo?: { readonly id: string; readonly changes: readonly Change[] }
}
