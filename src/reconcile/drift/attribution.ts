import type { Entity } from '../../model/entity.ts'
import type { Json } from '../../model/json.ts'
import type { FieldSchema, RecordSchema } from '../../model/schema/schema.ts'
import type { Base, BaseEntry } from './base.ts'
import { type Cause, causesByRank } from './causes.ts'
import { sameValue } from './fields.ts'

/** Why one field differs, based on what was last applied to it. */
export function causeOf(git: Json, live: Json, base: Json | undefined, field?: FieldSchema): Cause {
  if (base === undefined) return 'unattributed'
  if (sameValue(git, base, field)) return 'edited live'
  return sameValue(live, base, field) ? 'git ahead' : 'conflict'
}

/** Why an entity is on one side only: `side` says which. */
export function causeOfWhole(
  entity: Entity,
  side: 'git' | 'live',
  entry: BaseEntry | undefined,
  base: Base,
  schema: RecordSchema,
): Cause {
  const [moved, other] =
    side === 'git' ? (['edited live', 'git ahead'] as const) : (['git ahead', 'edited live'] as const)
  if (entry) return sameAsBase(entity, entry, schema) ? moved : 'conflict'
  return base.whole ? other : 'unattributed'
}

/** The most important of the causes of several fields. */
export function worstCause(causes: readonly Cause[]): Cause {
  return causesByRank.find(cause => causes.includes(cause)) ?? 'unattributed'
}

/** Whether an entity is as it was last applied; fields that the ledger doesn't know count as equal. */
function sameAsBase(entity: Entity, entry: BaseEntry, schema: RecordSchema): boolean {
  const fields = Object.entries(entity.fields).every(([name, value]) => {
    const base = entry.fields[name]
    return base === undefined || sameValue(base, value, schema.fields.get(name))
  })
  return (
    fields &&
    Object.keys({ ...entity.refs, ...entry.refs }).every(
      name => entity.refs[name]?.key === entry.refs[name]?.key,
    )
  )
}
