import type { Problem } from '../../../model/problem.ts'
import type { Kinds } from '../../../model/schema/kinds.ts'
import type { Review } from '../../../workflows/syncing/review.ts'
import { bodyRows, type Size } from '../../store/app.ts'
import { isReview } from './review-confirm.ts'
import { type AskedFindings, policyLines } from './review-findings.ts'
import { type AskedRefusals, gatewayLines } from './review-refusals.ts'
import { undoLines } from './review-undo.ts'
import { unknownToldLines } from './review-unknown.ts'

/** How much of the screen each part gets. */
export function reviewLayout(
  size: Size,
  {
    review,
    findings,
    refusals,
    kinds,
  }: {
    readonly review: Review | Problem
    readonly findings: AskedFindings
    readonly refusals: AskedRefusals
    readonly kinds: Kinds
  },
) {
  const body = bodyRows(size)
  const wide = size.columns >= 120
  const told = isReview(review)
    ? review.meaning.posture.length +
      review.meaning.traffic.length +
      unknownToldLines(review, kinds).length +
      undoLines(review).length +
      policyLines(findings).length +
      gatewayLines(refusals).length
    : 1
  const meaning = Math.min(Math.max(1, told), Math.max(2, Math.floor(body / 4))) + 2
  const confirm = 2
  const rest = Math.max(2, body - meaning - confirm - 2)
  const detail = wide ? rest : Math.max(1, Math.min(8, Math.floor(rest / 2)))
  return { meaning, confirm, wide, list: wide ? rest : Math.max(1, rest - detail - 1), detail }
}
