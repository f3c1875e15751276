import {
  counts,
  type Finding,
  type PolicyStamp,
  type Severity,
  severities,
} from '../../governance/finding.ts'
import type { Json } from '../../model/json.ts'
import type { Place } from '../../model/problem.ts'
import { counted, type Paint, plain } from './text-parts.ts'

/** The same finding at several targets: one in a shared manifest is reported once. */
export interface FindingGroup {
  readonly first: Finding
  readonly targets: readonly string[]
}

/**
 * Groups findings that differ only in their target; keeps the order. What is in Git and what is only at gateways stay
 * separate.
 */
export function groupFindings(findings: readonly Finding[]): readonly FindingGroup[] {
  const groups = Map.groupBy(findings, ({ rule, severity, subjects, kind, key, message, place, waived }) =>
    JSON.stringify([rule, severity, subjects.includes('manifest'), kind, key, message, place, waived]),
  )
  return [...groups.values()].flatMap(group => {
    const [first] = group
    if (!first) return []
    const subjects = [...new Set(group.flatMap(each => each.subjects))].sort()
    return [{ first: { ...first, subjects }, targets: group.flatMap(each => each.target ?? []) }]
  })
}

const colours = { block: 'red', error: 'red', warn: 'yellow', info: 'cyan' } as const

/** Findings for people, one line each in the format of compilers, with what to do below those that count. */
export function findingsText(findings: readonly Finding[], failOn: Severity, paint: Paint): string {
  return groupFindings(findings)
    .flatMap(({ first, targets }) => {
      const { severity, rule, kind, name, message, waived, fix } = first
      const where = first.place ? `${placeText(first.place)}: ` : ''
      const head = waived ? paint('gray', `waived ${severity}`) : paint(colours[severity], severity)
      const notes = [targets.join(', '), subjectsText(first), stampText(first.policy)]
        .filter(Boolean)
        .join('; ')
      const line = `${plain(where)}${head} ${plain(rule)}: ${plain(`${kind} ${name}: ${message}`)}${notes ? paint('gray', ` [${plain(notes)}]`) : ''}`
      if (waived) {
        const until = `    until ${waived.expires}, by ${waived.owner}, approved by ${waived.approvedBy}: ${waived.reason}`
        return [line, paint('gray', plain(until))]
      }
      return counts(first, failOn) ? [line, paint('gray', `    ${plain(fix)}`)] : [line]
    })
    .map(line => `${line}\n`)
    .join('')
}

function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`
}

function subjectsText({ subjects, target }: Finding): string {
  return target === null
    ? ''
    : subjects.map(subject => (subject === 'manifest' ? 'in Git' : subject)).join(' and ')
}

/** What is worth knowing about the policy behind a finding; empty for built-in and verified ones. */
export function stampText({ state, approval }: PolicyStamp): string {
  if (state === 'draft' || state === 'candidate') return `${state} policy`
  return approval.state === 'unverified' ? 'approval unverified' : ''
}

/** The rules that could not be asked of all, because something was not read, one line each. */
export function unreadText(unread: ReadonlyMap<string, number>, paint: Paint): string {
  return [...unread]
    .map(
      ([rule, n]) =>
        `${paint('magenta', '?')} ${rule}: unknown for ${n}, because not everything could be read\n`,
    )
    .join('')
}

/** The number of findings of each severity, such as `2 block, 1 error, 3 waived`. */
export function findingCounts(findings: readonly Finding[]): string {
  const groups = groupFindings(findings).map(group => group.first)
  const open = severities.flatMap(severity => {
    const n = groups.filter(each => each.severity === severity && each.waived === null).length
    return n > 0 ? [`${n} ${severity}`] : []
  })
  const waived = groups.filter(each => each.waived !== null).length
  return [...open, ...(waived > 0 ? [`${waived} waived`] : [])].join(', ') || 'nothing found'
}

/** The line below a report. */
export function summaryText(
  findings: readonly Finding[],
  targets: number,
  specifications: number,
  policies: string | null,
): string {
  const looked = `${counted(targets, 'target')}, ${counted(specifications, 'specification')}`
  const by = policies === null ? '' : `, policies of ${plain(policies.slice(0, 7))}`
  return `${looked}${by}: ${findingCounts(findings)}\n`
}

/** A finding for programs. */
export function findingJson(finding: Finding): Json {
  const { trace, policy, waived, place } = finding
  return {
    ...finding,
    subjects: [...finding.subjects],
    place: placeJson(place),
    trace: {
      specification: trace.specification && {
        operation: trace.specification.operation,
        place: placeJson(trace.specification.place),
      },
      manifest: placeJson(trace.manifest),
      live: trace.live && { ...trace.live },
    },
    policy: { ...policy, approval: { ...policy.approval }, place: placeJson(policy.place) },
    waived: waived && { ...waived, place: placeJson(waived.place) },
  }
}

/** A place for programs. */
export function placeJson(place: Place | null): Json {
  return place && { file: place.file, line: place.line, column: place.column }
}
