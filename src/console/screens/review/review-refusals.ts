import type { RefusedChange } from '../../../workflows/syncing/review.ts'
import { type Line, span, wrapText } from '../../components/line.ts'
import { plural } from '../../components/plural.ts'
import type { ReviewRow } from './review-rows.ts'
import type { RefusedLines, ToldLine } from './told-lines.ts'

/** What the gateway would not accept of the plan in view. Undefined: it is being asked; null: it can't be asked. */
export type AskedRefusals = readonly RefusedChange[] | null | undefined

/** What the gateway would not accept, each with its line first. */
export function gatewayLines(refusals: AskedRefusals): readonly ToldLine[] {
  return (refusals ?? []).map(refused => ({ label: 'GATEWAY', text: refusalText(refused), bad: true }))
}

function refusalText({ problem: { message, place } }: RefusedChange): string {
  return place ? `${place.file}:${place.line}  ${message}` : message
}

/** The part of it that concerns a row of the review, in full. */
export function rowRefusalLines(
  refusals: AskedRefusals,
  row: ReviewRow | undefined,
  width: number,
): readonly Line[] {
  const about = (refusals ?? []).filter(({ change }) => row?.changes.some(({ id }) => id === change))
  return about.flatMap(refused =>
    wrapText(refusalText(refused), width).map((line): Line => [span(line, 'exposed')]),
  )
}

/**
 * Why the gateway prevents sending it, one clause; null: it doesn't. A pending answer holds nobody up: the gateway is
 * asked again before anything is sent.
 */
export function gatewayRefusal(refusals: AskedRefusals): string | null {
  const [first, ...more] = refusals ?? []
  return first ? `${first.problem.message}${more.length > 0 ? `, and ${more.length} more` : ''}` : null
}

/** The refusal of a plan by the gateway, and what can be done about it; null: there is none. */
export function refusedByGateway(refusals: AskedRefusals): RefusedLines | null {
  const n = refusals?.length ?? 0
  if (n === 0) return null
  return {
    what: [
      span('REFUSED ', 'exposed'),
      `by the gateway, ${plural(n, 'change')}: correct the line and read again with `,
      span('r', 'key'),
      ', or leave it out with ',
      span('space', 'key'),
    ],
    how: 'It can’t be sent',
  }
}
