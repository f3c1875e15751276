import type { Problem } from '../../model/problem.ts'
import { span } from '../components/line.ts'
import { plural } from './need-words.ts'
import type { RefusedLines, ToldLine } from './review-findings.ts'

/** What the gateway would not take of the plan in view. Undefined: it is being asked; null: it can't be. */
export type AskedRefusals = readonly Problem[] | null | undefined

/** What the gateway would not take, each with the line that says it. */
export function gatewayLines(refusals: AskedRefusals): readonly ToldLine[] {
  return (refusals ?? []).map(({ message, place }) => {
    const where = place ? `  ${place.file}:${place.line}` : ''
    return { label: 'GATEWAY', text: `${message}${where}`, bad: true }
  })
}

/**
 * Why the gateway stands against sending it, one clause; null: it does not. While it is being asked nobody is held up:
 * it is asked again before anything is sent.
 */
export function gatewayRefusal(refusals: AskedRefusals): string | null {
  const [first, ...more] = refusals ?? []
  return first ? `${first.message}${more.length > 0 ? `, and ${more.length} more` : ''}` : null
}

/** That the gateway refuses a plan, and what can be done about it; null: it does not. */
export function refusedByGateway(refusals: AskedRefusals): RefusedLines | null {
  const n = refusals?.length ?? 0
  if (n === 0) return null
  return {
    what: [
      span('REFUSED ', 'exposed'),
      `by the gateway, which takes ${plural(n, 'change')} not as ${n === 1 ? 'it is' : 'they are'}: correct the line, or leave it out with space`,
    ],
    how: 'It can’t be sent',
  }
}
