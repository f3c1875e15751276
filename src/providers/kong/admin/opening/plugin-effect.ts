import type { Entity } from '../../../../model/entity.ts'
import type { Change } from '../../../../reconcile/drift/drift.ts'
import { kinds } from '../../kinds/index.ts'
import { effectOfPlugin, type ReplacementEffect } from '../../posture/index.ts'

/** Fields that play no part in what a plugin does. */
const idle: ReadonlySet<string> = new Set(['tags', 'instance_name'])

/** What an update makes of a plugin. One that does nothing, before or after, protects nothing. */
export function effectOfUpdate(change: Change, before: Entity, after: Entity): ReplacementEffect {
  const isOn = ({ fields }: Entity): boolean => fields.enabled !== false
  if (!isOn(before)) return 'stronger'
  // What it leaves may be deleted, and would take it along.
  if (movesOrTurns(change)) return 'other'
  if (!isOn(after)) return 'weaker'
  if (change.fields.every(({ path }) => idle.has(path))) return 'stronger'
  return effectOfPlugin(before, after)
}

/** Whether an update takes a plugin to another scope, or makes it another plugin. */
export function movesOrTurns({ kind, fields }: Pick<Change, 'kind' | 'fields'>): boolean {
  const definition = kinds.of(kind)
  return fields.some(
    ({ path }) => path === definition?.fields?.variant || path in (definition?.references.foreign ?? {}),
  )
}
