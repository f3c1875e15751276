import type { Place } from '../../model/problem.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { Approval, Finding } from '../finding.ts'
import { nameFits } from '../policies/wildcard.ts'
import type { People, Person } from './people.ts'
import type { WaiverDocument } from './waiver-format.ts'

/** A waiver in a file, and what Git knows about it. */
export interface Waiver {
  readonly document: WaiverDocument
  readonly place: Place
  /** Digest of its content. */
  readonly content: string
  /** Who wrote it; null: not committed, or outside Git. */
  readonly authors: readonly Person[] | null
  /** When its expiry was written, ISO 8601; null: not committed. */
  readonly writtenAt: string | null
  /** The owners that CODEOWNERS names for the file; empty: none, or there is no such file. */
  readonly owners: readonly string[]
  readonly approval: Approval
}

/** How long a waiver lasts at most. */
export const longestDays = 180

/** Whether a waiver counts, or why not. */
export type WaiverState = 'active' | 'expired' | 'not approved' | 'too long' | 'unknown rule'

export interface WaiverOutcome {
  readonly waiver: Waiver
  readonly state: WaiverState
  /** Why it doesn't count; empty: it does. */
  readonly why: string
  /** The findings that it covers, or would cover if it counted. */
  readonly covers: readonly string[]
}

/** What decides whether waivers count. */
export interface WaiverContext {
  /** The kinds of entities that exist. */
  readonly kinds: Kinds
  readonly now: Date
  readonly people: People
  /** The rules that exist. */
  readonly rules: ReadonlySet<string>
  /** Whether an approval must be verified for a waiver to count. */
  readonly requireApproval: boolean
}

/** Applies waivers to findings. Console, command line and gate call this one function. */
export function waive(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  context: WaiverContext,
): { readonly findings: readonly Finding[]; readonly outcomes: readonly WaiverOutcome[] } {
  const waived = new Map<string, Waiver>()
  const outcomes = waivers.map((waiver): WaiverOutcome => {
    const covers = findings.filter(finding => covered(waiver, finding, context.kinds))
    const [state, why] = stateOf(waiver, context)
    if (state === 'active') for (const finding of covers) waived.set(finding.id, waiver)
    return { waiver, state, why, covers: covers.map(finding => finding.id) }
  })
  if (waived.size === 0) return { findings, outcomes }
  return { findings: findings.map(finding => under(finding, waived.get(finding.id))), outcomes }
}

function under(finding: Finding, waiver: Waiver | undefined): Finding {
  if (!waiver) return finding
  const { reason, owner, approved_by: approvedBy = '', expires } = waiver.document
  return { ...finding, waived: { reason, owner, approvedBy, expires, place: waiver.place } }
}

function covered({ document }: Waiver, finding: Finding, kinds: Kinds): boolean {
  const { rule, entity, target, environment } = document
  if (!nameFits(rule, finding.rule)) return false
  const names = [`${finding.kind} ${finding.name}`, `${finding.kind} ${finding.key}`]
  if (!names.some(name => nameFits(kinds.withPresentName(entity), name))) return false
  return fitsAny(target, finding.target) && fitsAny(environment, finding.environment)
}

function fitsAny(patterns: string | readonly string[] | undefined, name: string | null): boolean {
  if (patterns === undefined) return true
  if (name === null) return false
  return (typeof patterns === 'string' ? [patterns] : patterns).some(pattern => nameFits(pattern, name))
}

const dayMs = 86_400_000

function stateOf(waiver: Waiver, context: WaiverContext): readonly [WaiverState, string] {
  const { rule, expires } = waiver.document
  const end = Date.parse(expires)
  const now = context.now.getTime()
  if (end <= now) return ['expired', `it expired at ${expires}`]
  // Written is when the person wrote it; a clock that was wrong then must not make it longer.
  const written = waiver.writtenAt === null ? now : Math.min(now, Date.parse(waiver.writtenAt))
  if (end - written > longestDays * dayMs) {
    return ['too long', `it lasts until ${expires}, more than ${longestDays} days after it was written`]
  }
  if (![...context.rules].some(known => nameFits(rule, known)))
    return ['unknown rule', `there is no rule ${rule}`]
  const refused = whyNotApproved(waiver, context)
  return refused === null ? ['active', ''] : ['not approved', refused]
}

function whyNotApproved(waiver: Waiver, { people, requireApproval }: WaiverContext): string | null {
  const { owner, approved_by: approver } = waiver.document
  if (approver === undefined) return 'nobody has approved it'
  if (people.maySame(approver, owner)) return `${approver} can’t approve their own waiver`
  const author = waiver.authors?.find(each => people.mayBe(approver, each))
  if (author) return `${approver} can’t approve what ${author.name} wrote: they are the same person`
  if (waiver.owners.length > 0 && !people.isAmong(waiver.owners, approver)) {
    return `${approver} is not among the code owners ${waiver.owners.join(', ')}`
  }
  if (requireApproval && waiver.approval.state === 'unverified') {
    return `the approval is not verified: ${waiver.approval.why}`
  }
  return null
}
