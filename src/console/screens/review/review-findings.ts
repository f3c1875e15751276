import { counts, type Finding } from '../../../governance/finding.ts'
import type { Kinds } from '../../../model/schema/kinds.ts'
import type { PlanFindings } from '../../../workflows/governance/plan-findings.ts'
import { type Line, span } from '../../components/line.ts'
import { plural } from '../../components/plural.ts'
import { traceText } from '../findings/finding-detail.ts'
import { concerns, findingLines } from '../findings/findings-about.ts'
import type { ReviewRow } from './review-rows.ts'
import type { RefusedLines, ToldLine } from './told-lines.ts'

/** What policies say about the plan in view. Undefined: they are being evaluated; null: they can't be. */
export type AskedFindings = PlanFindings | null | undefined

/** What a plan introduces and resolves, the most severe first, each with the path from the design to the gateway. */
export function policyLines(found: AskedFindings): readonly ToldLine[] {
  const line = (text: string, bad = false): ToldLine => ({ label: 'POLICY', text, bad })
  if (found === undefined) return [{ ...line('asking policies'), unknown: true }]
  if (found === null) return [{ ...line('unknown: the policies can’t be read'), unknown: true }]
  const told = ({ severity, rule, kind, name, message, trace, place }: Finding): string =>
    `${severity} ${rule}: ${kind} ${name} ${message}  ${traceText(trace, place)}`
  return [
    ...found.untold.map(({ rule, entities }) => ({
      ...line(`block ${rule} can’t be evaluated for ${entities}`, true),
      unknown: true,
    })),
    ...found.introduces.map(each => line(`introduces ${told(each)}`, counts(each, 'error'))),
    ...found.resolves.map(each => line(`resolves ${told(each)}`)),
  ]
}

/** The part of it that concerns a row of the review. */
export function rowFindingLines(
  found: AskedFindings,
  row: ReviewRow | undefined,
  kinds: Kinds,
  width: number,
): readonly Line[] {
  if (!found || !row) return []
  const about = (findings: readonly Finding[]): readonly Finding[] =>
    findings.filter(finding => row.changes.some(change => concerns(change, finding, kinds)))
  return [
    ...findingLines(about(found.introduces), width, () => 'introduced'),
    ...findingLines(about(found.resolves), width, () => 'resolved'),
  ]
}

/**
 * Why policies prevent sending it, one clause; null: they don't, or a reason may override them. Evaluation in progress
 * holds nobody up: the gate evaluates them again before anything is sent.
 */
export function policyRefusal(found: AskedFindings): string | null {
  if (!found?.refusal || found.mayOverride) return null
  const blocking = found.introduces.filter(finding => counts(finding, 'block'))
  const [first] = blocking
  const more = blocking.length > 1 ? `, and ${blocking.length - 1} more` : ''
  // A rule that can't be evaluated reports that itself.
  if (!first) return found.refusal.message
  const what = `${first.kind} ${first.name} ${first.message} (${first.rule})`
  return `policies refuse it: ${what}${more}`
}

/** What refuses a plan, and what can be done about it; null: nothing refuses it. */
export function refusedLines(found: AskedFindings): RefusedLines | null {
  if (!found?.refusal) return null
  const n = found.introduces.filter(finding => counts(finding, 'block')).length
  if (n === 0)
    return {
      what: [span('REFUSED ', 'exposed'), found.refusal.message],
      how: found.mayOverride ? 'Y asks why to do it anyway' : 'It can’t be sent',
    }
  return {
    what: [
      span('REFUSED ', 'exposed'),
      `by ${plural(n, 'finding')}: `,
      span('f', 'key'),
      ` shows ${n === 1 ? 'it' : 'them'}; correct the line there, or request a waiver`,
    ],
    how: found.mayOverride ? 'Y asks why to do it anyway' : 'It can’t be sent',
  }
}
