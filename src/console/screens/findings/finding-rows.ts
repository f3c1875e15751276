import { type Finding, type Severity, severities } from '../../../governance/finding.ts'
import type { Place } from '../../../model/problem.ts'
import type { FleetView } from '../../../workflows/fleet/fleet-view.ts'
import { columnWidths } from '../../components/columns.ts'
import { cell, type Line, type Span, span } from '../../components/line.ts'
import type { Role } from '../../theme/roles.ts'
import { holdsAll } from '../pane/filter.ts'
import type { PaneRow } from '../pane/list-pane.tsx'

/** The groupings of findings. */
export interface Grouping {
  readonly name: string
  groupOf(finding: Finding): string
}

const nowhere = 'in no file'
const ofNoTarget = 'specifications, policies and waivers'

/** The groupings that apply to all findings, in the order in which a key cycles through them. */
export const groupings: readonly Grouping[] = [
  { name: 'rule', groupOf: finding => finding.rule },
  { name: 'environment', groupOf: finding => finding.environment ?? ofNoTarget },
  { name: 'place', groupOf: finding => finding.place?.file ?? nowhere },
  { name: 'severity', groupOf: finding => finding.severity },
]

/** One line of a list of findings: the head of a group, or a finding. */
export type FindingRow =
  | (PaneRow & {
      readonly type: 'group'
      readonly severity: Severity
      readonly label: string
      /** One of them: what is said about a rule is the same in all. */
      readonly first: Finding
      readonly count: number
      readonly waived: number
      readonly production: boolean
    })
  | (PaneRow & {
      readonly type: 'finding'
      readonly finding: Finding
      /** Whether the rows around it are of the same rule. */
      readonly ofRule: boolean
      readonly production: boolean
    })

/** The look of a severity; the word is always there too. */
export const severityRoles: Readonly<Record<Severity, Role>> = {
  block: 'exposed',
  error: 'error',
  warn: 'edited',
  info: 'dim',
}

const searched = new WeakMap<Finding, string>()

/** The text that a filter searches, made once: `severity:block` and the like restrict it to one column. */
function searchText(finding: Finding): string {
  const known = searched.get(finding)
  if (known !== undefined) return known
  const { severity, rule, environment, target, kind, name, message, owasp, waived, policy } = finding
  const text = [
    `severity:${severity} rule:${rule} environment:${environment ?? '-'} target:${target ?? '-'}`,
    `kind:${kind} ${name} ${message} owasp:${owasp ?? '-'} place:${placeText(finding.place)}`,
    `found:${foundWord(finding)} policy:${policy.state}`,
    waived ? `waived owner:${waived.owner} ${waived.reason}` : '',
  ]
    .join(' ')
    .toLowerCase()
  searched.set(finding, text)
  return text
}

/** A place in text form: `kong/disputes.yaml:33`. */
export function placeText(place: Place | null): string {
  return place ? `${place.file}:${place.line}` : '-'
}

/** Where it was found, in one word. */
export function foundWord({ subjects }: Finding): string {
  const live = subjects.includes('live')
  if (subjects.includes('manifest')) return live ? 'both' : 'Git'
  return live ? 'live' : subjects.includes('specification') ? 'spec' : 'own'
}

/** The rows of a list of findings, grouped, the most severe group first. */
export function findingRows(
  findings: readonly Finding[],
  fleet: FleetView,
  grouping: Grouping,
  words: readonly string[],
  toggled: ReadonlySet<string>,
): readonly FindingRow[] {
  const shown =
    words.length === 0 ? findings : findings.filter(finding => holdsAll(searchText(finding), words))
  const groups = [...Map.groupBy(shown, grouping.groupOf)]
  const isProduction = (environment: string | null): boolean =>
    environment !== null && fleet.production.includes(environment)
  return groups
    .map(([name, own]) => ({ name, own: own.toSorted(byWeight), worst: worstOf(own) }))
    .toSorted(
      (a, b) => severities.indexOf(a.worst) - severities.indexOf(b.worst) || (a.name < b.name ? -1 : 1),
    )
    .flatMap(({ name, own, worst }): readonly FindingRow[] => {
      const [first] = own
      if (!first) return []
      // Groups that stop a plan or fail a check are open at first, and so is everything that matches a filter.
      const open = words.length > 0 || worst === 'block' || worst === 'error'
      const id = `${grouping.name} ${name}`
      const folded = toggled.has(id) ? open : !open
      const head: FindingRow = {
        type: 'group',
        key: `group ${id}`,
        group: { name: id, folded },
        severity: worst,
        label: name,
        first,
        count: own.length,
        waived: own.filter(finding => finding.waived).length,
        production: grouping.name === 'environment' && isProduction(name),
      }
      if (folded) return [head]
      return [
        head,
        ...own.map(
          (finding): FindingRow => ({
            type: 'finding',
            key: finding.id,
            finding,
            ofRule: grouping.name === 'rule',
            production: isProduction(finding.environment),
          }),
        ),
      ]
    })
}

/** Based on those that count, if any do. */
function worstOf(findings: readonly Finding[]): Severity {
  const counted = findings.filter(finding => !finding.waived)
  const own = new Set((counted.length > 0 ? counted : findings).map(finding => finding.severity))
  return severities.find(severity => own.has(severity)) ?? 'info'
}

/** Those that count first, the most severe first; otherwise they keep their order. */
function byWeight(a: Finding, b: Finding): number {
  return (
    Number(a.waived !== null) - Number(b.waived !== null) ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity)
  )
}

const columns = (width: number) => [
  { min: 5, max: 5 },
  { min: 8, max: width < 100 ? 8 : 14 },
  { min: 6, max: 6 },
  { min: 20, max: width < 110 ? 24 : 28 },
  { min: 20 },
  ...(width < 110 ? [] : [{ min: 20, max: 28 }]),
]

/** The heads of the columns. */
export function findingHeads(width: number): Line {
  const widths = columnWidths(columns(width), width - 3)
  const heads = ['SEV', 'TARGET', 'FOUND', 'WHAT', 'FINDING', 'LINE']
  return [span(`   ${widths.map((cells, at) => cell(heads[at] ?? '', cells)).join(' ')}`, 'dim')]
}

/** Draws one line of a list of findings. */
export function drawFindingRow(row: FindingRow, width: number): Line {
  if (row.type === 'group') return groupLine(row)
  const { finding, production, ofRule } = row
  const widths = columnWidths(columns(width + 1), width - 2)
  const [severity = 0, target = 0, found = 0, what = 0, message = 0, place = 0] = widths
  const waived = finding.waived !== null
  const role = (own: Role): Role => (waived ? 'dim' : own)
  const text = ofRule ? finding.message : `${finding.rule}: ${finding.message}`
  return [
    '  ',
    span(cell(finding.severity, severity), role(severityRoles[finding.severity])),
    ' ',
    span(cell(finding.target ?? '-', target), role(production ? 'production' : 'text')),
    ' ',
    span(cell(waived ? 'waived' : foundWord(finding), found), waived ? 'notice' : 'dim'),
    ' ',
    span(cell(`${finding.kind} ${finding.name}`, what), role('text')),
    ' ',
    span(cell(text, message), role(ofRule ? 'dim' : 'text')),
    ...(place === 0 ? [] : [' ', span(cell(placeText(finding.place), place), 'dim')]),
  ]
}

function groupLine(row: Extract<FindingRow, { readonly type: 'group' }>): Line {
  const { severity, label, first, count, waived, group, production } = row
  const title = label === first.rule ? first.title : ''
  const counted =
    waived === 0 ? `${count}` : waived === count ? `${count} waived` : `${count}, ${waived} waived`
  return [
    span(group?.folded ? '+ ' : '- ', 'dim'),
    span(cell(severity, 5), waived === count ? 'dim' : severityRoles[severity]),
    ' ',
    ...(production ? [span('PROD', 'production'), ' '] : []),
    ...(label === severity ? [] : [span(label, 'strong'), '  ']),
    span(counted, 'text'),
    span(title === '' ? '' : `  ${title}`, 'dim'),
  ]
}

/** How many there are of each severity, worst first; waived ones separately. */
export function severityCounts(findings: readonly Finding[]): readonly Span[] {
  const spans = severities.flatMap((severity): readonly Span[] => {
    const n = findings.filter(finding => !finding.waived && finding.severity === severity).length
    return n === 0 ? [] : [span(`${n} ${severity}`, severityRoles[severity])]
  })
  const waived = findings.filter(finding => finding.waived).length
  const all = waived === 0 ? spans : [...spans, span(`${waived} waived`, 'dim')]
  if (all.length === 0) return [span('nothing found', 'ok')]
  return all.flatMap((each, at) => (at === 0 ? [each] : [span(', ', 'dim'), each]))
}
