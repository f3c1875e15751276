import type { App, OpenField } from '../../store/app.ts'
import { selectedRow } from '../../store/rows.ts'
import { isReview } from './review-confirm.ts'
import { type ReviewEvent, type ReviewState, wantedText } from './review-state.ts'

/** The field for what must be typed: the name of a target that loses something, or a large number of deletions. */
export function confirmField(state: ReviewState, dispatch: (event: ReviewEvent) => void): OpenField | null {
  const wanted = wantedText(state)
  if (state.typed === null || wanted === null) return null
  return {
    label: `type ${wanted} and enter to send`,
    field: state.typed,
    passes: () => false,
    change: field => dispatch({ type: 'name edited', field }),
    submit: () => dispatch({ type: 'name given' }),
    cancel: () => dispatch({ type: 'cancelled' }),
  }
}

/** The field for the reason to send what is refused, where the configuration allows that. */
export function reasonField(
  { reason, review, kinds }: ReviewState,
  { edit, give, cancel }: { edit: OpenField['change']; give(reason: string): void; cancel(): void },
): OpenField | null {
  if (reason === null) return null
  const unknown = isReview(review) ? (review.unknown?.kinds ?? []) : []
  const refused =
    unknown.length > 0
      ? `${unknown.map(kind => kinds.pluralOf(kind)).join(', ')} are unknown`
      : 'policies refuse it'
  return {
    label: `${refused}; why do it anyway?`,
    field: reason,
    passes: () => false,
    change: edit,
    submit: () => give(reason.text.trim()),
    cancel,
  }
}

/** Puts the requests of the selected row on the clipboard. */
export function copyCurl(app: App, { review, rows }: ReviewState): void {
  const row = selectedRow(rows)
  if (!isReview(review) || !row) return
  const steps = review.plan.steps.filter(step => row.changes.some(change => step.covers.includes(change.id)))
  if (steps.length === 0) {
    app.tell('This sends nothing')
    return
  }
  app.surface.copy(steps.map(step => app.workflows.curl(review.plan, step.id)).join('\n'))
  app.tell('The requests are on the clipboard as curl commands, without secrets', 'ok')
}
