import type { Kinds } from '../../../model/schema/kinds.ts'
import { unknownLines } from '../../../reconcile/plan/unknown-kinds.ts'
import type { Review } from '../../../workflows/syncing/review.ts'
import { type Line, span, wrapText } from '../../components/line.ts'
import type { ReviewRow } from './review-rows.ts'
import type { RefusedLines, ToldLine } from './told-lines.ts'

/** The unknowns of the plan in view. */
export function unknownToldLines({ plan, meaning }: Review, kinds: Kinds): readonly ToldLine[] {
  return [
    ...unknownLines(plan, kinds).map(text => ({ label: 'UNKNOWN', text, bad: true, unknown: true })),
    ...(meaning.unknown === null
      ? []
      : [
          {
            label: 'POSTURE',
            text: `unknown, and so is traffic: ${meaning.unknown}`,
            bad: false,
            unknown: true,
          },
        ]),
  ]
}

/** The part of it that concerns a row of the review. */
export function rowUnknownLines(
  review: Review,
  row: ReviewRow | undefined,
  kinds: Kinds,
  width: number,
): readonly Line[] {
  return (review.plan.unknown ?? []).flatMap(each => {
    const hangs = each.concerns.some(ref =>
      row?.changes.some(change => change.kind === ref.kind && change.key === ref.key),
    )
    const text = `depends on ${kinds.pluralOf(each.kind)}, which are unknown: ${each.why}`
    return hangs ? wrapText(text, width).map((line): Line => [span(line, 'unknown')]) : []
  })
}

/** Why unknowns prevent sending a plan, one sentence; null: they don't, or a reason may override them. */
export function unknownRefusal({ unknown }: Review): string | null {
  return unknown && !unknown.mayAccept ? unknown.problem.message : null
}

/** The refusal of a plan because of unknowns, and what can be done about it; null: there is none. */
export function refusedForUnknown({ unknown }: Review, kinds: Kinds): RefusedLines | null {
  if (!unknown) return null
  const plurals = unknown.kinds.map(kind => kinds.pluralOf(kind)).join(', ')
  return {
    what: [
      span('REFUSED ', 'exposed'),
      `because ${plurals} are unknown: read again with `,
      span('r', 'key'),
      ', or leave out what depends on them with ',
      span('space', 'key'),
    ],
    how: unknown.mayAccept ? 'Y asks why to do it anyway' : 'It can’t be sent',
  }
}
