import type { Approval, Finding, PolicyState } from '../../governance/finding.ts'
import type { Policy, SeverityMap } from '../../governance/policies/policy.ts'
import type { WaiverOutcome, WaiverState } from '../../governance/waivers/waivers.ts'
import type { Place, Problem } from '../../model/problem.ts'
import type { EnvironmentCoverage } from './coverage.ts'

/** A policy as a list shows it. */
export interface PolicyView {
  readonly id: string
  readonly title: string
  readonly state: PolicyState
  readonly approval: Approval
  /** The commit at which it was read; null: built in, not committed, or outside Git. */
  readonly commit: string | null
  /** Its file; null: built in. */
  readonly place: Place | null
  readonly owner: string | null
  readonly owasp: string | null
  readonly severity: SeverityMap
  readonly kinds: readonly string[]
  readonly rationale: string
  readonly fix: string
  /** How many findings it has, and how many are waived; null: not known yet. */
  readonly found: { readonly findings: number; readonly waived: number } | null
}

/** A waiver as a list shows it. */
export interface WaiverView {
  readonly rule: string
  readonly entity: string
  readonly reason: string
  readonly owner: string
  readonly approvedBy: string | null
  readonly approval: Approval
  readonly expires: Date
  readonly state: WaiverState
  /** Why it doesn't count; empty: it does. */
  readonly why: string
  /** How many findings it covers. */
  readonly covers: number
  readonly place: Place
}

/** Policies, waivers and coverage of a fleet. */
export interface GovernanceView {
  /** Whether policies can refuse a sync: the configuration mentions them. */
  readonly enforced: boolean
  readonly commit: string | null
  readonly policies: readonly PolicyView[]
  readonly waivers: readonly WaiverView[]
  /** Findings in specifications, and about policies and waivers themselves. */
  readonly findings: readonly Finding[]
  readonly coverage: readonly EnvironmentCoverage[]
  /** Why policies, waivers or specifications can't be read. */
  readonly problems: readonly Problem[]
}

/** A policy in a list; `findings` null: not known yet. */
export function policyView(policy: Policy, findings: readonly Finding[] | null): PolicyView {
  const { id, title, stamp, owner, owasp, severity, select, rationale, fix } = policy
  const own = findings?.filter(finding => finding.rule === id)
  return {
    id,
    title,
    state: stamp.state,
    approval: stamp.approval,
    commit: stamp.commit,
    place: stamp.place,
    owner,
    owasp,
    severity,
    kinds: [...select.kinds],
    rationale,
    fix,
    found: own ? { findings: own.length, waived: own.filter(each => each.waived !== null).length } : null,
  }
}

/** A waiver for a list. */
export function waiverView({ waiver, state, why, covers }: WaiverOutcome): WaiverView {
  const { rule, entity, reason, owner, approved_by: approvedBy, expires } = waiver.document
  return {
    rule,
    entity,
    reason,
    owner,
    approvedBy: approvedBy ?? null,
    approval: waiver.approval,
    expires: new Date(expires),
    state,
    why,
    covers: covers.length,
    place: waiver.place,
  }
}
