import type { Place } from '../../model/problem.ts'
import { findingId } from '../evaluate.ts'
import type { Finding, PolicyStamp, Severity } from '../finding.ts'
import type { Policy } from '../policies/policy.ts'
import type { WaiverOutcome, WaiverState } from './waivers.ts'

/** A rule about policies and waivers themselves. */
export interface UpkeepRule {
  readonly id: string
  readonly title: string
  readonly severity: Severity
  readonly rationale: string
  readonly fix: string
}

const rules = {
  expired: {
    id: 'waiver-expired',
    title: 'No waiver has expired',
    severity: 'warn',
    rationale: 'What an expired waiver covered is reported again, and nobody may notice why.',
    fix: 'Fix what it covers and remove the waiver, or have it approved again with another expiry.',
  },
  unused: {
    id: 'waiver-unused',
    title: 'Every waiver covers something',
    severity: 'warn',
    rationale: 'A waiver that covers nothing is a trap: the next entity that matches it is waived unnoticed.',
    fix: 'Remove the waiver.',
  },
  'not approved': {
    id: 'waiver-not-approved',
    title: 'Every waiver is approved by a code owner who neither wrote nor owns it',
    severity: 'error',
    rationale: 'Whoever takes a risk and whoever allows it must be two people.',
    fix: 'Let another code owner approve it, and name them in approved_by.',
  },
  'too long': {
    id: 'waiver-too-long',
    title: 'No waiver lasts longer than 180 days',
    severity: 'error',
    rationale: 'A waiver without an end is a change of the policy that nobody decided.',
    fix: 'Let it expire within 180 days.',
  },
  'unknown rule': {
    id: 'waiver-unknown-rule',
    title: 'Every waiver names an existing rule',
    severity: 'error',
    rationale: 'It waives nothing, and may have been intended for something.',
    fix: 'Correct the name: gatewatch policy list shows the rules.',
  },
} as const satisfies Readonly<Record<Exclude<WaiverState, 'active'> | 'unused', UpkeepRule>>

const examplesFail: UpkeepRule = {
  id: 'policy-examples-fail',
  title: 'The examples of every approved policy pass',
  severity: 'error',
  rationale: 'A policy that contradicts its examples does not count as approved: it stops no plan.',
  fix: 'Run gatewatch policy test, and correct the policy or its examples.',
}

/** The rules about policies and waivers, for documentation. */
export const upkeepRules: readonly UpkeepRule[] = [...Object.values(rules), examplesFail]

/** Findings about waivers; `complete` says whether everything that a waiver could cover was checked. */
export function waiverFindings(
  outcomes: readonly WaiverOutcome[],
  complete: (outcome: WaiverOutcome) => boolean,
): readonly Finding[] {
  return outcomes.flatMap(outcome => {
    const { state, why, covers, waiver } = outcome
    const { rule, entity } = waiver.document
    const name = `${rule}: ${entity}`
    const found = (about: UpkeepRule, message: string): Finding =>
      upkeepFinding(about, 'waiver', name, message, waiver.place)
    if (state !== 'active')
      return [found(rules[state], `the waiver of ${rule} for ${entity} does not count: ${why}`)]
    if (covers.length > 0 || !complete(outcome)) return []
    return [found(rules.unused, `the waiver of ${rule} for ${entity} covers nothing`)]
  })
}

/** Findings about a policy whose examples don't pass. */
export function examplesFinding(policy: Policy, failing: readonly string[]): Finding {
  const message = `${failing.length} of ${policy.examples.length} examples fail: ${failing.join('; ')}`
  return upkeepFinding(examplesFail, 'policy', policy.id, message, policy.stamp.place)
}

const own: PolicyStamp = { state: 'approved', approval: { state: 'built in' }, commit: null, place: null }

function upkeepFinding(
  { id, title, severity, rationale, fix }: UpkeepRule,
  kind: string,
  key: string,
  message: string,
  place: Place | null,
): Finding {
  return {
    id: findingId(id, null, kind, key),
    rule: id,
    title,
    severity,
    subjects: ['governance'],
    target: null,
    environment: null,
    kind,
    key,
    name: key,
    message,
    rationale,
    fix,
    owasp: null,
    place,
    trace: { specification: null, manifest: null, live: null },
    policy: own,
    waived: null,
  }
}
