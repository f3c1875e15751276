import { type Finding, type Severity, severities } from '../../../governance/finding.ts'
import type { Kinds } from '../../../model/schema/kinds.ts'
import type { Change } from '../../../reconcile/drift/drift.ts'
import type { TargetView } from '../../../workflows/fleet/fleet-view.ts'
import { type Line, type Span, span, wrapText } from '../../components/line.ts'
import type { Role } from '../../theme/roles.ts'
import { traceText } from './finding-detail.ts'
import { foundWord, severityRoles } from './finding-rows.ts'

const none: readonly Finding[] = []

type Index = ReadonlyMap<string, readonly Finding[]>
const indexes = new WeakMap<readonly Finding[], Index>()

function indexOf(findings: readonly Finding[]): Index {
  const known = indexes.get(findings)
  if (known) return known
  const index = new Map<string, Finding[]>()
  for (const finding of findings) {
    for (const name of new Set([finding.key, finding.name])) {
      const own = index.get(`${finding.kind} ${name}`)
      if (own) own.push(finding)
      else index.set(`${finding.kind} ${name}`, [finding])
    }
  }
  indexes.set(findings, index)
  return index
}

/** What is found about an entity of a target, by its key or name. */
export function findingsAbout(
  { findings }: Pick<TargetView, 'findings'>,
  kind: string,
  name: string,
): readonly Finding[] {
  return findings ? (indexOf(findings).get(`${kind} ${name}`) ?? none) : none
}

/** What is found about an entity that a change is about, or that it acts on as a protection. */
export function findingsAboutChange(
  target: Pick<TargetView, 'findings'>,
  change: Change,
  kinds: Kinds,
): readonly Finding[] {
  const [kind, name] = actsOn(change, kinds)
  const own = findingsAbout(target, change.kind, change.key)
  return kind === undefined || name === undefined ? own : [...own, ...findingsAbout(target, kind, name)]
}

/** Whether a finding is about an entity that a change affects. */
export function concerns(change: Change, { kind, key }: Finding, kinds: Kinds): boolean {
  const [onKind, onName] = actsOn(change, kinds)
  return (change.kind === kind && change.key === key) || (onKind === kind && onName === key)
}

/** The kind and name of the one entity that a protection acts on, as its key names it. */
function actsOn({ kind, key }: Change, kinds: Kinds): readonly (string | undefined)[] {
  const on = kinds.of(kind)?.meaning?.actsOn?.(key).on ?? []
  const [, of, name] = /^(\S+) (.*)$/s.exec(on.join(' and ')) ?? []
  return [of, name]
}

/** The worst severity that counts, and how many findings have it; null: none count. */
export function worstOf(
  findings: readonly Finding[],
): { readonly severity: Severity; readonly count: number } | null {
  const open = findings.filter(finding => finding.waived === null)
  const severity = severities.find(each => open.some(finding => finding.severity === each))
  if (severity === undefined) return null
  return { severity, count: open.filter(finding => finding.severity === severity).length }
}

/** Such as `block 2`, in a given number of cells; blank if nothing counts, `?` if unknown. */
export function worstSpan(findings: readonly Finding[] | null, text: (word: string) => string): Span {
  if (findings === null) return span(text('?'), 'unknown')
  const worst = worstOf(findings)
  if (worst === null) return span(text(findings.length > 0 ? 'waived' : ''), 'dim')
  return span(text(`${worst.severity} ${worst.count}`), severityRoles[worst.severity])
}

/** Findings below something else: which rule, what, and the path from the design to the gateway. */
export function findingLines(
  findings: readonly Finding[],
  width: number,
  word: (finding: Finding) => string = foundWord,
): readonly Line[] {
  const indented = (text: string, role: Role): readonly Line[] =>
    wrapText(text, Math.max(12, width - 2)).map((line): Line => ['  ', span(line, role)])
  return findings.flatMap((finding): readonly Line[] => [
    [
      span(
        finding.waived ? 'waived' : finding.severity,
        finding.waived ? 'dim' : severityRoles[finding.severity],
      ),
      ' ',
      span(finding.rule, 'strong'),
      span(` ${word(finding)}`, 'dim'),
    ],
    ...indented(`${finding.kind} ${finding.name} ${finding.message}`, 'text'),
    ...indented(traceText(finding.trace, finding.place), 'dim'),
  ])
}
