import { type Problem, ProblemError } from '../model/problem.ts'
import { atOnce, type Sliced } from '../model/time-slices.ts'
import { compareFindings, type Finding, type Subject } from './finding.ts'
import type { PolicyItem } from './item.ts'
import { filledIn } from './policies/field-values.ts'
import type { Moment } from './policies/operators.ts'
import { appliesTo, type Policy, severityAt } from './policies/policy.ts'
import { pathFits } from './policies/wildcard.ts'

/** What policies find in items. */
export interface Evaluation {
  /** The most severe first; the same finding in manifest and gateway counts once. */
  readonly findings: readonly Finding[]
  /** For each evaluated rule: how many items it applied to. */
  readonly selected: ReadonlyMap<string, number>
  /** For each rule that could not be evaluated on some items because something was not read: how many. */
  readonly unknown: ReadonlyMap<string, number>
  /** The same, limited to avoidable cases: a gateway didn't provide something, or a function didn't answer. */
  readonly unread: ReadonlyMap<string, number>
  /**
   * Why rules could not be evaluated completely: one of their functions didn't answer. What they found until then
   * stands.
   */
  readonly problems: readonly Problem[]
}

/**
 * Evaluates policies on items. Pure; 10,000 entities against 60 policies take about 200 ms, without the views of the
 * entities. Waivers are another step: see `waive`.
 */
export function evaluate(items: readonly PolicyItem[], policies: readonly Policy[], now: Date): Evaluation {
  return atOnce(evaluateSliced(items, policies, now))
}

/** The same in steps of a few milliseconds. */
export function* evaluateSliced(
  items: readonly PolicyItem[],
  policies: readonly Policy[],
  now: Date,
): Sliced<Evaluation> {
  const moment = { now: now.getTime() }
  const selected = new Map<string, number>()
  const unknown = new Map<string, number>()
  const unread = new Map<string, number>()
  const findings = new Map<string, Finding>()
  const untellable = new Map<string, readonly Problem[]>()
  for (const group of groupsOf(items)) {
    const [first] = group
    if (!first) continue
    for (const policy of policies) {
      const { select } = policy
      if (!select.kinds.has(first.kind) || !select.subjects.has(first.subject)) continue
      const severity = severityAt(policy, first.target)
      if (severity === 'off' || !appliesTo(policy, first.target)) continue
      let asked = 0
      let untold = 0
      let notRead = 0
      for (const item of group) {
        if (!isSelected(policy, item)) continue
        if (asksFor(policy, item.unknown)) {
          untold += 1
          if (item.unread && asksFor(policy, item.unread)) notRead += 1
          continue
        }
        if (untellable.has(policy.id)) {
          untold += 1
          notRead += 1
          continue
        }
        const failing = failingPart(policy, item, moment)
        if (failing === undefined) continue
        if (failing instanceof ProblemError) {
          untellable.set(policy.id, failing.problems)
          untold += 1
          notRead += 1
          continue
        }
        asked += 1
        if (failing === null) continue
        const found = findingOf(policy, item, severity, failing)
        const known = findings.get(found.id)
        findings.set(found.id, known ? both(known, found) : found)
      }
      add(selected, policy.id, asked)
      add(unknown, policy.id, untold)
      if (notRead > 0) add(unread, policy.id, notRead)
      yield
    }
  }
  const problems = [...untellable.values()].flat()
  return { findings: [...findings.values()].sort(compareFindings), selected, unknown, unread, problems }
}

/**
 * The part of a policy that an item fails; null: it passes; undefined: the policy doesn't apply to it; an error: a
 * function of the policy didn't answer.
 */
function failingPart(
  { select, assert }: Policy,
  { value }: PolicyItem,
  moment: Moment,
): string | null | undefined | ProblemError {
  try {
    return select.where.failure(value, moment) === null ? assert.failure(value, moment) : undefined
  } catch (error) {
    if (error instanceof ProblemError) return error
    throw error
  }
}

/** Items that the same policies apply to: of one subject, kind and target. */
function groupsOf(items: readonly PolicyItem[]): Iterable<readonly PolicyItem[]> {
  return Map.groupBy(items, item => `${item.subject} ${item.kind} ${item.target?.name ?? ''}`).values()
}

function isSelected({ select }: Policy, item: PolicyItem): boolean {
  const { any, all, none } = select.tags
  if (any && !any.some(tag => item.tags.includes(tag))) return false
  if (!all.every(tag => item.tags.includes(tag)) || none.some(tag => item.tags.includes(tag))) return false
  const { paths } = select
  return !paths || item.paths.some(path => paths.some(pattern => pathFits(pattern, path)))
}

/** Whether a policy asks for one of these names. */
function asksFor(policy: Policy, names: ReadonlySet<string>): boolean {
  for (const root of names) {
    if (policy.assert.roots.has(root) || policy.select.where.roots.has(root)) return true
  }
  return false
}

/** What distinguishes a finding from others. */
export function findingId(rule: string, target: string | null, kind: string, key: string): string {
  return `${rule} ${target ?? '-'} ${kind} ${key}`
}

function findingOf(
  policy: Policy,
  item: PolicyItem,
  severity: Finding['severity'],
  failing: string,
): Finding {
  const at = policy.at === null ? failing : filledIn(policy.at, item.value)
  return {
    id: findingId(policy.id, item.target?.name ?? null, item.kind, item.key),
    rule: policy.id,
    title: policy.title,
    severity,
    subjects: [item.subject],
    target: item.target?.name ?? null,
    environment: item.target?.environment ?? null,
    kind: item.kind,
    key: item.key,
    name: item.name,
    message: item.masked
      ? item.masked(filledIn(policy.message, item.value))
      : filledIn(policy.message, item.value),
    rationale: policy.rationale,
    fix: policy.fix,
    owasp: policy.owasp,
    place: item.place(at),
    trace: item.trace(),
    policy: policy.stamp,
    waived: null,
  }
}

/** The same at the same entity, in the manifests and at the gateway. */
function both(known: Finding, found: Finding): Finding {
  const subjects: Subject[] = [...new Set([...known.subjects, ...found.subjects])]
  const first = known.subjects.includes('manifest') ? known : found
  const other = first === known ? found : known
  return {
    ...first,
    subjects: subjects.sort(),
    place: first.place ?? other.place,
    trace: {
      specification: first.trace.specification ?? other.trace.specification,
      manifest: first.trace.manifest ?? other.trace.manifest,
      live: first.trace.live ?? other.trace.live,
    },
  }
}

function add(counts: Map<string, number>, rule: string, n: number): void {
  counts.set(rule, (counts.get(rule) ?? 0) + n)
}
