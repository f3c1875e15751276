import { type EntityRef, type Kind, refText } from '../../model/entity.ts'
import type { Problem } from '../../model/problem.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { Change } from '../drift/drift.ts'
import type { Bearing } from './bearing.ts'
import type { Plan, UnknownKind } from './plan.ts'

/** Unknown kinds that a person allows writing on, and why. */
export interface Acceptance {
  readonly kinds: ReadonlySet<Kind>
  readonly reason: string
}

/** The unknowns that affect a plan, and which of them a person accepted. */
export function unknownKinds(
  found: readonly Bearing[],
  kinds: Kinds,
  accept: Acceptance | undefined,
): readonly UnknownKind[] {
  return found.map(({ unknown: { kind, reason }, changes }) => ({
    kind,
    why: reason.message,
    concerns: concernsOf(changes, kinds),
    accepted: accept?.kinds.has(kind) ? accept.reason : null,
  }))
}

/** The entities of changes, those closest to callers first: routes, then services, then the rest. */
function concernsOf(changes: readonly Change[], kinds: Kinds): UnknownKind['concerns'] {
  const byRef = new Map(changes.map(({ kind, key, name }) => [refText({ kind, key }), { kind, key, name }]))
  const level = ({ kind }: EntityRef): number => kinds.of(kind)?.references.level ?? 0
  return [...byRef.values()].toSorted((a, b) => level(b) - level(a))
}

/** How many entities a sentence names. */
const named = 3

/** The entities that depend on a kind, such as `route a, route b and 4 more`. */
export function concernsText({ concerns }: UnknownKind): string {
  const told = concerns.slice(0, named).map(({ kind, name }) => `${kind} ${name}`)
  const more = concerns.length - told.length
  return `${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** Why a plan is not applied: the unknowns that affect it, in one sentence. Undefined: there are none. */
export function refusalOfUnknown(
  target: string,
  unknown: readonly UnknownKind[],
  kinds: Kinds,
  mayAccept: boolean,
): Problem | undefined {
  const open = unknown.filter(each => each.accepted === null)
  if (open.length === 0) return undefined
  const alike = Map.groupBy(open, ({ why, concerns }) => JSON.stringify([why, concerns]))
  const told = [...alike.values()].flatMap(group => {
    const [first] = group
    const plurals = group.map(({ kind }) => kinds.pluralOf(kind)).join(', ')
    return first ? [`${plurals} are unknown (${first.why}), and ${concernsText(first)} depend on them`] : []
  })
  const accept = open.map(each => `--accept-unknown ${each.kind}`).join(' ')
  return {
    code: 'not-known',
    target,
    message: `the effect of this sync can’t be determined: ${told.join('; ')}; nothing was sent`,
    hint: `Make sure that they can be read${mayAccept ? `; ${accept} --reason TEXT syncs anyway` : ''}.`,
  }
}

/** The unknowns that a plan was made with, a line for each kind: why, what depends on it, and who accepts that. */
export function unknownLines({ unknown = [] }: Plan, kinds: Kinds): readonly string[] {
  return unknown.map(each => {
    const accepted = each.accepted === null ? 'REFUSED' : `accepted: ${each.accepted}`
    return `${kinds.pluralOf(each.kind)} are unknown (${each.why}); ${accepted}; ${concernsText(each)} depend on them`
  })
}
