import type { FleetView } from '../../../workflows/fleet/fleet-view.ts'
import type { PolicyView } from '../../../workflows/governance/governance-view.ts'
import { columnWidths } from '../../components/columns.ts'
import { cell, type Line, span } from '../../components/line.ts'
import type { Role } from '../../theme/roles.ts'
import { approvalText, factLines } from '../findings/finding-detail.ts'
import { placeText, severityRoles } from '../findings/finding-rows.ts'
import { holdsAll } from '../pane/filter.ts'
import type { PaneRow } from '../pane/list-pane.tsx'

/** One line of the list of policies. */
export interface PolicyRow extends PaneRow {
  readonly policy: PolicyView
  /** Its severity in production. */
  readonly severity: string
}

/** The policies that contain all these words: the repository's own first, then by number of findings. */
export function policyRows(fleet: FleetView, words: readonly string[]): readonly PolicyRow[] {
  const policies = fleet.governance?.policies ?? []
  return policies
    .map((policy): PolicyRow => ({ key: policy.id, policy, severity: inProduction(policy, fleet) }))
    .filter(({ policy, severity }) => {
      const { id, title, owasp, owner, place } = policy
      const text = `${id} ${title} ${stateWord(policy)} ${severity} ${owasp ?? ''} ${owner ?? ''} ${placeText(place)}`
      return holdsAll(text.toLowerCase(), words)
    })
    .toSorted(
      (a, b) =>
        Number(a.policy.place === null) - Number(b.policy.place === null) ||
        (b.policy.found?.findings ?? 0) - (a.policy.found?.findings ?? 0) ||
        (a.key < b.key ? -1 : 1),
    )
}

function inProduction({ severity }: PolicyView, { production }: FleetView): string {
  const named = production.flatMap(environment => severity[environment] ?? [])
  return named[0] ?? severity.production ?? severity.default ?? 'off'
}

/** Its state in one word: an unverified approval is marked as such. */
function stateWord({ state, approval, place }: PolicyView): string {
  if (state === 'approved' && approval.state === 'unverified') return 'unverified'
  return place === null && state === 'approved' ? 'built in' : state
}

const stateRoles: Readonly<Record<string, Role>> = {
  approved: 'ok',
  'built in': 'dim',
  unverified: 'notice',
  draft: 'dim',
  candidate: 'ahead',
  retired: 'dim',
}

const columns = (width: number) => [
  { min: 5, max: 5 },
  { min: 26, max: 38 },
  { min: 10, max: 10 },
  { min: 7, max: 7 },
  ...(width < 100 ? [] : [{ min: 9, max: 9 }]),
  { min: 8 },
]

export function policyHeads(width: number): Line {
  const heads = ['PROD', 'RULE', 'STATE', 'FINDS', ...(width < 100 ? [] : ['COMMIT']), 'WHAT MUST HOLD']
  const widths = columnWidths(columns(width), width - 1)
  return [span(` ${widths.map((cells, at) => cell(heads[at] ?? '', cells)).join(' ')}`, 'dim')]
}

export function drawPolicyRow({ policy, severity }: PolicyRow, width: number): Line {
  const [much = 0, rule = 0, state = 0, finds = 0, ...rest] = columnWidths(columns(width + 1), width)
  const word = stateWord(policy)
  const commit = policy.place === null ? '-' : (policy.commit?.slice(0, 7) ?? 'none')
  const roles: Readonly<Record<string, Role>> = severityRoles
  return [
    span(cell(severity, much), roles[severity] ?? 'dim'),
    ' ',
    span(cell(policy.id, rule), policy.place === null ? 'text' : 'strong'),
    ' ',
    span(cell(word, state), stateRoles[word] ?? 'text'),
    ' ',
    span(cell(findsText(policy), finds), policy.found?.findings === 0 ? 'dim' : 'text'),
    ' ',
    ...(rest.length > 1 ? [span(cell(commit, rest[0] ?? 0), 'dim'), ' '] : []),
    span(cell(policy.title, rest.at(-1) ?? 0), 'dim'),
  ]
}

/** Such as `3`, or `3 (1)` with the waived ones in parentheses; `?`: unknown yet. */
function findsText({ found }: PolicyView): string {
  if (found === null) return '?'
  return found.waived === 0 ? `${found.findings}` : `${found.findings} (${found.waived})`
}

/** The details of a policy. */
export function policyDetail({ policy }: PolicyRow, width: number): readonly Line[] {
  const { id, title, state, approval, commit, place, owner, owasp, severity, kinds, rationale, fix, found } =
    policy
  const named = Object.entries(severity).filter(([where]) => where !== 'default')
  const severities = [
    ...named.map(([where, much]) => `${where} ${much}`),
    ...(severity.default === undefined ? [] : [`${named.length > 0 ? 'else ' : ''}${severity.default}`]),
  ]
  const written = `${placeText(place)} ${commit === null ? 'not committed' : `at ${commit.slice(0, 7)}`}`
  return [
    [span(id, 'strong'), `  ${title}`],
    ...factLines('state', place ? approvalText(state, approval) : 'built in', width),
    ...(place ? factLines('written', `${written}${owner === null ? '' : `, owner ${owner}`}`, width) : []),
    ...factLines('severity', `${severities.join(', ')}; asked of ${kinds.join(', ')}`, width),
    ...(owasp === null ? [] : factLines('owasp', owasp, width)),
    ...(found ? factLines('finds', `${found.findings}, ${found.waived} of them waived`, width) : []),
    ...factLines('why', rationale, width),
    ...factLines('fix', fix, width),
  ]
}
