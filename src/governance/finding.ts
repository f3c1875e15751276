import { compareTexts } from '../model/compare-texts.ts'
import type { Place } from '../model/problem.ts'

/**
 * The severity of a finding, highest first: `block` also refuses a plan that would introduce it, `error` fails a check,
 * `warn` and `info` are only reported.
 */
export const severities = ['block', 'error', 'warn', 'info'] as const

export type Severity = (typeof severities)[number]

/** What was checked: an OpenAPI document, the manifests, a gateway, or the policies themselves. */
export type Subject = 'specification' | 'manifest' | 'live' | 'governance'

/** The state of a policy: a draft is only reported, a candidate fails checks, an approved one also blocks plans. */
export const policyStates = ['draft', 'candidate', 'approved', 'retired'] as const

export type PolicyState = (typeof policyStates)[number]

/** Whose word a policy has. */
export type Approval =
  | { readonly state: 'built in' }
  | { readonly state: 'verified'; readonly by: string; readonly how: string }
  | { readonly state: 'unverified'; readonly why: string }

/** Which version of which policy found something. */
export interface PolicyStamp {
  readonly state: PolicyState
  readonly approval: Approval
  /** The commit at which the policy was read; null: built in, not committed, or outside Git. */
  readonly commit: string | null
  /** The policy's file; null: built in. */
  readonly place: Place | null
}

/** The path from the design to the gateway, as far as it is known. */
export interface Trace {
  /** The operation that the specification describes, such as `GET /payouts`, and its line. */
  readonly specification: { readonly operation: string; readonly place: Place | null } | null
  /** The line of the manifest. */
  readonly manifest: Place | null
  /** The gateway's entity: its id. */
  readonly live: { readonly target: string; readonly id: string | null } | null
}

/** The waiver that applies to a finding. */
export interface Waived {
  readonly reason: string
  readonly owner: string
  readonly approvedBy: string
  /** A UTC instant, ISO 8601. */
  readonly expires: string
  readonly place: Place | null
}

/** What a policy found in one entity of one target, or at one place of a specification. */
export interface Finding {
  /** Stays the same while the rule finds the same in the same entity: rule, target, kind and key. */
  readonly id: string
  readonly rule: string
  readonly title: string
  readonly severity: Severity
  /** Where it was found: in the manifests, at the gateway, or both. */
  readonly subjects: readonly Subject[]
  /** Null for specifications, policies and waivers. */
  readonly target: string | null
  readonly environment: string | null
  /** As `route`, `plugin`, `operation`. */
  readonly kind: string
  readonly key: string
  /** The name for people: `payouts-list`, `GET /payouts`. */
  readonly name: string
  readonly message: string
  readonly rationale: string
  readonly fix: string
  /** The item of the OWASP API Security Top 10, such as `API2:2023`. */
  readonly owasp: string | null
  /** The line that the finding is about, in the manifest or specification; null if it is in no file. */
  readonly place: Place | null
  readonly trace: Trace
  readonly policy: PolicyStamp
  /** Set: it is waived, and doesn't count until the waiver expires. */
  readonly waived: Waived | null
}

/** Whether a finding counts: it isn't waived, and is at least this severe. */
export function counts(finding: Finding, from: Severity): boolean {
  return finding.waived === null && severities.indexOf(finding.severity) <= severities.indexOf(from)
}

/** The order of findings: the most severe first, then by place, rule and entity. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    compareTexts(a.place?.file ?? '~', b.place?.file ?? '~') ||
    (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
    (a.place?.column ?? 0) - (b.place?.column ?? 0) ||
    compareTexts(a.rule, b.rule) ||
    compareTexts(a.id, b.id)
  )
}
