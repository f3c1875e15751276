import type { Problem } from '../../../model/problem.ts'
import type { Change } from '../../../reconcile/drift/drift.ts'
import { typedConfirmation } from '../../../workflows/syncing/confirmation.ts'
import type { Review } from '../../../workflows/syncing/review.ts'
import { type Line, span } from '../../components/line.ts'
import { plural } from '../../components/plural.ts'
import type { RefusedLines } from './told-lines.ts'

/** Whether there is a plan to review. */
export function isReview(value: Review | Problem): value is Review {
  return 'plan' in value
}

/** Everything that a review would send, as one text. */
export function sentText(review: Review | Problem): string {
  return isReview(review) ? review.plan.steps.map(step => step.preview).join('\n') : review.code
}

/** The changes that are wanted, with everything they need. */
export function withNeeds(wanted: readonly string[], changes: readonly Change[]): ReadonlySet<string> {
  const byId = new Map(changes.map(change => [change.id, change]))
  const taken = new Set(wanted)
  for (const id of taken) for (const need of byId.get(id)?.needs ?? []) taken.add(need)
  return taken
}

/** Its overall effect, and how to send it. */
export function confirmLines(
  review: Review,
  name: string,
  {
    typing,
    moved,
    refused,
  }: {
    readonly typing: boolean
    readonly moved: boolean
    /** Why policies refuse it, in place of what it would fix; null: they don't. */
    readonly refused: RefusedLines | null
  },
): readonly Line[] {
  const { plan, meaning } = review
  const wanted = typedConfirmation(name, meaning)
  const deletes = plan.changes.filter(change => change.operation === 'delete').length
  const weaker = meaning.posture.filter(line => line.weaker).length
  const parts = [
    `${refused ? `${refused.how}: it would send` : 'This sends'} ${plural(plan.steps.length, 'request')} to ${name}`,
    deletes > 0 ? `deletes ${plural(deletes, 'entity', 'entities')}` : '',
    weaker > 0 ? `weakens ${plural(weaker, 'protection')}` : '',
  ].filter(part => part !== '')
  const fix = meaning.guarded
    ? [span('DELETES ', 'heading'), span(meaning.guarded.text, 'weaker')]
    : meaning.onlyTheFix.length > 0 && meaning.onlyTheFix.length < plan.changes.length
      ? [
          span('ONLY THE FIX ', 'heading'),
          `${plural(meaning.onlyTheFix.length, 'change')} close the exposure: `,
          span('F', 'key'),
          ' takes those alone',
        ]
      : [span(`plan ${plan.id.slice(0, 8)} against live of ${plan.readAt.slice(11, 19)}Z`, 'dim')]
  const byName = meaning.confirmByName ? '  Y asks for its name, then sends' : '  Y sends it'
  const how = moved
    ? span('  it has changed since you opened it', 'notice')
    : typing
      ? span(`  type ${wanted} below and press enter; esc goes back`, 'notice')
      : plan.steps.length === 0
        ? span('  nothing is chosen', 'dim')
        : refused
          ? ''
          : span(meaning.guarded ? `  Y asks for ${wanted}, then sends` : byName, 'text')
  return [
    [' ', ...(refused?.what ?? fix)],
    [
      ' ',
      span('CONFIRM ', 'heading'),
      span(`${parts.join(', ')}.`, deletes + weaker > 0 ? 'weaker' : 'text'),
      how,
    ],
  ]
}
