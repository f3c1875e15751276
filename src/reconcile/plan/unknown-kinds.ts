import { type EntityRef, type Kind, refText } from '../../model/entity.ts'
import type { Problem } from '../../model/problem.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { Change } from '../drift/drift.ts'
import type { Bearing } from './bearing.ts'
import type { Plan, UnknownKind } from './plan.ts'

/** Kinds that a person has written on though they are not known, and why. */
export interface Acceptance {
  readonly kinds: ReadonlySet<Kind>
  readonly reason: string
}

/** What bears on a plan and is not known, with what a person accepted of it. */
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

/** The entities of changes, what is nearest to callers first: routes, then services, then the rest. */
function concernsOf(changes: readonly Change[], kinds: Kinds): UnknownKind['concerns'] {
  const byRef = new Map(changes.map(({ kind, key, name }) => [refText({ kind, key }), { kind, key, name }]))
  const level = ({ kind }: EntityRef): number => kinds.of(kind)?.references.level ?? 0
  return [...byRef.values()].toSorted((a, b) => level(b) - level(a))
}

/** How many entities a sentence names. */
const named = 3

/** The entities that a kind bears on, as `route a, route b and 4 more`. */
export function concernsText({ concerns }: UnknownKind): string {
  const told = concerns.slice(0, named).map(({ kind, name }) => `${kind} ${name}`)
  const more = concerns.length - told.length
  return `${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** Why a plan is not applied: what is not known and bears on it, in one sentence. Undefined: nothing is. */
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

/** What a plan was made without knowing, a line for each kind: why, whom it concerns, and who accepts that. */
export function unknownLines({ unknown = [] }: Plan, kinds: Kinds): readonly string[] {
  return unknown.map(each => {
    const accepted = each.accepted === null ? 'REFUSED' : `accepted: ${each.accepted}`
    return `${kinds.pluralOf(each.kind)} are unknown (${each.why}); ${accepted}; ${concernsText(each)} depend on them`
  })
}
