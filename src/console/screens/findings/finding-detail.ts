import type { Approval, Finding, PolicyStamp, Trace } from '../../../governance/finding.ts'
import { cell, type Line, type Span, span, wrapText } from '../../components/line.ts'
import { placeText, severityRoles } from './finding-rows.ts'

const labelWidth = 9

/** A labelled fact, on as many lines as it needs. */
export function factLines(label: string, text: string, width: number): readonly Line[] {
  const room = Math.max(12, width - labelWidth)
  return wrapText(text, room).map(
    (line, at): Line => [span(cell(at === 0 ? label : '', labelWidth), 'dim'), line],
  )
}

/** The details of a finding, the most urgent first: what, where, what to do, why, and whose rule it is. */
export function findingDetail(finding: Finding, production: boolean, width: number): readonly Line[] {
  const { severity, kind, name, message, fix, rationale, rule, title, owasp, target, waived } = finding
  const head: readonly Span[] = [
    span(severity, severityRoles[severity]),
    span('  ', 'text'),
    ...(production ? [span('PROD', 'prod'), span(' ', 'text')] : []),
    ...(target === null ? [] : [span(target, 'strong'), span('  ', 'text')]),
  ]
  const headWidth = head.reduce((sum, each) => sum + each.text.length, 0)
  const [first = '', ...rest] = wrapText(`${kind} ${name}: ${message}`, Math.max(12, width - headWidth))
  return [
    [...head, span(first, 'strong')],
    ...rest.map((line): Line => [' '.repeat(headWidth), span(line, 'strong')]),
    ...(waived ? waivedLines(waived, width) : []),
    ...factLines('traced', traceText(finding.trace, finding.place), width),
    ...factLines('fix', fix, width),
    ...factLines('why', rationale, width),
    ...factLines('rule', `${rule}${owasp === null ? '' : `, OWASP ${owasp}`}: ${title}`, width),
    ...factLines('policy', stampText(finding.policy), width),
    ...factLines('found', foundText(finding), width),
  ]
}

function waivedLines(waived: NonNullable<Finding['waived']>, width: number): readonly Line[] {
  const { reason, owner, approvedBy, expires, place } = waived
  const text = `until ${expires} by ${owner}, approved by ${approvedBy}: ${reason} (${placeText(place)})`
  return factLines('waived', text, width)
}

/** From the design to the gateway: `specs/disputes.yaml:13 GET /disputes → kong/disputes.yaml:33 → prod-eu 3f2a9c1e`. */
export function traceText({ specification, manifest, live }: Trace, place: Finding['place'] = null): string {
  const parts = [
    specification ? `${placeText(specification.place)} ${specification.operation}` : '',
    manifest ? placeText(manifest) : '',
    live ? `${live.target} ${live.id?.slice(0, 8) ?? ''}`.trim() : '',
  ].filter(part => part !== '')
  if (parts.length > 0) return parts.join(' → ')
  return place ? placeText(place) : 'no file and no gateway has it'
}

function foundText({ subjects }: Finding): string {
  const live = subjects.includes('live')
  if (subjects.includes('manifest')) {
    return live ? 'in Git and at the gateway' : 'in Git; the gateway differs, or was not read'
  }
  if (live) return 'at the gateway, but not in Git'
  return subjects.includes('specification') ? 'in the specification' : 'in the repository’s own policies'
}

/** The authority of a rule: `built in`, `policies/timeouts.yaml:1 at 3f2a9c1, approved; approval unverified: …`. */
export function stampText({ state, approval, commit, place }: PolicyStamp): string {
  if (!place) return 'built in'
  const at = commit === null ? 'not committed' : `at ${commit.slice(0, 7)}`
  return `${placeText(place)} ${at}, ${approvalText(state, approval)}`
}

/** The state of a policy with whose word that is. */
export function approvalText(state: PolicyStamp['state'], approval: Approval): string {
  if (approval.state === 'built in') return state
  if (state === 'draft' || state === 'retired') return state
  if (state === 'candidate' && approval.state === 'unverified') return `${state}, ${approval.why}`
  if (approval.state === 'verified') return `${state} by ${approval.by}, ${approval.how}`
  return `${state}, approval unverified: ${approval.why}`
}
