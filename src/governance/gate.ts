import type { Problem } from '../model/problem.ts'
import { counts, type Finding } from './finding.ts'

/** How a change affects findings; waived ones don't count. */
export interface FindingsChange {
  readonly introduces: readonly Finding[]
  readonly resolves: readonly Finding[]
}

/** Which findings a change introduces and resolves. Pure. */
export function findingsBetween(before: readonly Finding[], after: readonly Finding[]): FindingsChange {
  const [old, now] = [before, after].map(list => list.filter(finding => finding.waived === null))
  const known = new Set(old?.map(finding => finding.id))
  const left = new Set(now?.map(finding => finding.id))
  return {
    introduces: now?.filter(finding => !known.has(finding.id)) ?? [],
    resolves: old?.filter(finding => !left.has(finding.id)) ?? [],
  }
}

/** How many findings a refusal names. */
const named = 3

/** Why a plan is refused: the blocking findings that it introduces; null: there are none. */
export function refusalOf(target: string, { introduces }: FindingsChange, hint: string): Problem | null {
  const blocking = introduces.filter(finding => counts(finding, 'block'))
  const [first] = blocking
  if (!first) return null
  const told = blocking.slice(0, named).map(({ kind, name, message, rule, place }) => {
    const where = place ? `, ${place.file}:${place.line}` : ''
    return `${kind} ${name}: ${message} (${rule}${where})`
  })
  const more = blocking.length > named ? `; and ${blocking.length - named} more` : ''
  return {
    code: 'policy-refuses',
    target,
    message: `policies refuse this sync, because it would introduce ${told.join('; ')}${more}`,
    hint,
  }
}
