import type { Kept, PlanStep } from '../../../reconcile/plan/plan.ts'
import { lostCount, type SealedTo, takingBack } from '../../../workflows/project/sealing.ts'
import type { Review } from '../../../workflows/syncing/review.ts'
import { type Line, span, wrapText } from '../../components/line.ts'
import { plural } from '../../components/plural.ts'
import type { ToldLine } from './told-lines.ts'

/** What can't be taken back once a plan is sent, and what an undo leaves as it is. */
export function undoLines({ plan, meaning }: Review): readonly ToldLine[] {
  const lost = lostCount(plan, meaning.sealedTo)
  const of = plural(plan.steps.length, 'request')
  return [
    ...(lost === 0
      ? []
      : [
          {
            label: 'UNDO',
            text: `${lost} of ${of} can’t be taken back, for the reasons given with each`,
            bad: true,
          },
        ]),
    ...keptLines(plan.kept ?? []).map(text => ({ label: 'STAYS', text, bad: true })),
  ]
}

/** The first of what stays, and how many more there are. */
function keptLines(kept: readonly Kept[]): readonly string[] {
  const [first, ...rest] = kept
  if (!first) return []
  return [rest.length === 0 ? first.reason : `${kept.length} entities stay as they are: ${first.reason}, …`]
}

/** Whether the requests of a row can be taken back; those that can't be come first. */
export function takingBackLines(
  steps: readonly PlanStep[],
  sealedTo: SealedTo,
  width: number,
): readonly Line[] {
  const told = steps.flatMap(step => takingBack(step, sealedTo) ?? [])
  const first = told.find(({ possible }) => !possible) ?? told[0]
  if (!first) return []
  return wrapText(first.text, width).map((text): Line => [span(text, first.possible ? 'dim' : 'weaker')])
}
