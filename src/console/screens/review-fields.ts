import type { StoreApi } from 'zustand/vanilla'
import type { Kinds } from '../../model/kinds.ts'
import type { Problem } from '../../model/problem.ts'
import type { Acceptance } from '../../reconcile/unknown-kinds.ts'
import { typedConfirmation } from '../../workflows/syncing/confirmation.ts'
import type { Review } from '../../workflows/syncing/review.ts'
import type { App, OpenField } from '../store/app.ts'
import type { Field } from '../store/field.ts'
import { type Rows, selectedRow } from '../store/rows.ts'
import { isReview } from './review-confirm.ts'
import type { AskedFindings } from './review-findings.ts'
import type { AskedRefusals } from './review-refusals.ts'
import type { ReviewRow } from './review-rows.ts'

/** What a review shows, and what was chosen. */
export interface ReviewState {
  /** What a sync would do; a problem where no plan can be made. */
  readonly review: Review | Problem
  readonly excluded: ReadonlySet<string>
  readonly deletes: boolean
  readonly grouped: boolean
  readonly byRisk: boolean
  readonly rows: Rows<ReviewRow>
  /** What policies say of the plan. */
  readonly findings: AskedFindings
  /** What the gateway would not take. */
  readonly refusals: AskedRefusals
  /** What is to be written on though it is not known, and why; null: nothing. */
  readonly accept: Acceptance | null
  /** Why it is to be sent though it is refused, as it is being typed; null: it is not asked for. */
  readonly reason: Field | null
  /** What must be typed, as far as it is; null: it is not asked for. */
  readonly typed: Field | null
  /** A reading changed what would be sent, and nobody confirmed having seen it. */
  readonly moved: boolean
}

/** The field for what must be typed: the name of a target that loses something, the number of many deletions. */
export function confirmField(
  app: App,
  store: StoreApi<ReviewState>,
  name: string,
  send: () => void,
): OpenField | null {
  const { typed, review } = store.getState()
  const wanted = isReview(review) ? typedConfirmation(name, review.meaning) : null
  if (typed === null || wanted === null) return null
  return {
    label: `type ${wanted} and enter to send`,
    field: typed,
    passes: () => false,
    change: field => store.setState({ typed: field }),
    submit() {
      if (typed.text === wanted) send()
      else app.tell(`That is not ${wanted}; nothing was sent`, 'error')
    },
    cancel: () => store.setState({ typed: null }),
  }
}

export function copyCurl(app: App, store: StoreApi<ReviewState>): void {
  const { review, rows } = store.getState()
  const row = selectedRow(rows)
  if (!isReview(review) || !row) return
  const steps = review.plan.steps.filter(step => row.changes.some(change => step.covers.includes(change.id)))
  if (steps.length === 0) {
    app.tell('Nothing is sent for it')
    return
  }
  app.surface.copy(steps.map(step => app.workflows.curl(review.plan, step.id)).join('\n'))
  app.tell('The requests are on the clipboard as curl commands, without secrets', 'ok')
}

/** The field for the reason to send what is refused, where the configuration allows that. */
export function reasonField(
  store: StoreApi<ReviewState>,
  kinds: Kinds,
  given: (reason: string) => void,
): OpenField | null {
  const { reason, review } = store.getState()
  if (reason === null) return null
  const unknown = isReview(review) ? (review.unknown?.kinds ?? []) : []
  const refused =
    unknown.length > 0
      ? `${unknown.map(kind => kinds.pluralOf(kind)).join(', ')} are not known`
      : 'policies refuse it'
  return {
    label: `${refused}; why all the same`,
    field: reason,
    passes: () => false,
    change: field => store.setState({ reason: field }),
    submit: () => given(reason.text.trim()),
    cancel: () => store.setState({ reason: null }),
  }
}
