import { equalJson, type Json } from '../../model/json.ts'
import { fieldsMaskedLike } from '../../model/masking/masks.ts'
import { type SecretSink, shownValue } from '../../model/masking/secret-marks.ts'
import type { Problem } from '../../model/problem.ts'
import type { Plan, Precondition } from './plan.ts'

/** How an entity differs from what a plan saw. */
export interface Difference {
  readonly field: string
  readonly planned: string
  readonly found: string
}

/** The first difference between an entity and the plan; undefined: it is unchanged. */
export function firstDifference(
  seen: Precondition,
  there: Precondition,
  secrets: SecretSink,
): Difference | undefined {
  // What either one has masked is compared masked.
  const [planned, found] = [maskedAs(seen, there, secrets), maskedAs(there, seen, secrets)]
  if (planned.fields === null || found.fields === null) {
    if (planned.fields === found.fields) return undefined
    const word = (fields: unknown): string => (fields === null ? 'not there' : 'there')
    return { field: 'the whole entity', planned: word(planned.fields), found: word(found.fields) }
  }
  if (planned.id !== found.id) return { field: 'id', planned: String(planned.id), found: String(found.id) }
  for (const name of new Set([...Object.keys(planned.fields), ...Object.keys(found.fields)])) {
    const a = planned.fields[name] ?? null
    const b = found.fields[name] ?? null
    if (!equalJson(a, b)) return { field: name, planned: shown(a), found: shown(b) }
  }
  return undefined
}

function maskedAs(one: Precondition, other: Precondition, secrets: SecretSink): Precondition {
  if (!one.fields || !other.fields) return one
  return { ...one, fields: fieldsMaskedLike(one.fields, other.fields, secrets) }
}

/** A value in a sentence: secrets hidden, long ones truncated. */
function shown(value: Json): string {
  const text = JSON.stringify(shownValue(value))
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

/** Why a plan is refused: what moved, in which field. */
export function movedProblem(plan: Plan, precondition: Precondition, difference: Difference): Problem {
  const { kind, key } = precondition.entity
  const change = plan.changes.find(each => each.kind === kind && each.key === key)
  return {
    code: 'moved',
    target: plan.target,
    message: `the plan is stale: ${kind} ${change?.name ?? key} changed at the gateway since it was made: ${difference.field} was ${difference.planned} and is ${difference.found}; nothing was written`,
    hint: 'Make a new plan and review it.',
  }
}
