import type { Place } from '../../model/problem.ts'
import type { PolicyStamp, PolicyState, Severity, Subject } from '../finding.ts'
import type { TargetInfo } from '../item.ts'
import { type Condition, type ConditionProblem, type ConditionTools, conditionOf } from './condition.ts'
import { type ExampleDocument, type PolicyDocument, specificationKinds } from './policy-format.ts'
import { nameFits } from './wildcard.ts'

/** Severities by environment; `production` and `default` cover those that aren't named. */
export type SeverityMap = Readonly<Record<string, Severity | 'off'>>

/** What a policy applies to. Null: any. */
export interface Selection {
  readonly subjects: ReadonlySet<Subject>
  readonly kinds: ReadonlySet<string>
  readonly tags: {
    readonly any: readonly string[] | null
    readonly all: readonly string[]
    readonly none: readonly string[]
  }
  readonly environments: readonly string[] | null
  readonly targets: readonly string[] | null
  readonly paths: readonly string[] | null
  readonly where: Condition
}

/** A policy, ready to be asked. */
export interface Policy {
  readonly id: string
  readonly title: string
  readonly owner: string | null
  readonly owasp: string | null
  readonly severity: SeverityMap
  readonly select: Selection
  readonly assert: Condition
  /** The field whose line a finding names; null: the field of the part that fails. */
  readonly at: string | null
  readonly message: string
  readonly rationale: string
  readonly fix: string
  readonly examples: readonly ExampleDocument[]
  readonly stamp: PolicyStamp
  /** As it is written. */
  readonly document: PolicyDocument
}

/** Makes a policy of its document; problems have their path in the document. */
export function policyOf(
  document: PolicyDocument,
  place: Place | null,
  tools: ConditionTools,
): { readonly policy: Policy; readonly problems: readonly ConditionProblem[] } {
  const problems: ConditionProblem[] = []
  const { select } = document
  const kinds = new Set<string>(listOf(select.kind))
  const where = conditionOf(select.where, tools, problems, ['select', 'where'])
  const assert = conditionOf(document.assert, tools, problems, ['assert'])
  const subjects = new Set<Subject>(select.subject === undefined ? subjectsOf(kinds) : listOf(select.subject))
  const policy: Policy = {
    id: document.id,
    title: document.title,
    owner: document.owner ?? null,
    owasp: document.owasp ?? null,
    severity: typeof document.severity === 'string' ? { default: document.severity } : document.severity,
    select: {
      subjects,
      kinds,
      tags: tagsOf(select.tags),
      environments: select.environment === undefined ? null : listOf(select.environment),
      targets: select.target === undefined ? null : listOf(select.target),
      paths: select.path === undefined ? null : listOf(select.path),
      where,
    },
    assert,
    at: document.at ?? null,
    message: document.message ?? document.title,
    rationale: document.rationale.trim(),
    fix: document.fix.trim(),
    examples: document.examples ?? [],
    stamp: {
      state: document.state,
      approval: place ? { state: 'unverified', why: 'it is in no repository' } : { state: 'built in' },
      commit: null,
      place,
    },
    document,
  }
  return { policy, problems }
}

function listOf<T extends string>(given: T | readonly T[]): readonly T[] {
  return typeof given === 'string' ? [given] : given
}

function subjectsOf(kinds: ReadonlySet<string>): readonly Subject[] {
  const ofSpecifications = specificationKinds.filter(kind => kinds.has(kind)).length
  if (ofSpecifications === kinds.size) return ['specification']
  return ofSpecifications === 0 ? ['manifest', 'live'] : ['specification', 'manifest', 'live']
}

function tagsOf(given: PolicyDocument['select']['tags']): Selection['tags'] {
  if (given === undefined) return { any: null, all: [], none: [] }
  if ('length' in given) return { any: given, all: [], none: [] }
  return { any: given.any ?? null, all: given.all ?? [], none: given.none ?? [] }
}

/** The severity of a policy's findings at a target; `off`: it isn't evaluated there. */
export function severityAt(policy: Policy, target: TargetInfo | null): Severity | 'off' {
  const { severity } = policy
  const given =
    (target && severity[target.environment]) ??
    (target?.production ? severity.production : undefined) ??
    severity.default ??
    'off'
  return given === 'off' ? 'off' : limited(given, policy.stamp.state)
}

/** A draft is reported only, a candidate stops no plan. */
function limited(severity: Severity, state: PolicyState): Severity | 'off' {
  if (state === 'retired') return 'off'
  if (state === 'draft') return 'info'
  return state === 'candidate' && severity === 'block' ? 'error' : severity
}

/** Whether a policy is asked about a target at all. */
export function appliesTo({ select }: Policy, target: TargetInfo | null): boolean {
  if (!target) return select.environments === null && select.targets === null
  const { environments, targets } = select
  if (environments && !environments.some(pattern => nameFits(pattern, target.environment))) return false
  return !targets || targets.some(pattern => nameFits(pattern, target.name))
}

/** A policy with other severities than its own. */
export function withSeverity(policy: Policy, severity: SeverityMap): Policy {
  return { ...policy, severity }
}
