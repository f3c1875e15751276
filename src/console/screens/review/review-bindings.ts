import type { TargetView } from '../../../workflows/fleet/fleet-view.ts'
import type { Binding } from '../../keymap/bindings.ts'
import type { App } from '../../store/app.ts'
import { selectedRow } from '../../store/rows.ts'
import type { List } from '../pane/list.ts'
import { openPlanFindings } from './plan-findings.ts'
import { isReview } from './review-confirm.ts'
import { copyCurl } from './review-fields.ts'
import { policyRefusal } from './review-findings.ts'
import { gatewayRefusal } from './review-refusals.ts'
import type { ReviewRow } from './review-rows.ts'
import {
  excludedButTheFix,
  excludedWithRowToggled,
  type ReviewChoice,
  type ReviewEvent,
  type ReviewState,
} from './review-state.ts'
import { unknownRefusal } from './review-unknown.ts'

/** What the keys of a review act on. */
export interface ReviewKeys {
  readonly app: App
  readonly state: ReviewState
  /** Undefined: it is gone. */
  readonly target: TargetView | undefined
  readonly plan: (choice: Partial<ReviewChoice>, options?: { readonly follow?: string }) => void
  readonly dispatch: (event: ReviewEvent) => void
  readonly list: List<ReviewRow>
}

/** What keys do in the current state of a review. */
export function reviewBindings({ app, state, target, plan, dispatch, list }: ReviewKeys): readonly Binding[] {
  const { review, rows, deletes, grouped, byRisk, findings } = state
  const fix = isReview(review) ? review.meaning.onlyTheFix : []
  const selected = selectedRow(rows)
  const none = selected === undefined ? 'no change is selected' : null
  return [
    {
      verb: 'confirm',
      bar: true,
      disabled: sendRefusal(state, target),
      run: () => dispatch({ type: 'confirmed' }),
    },
    {
      verb: 'toggle',
      bar: true,
      disabled: none,
      run: () => {
        const excluded = excludedWithRowToggled(state)
        if (selected && excluded) plan({ excluded }, { follow: selected.key })
      },
    },
    {
      verb: 'onlyFix',
      bar: true,
      disabled: fix.length === 0 ? 'there is no exposure that this would close' : null,
      run: () => isReview(review) && plan({ excluded: excludedButTheFix(review, state.planned) }),
    },
    {
      verb: 'findings',
      bar: true,
      disabled: findings ? null : 'findings are not known yet',
      run: () => findings && isReview(review) && app.open(openPlanFindings(app, review, findings)),
    },
    { verb: 'group', bar: true, name: grouped ? 'ungroup' : 'group', run: () => plan({ grouped: !grouped }) },
    {
      verb: 'order',
      name: byRisk ? 'as sent' : 'risk first',
      bar: true,
      run: () => plan({ byRisk: !byRisk }),
    },
    {
      verb: 'deletes',
      name: deletes ? 'without deletes' : 'with deletes',
      run: () => plan({ deletes: !deletes }),
    },
    { verb: 'copy', name: 'copy as curl', disabled: none, run: () => copyCurl(app, state) },
    ...list.bindings(),
  ]
}

/** Why it can't be sent in its current state, one clause; null: it can. */
function sendRefusal(
  { review, target: name, findings, refusals }: ReviewState,
  target: TargetView | undefined,
): string | null {
  if (!isReview(review)) return 'there is no plan'
  if (review.plan.steps.length === 0) return 'nothing is chosen'
  if (target?.reach.state === 'failed') return `${name} does not answer`
  return target?.blocked ?? gatewayRefusal(refusals) ?? unknownRefusal(review) ?? policyRefusal(findings)
}
