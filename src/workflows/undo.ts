import type { RecordedSync } from '../ledger/journal-reading.ts'
import { refText } from '../model/entity.ts'
import { type Result, succeed } from '../model/problem.ts'
import { noBase } from '../reconcile/base.ts'
import { compare } from '../reconcile/compare.ts'
import type { Change, Drift } from '../reconcile/drift.ts'
import { stateBefore, withoutLostSecrets } from '../reconcile/undo.ts'
import { type Compared, compareTarget, type NotCompared } from './compare-target.ts'
import type { Undoable } from './history.ts'
import type { TargetSettings, Workspace } from './workspace.ts'

/** The changes of a sync that may have taken effect: whether those without a good end did is seen at the gateway. */
function sentChanges({ plan, done, open, failed }: RecordedSync): ReadonlySet<string> {
  const sent = new Set([...done, ...open, ...failed.map(each => each.step)])
  return new Set(plan.steps.flatMap(step => (sent.has(step.id) ? step.covers : [])))
}

/** A change with its cause: nothing but the sync that is taken back. */
function asUndo(change: Change): Change {
  return {
    ...change,
    cause: 'undo',
    fields: change.fields.map(field => ({ ...field, cause: 'undo' })),
  }
}

/**
 * Reads a target and compares it with what it was before a sync: the changes are those that take the sync back.
 * What was changed since, or needs a secret that is gone, is told as blocked.
 */
export async function compareWithBefore(
  workspace: Workspace,
  target: TargetSettings,
  { sync }: Undoable,
  signal: AbortSignal,
): Promise<Result<Compared, NotCompared>> {
  const seen = sync.plan.preconditions.flatMap(({ entity, fields }) =>
    fields ? [{ kind: entity.kind, fields }] : [],
  )
  const now = await compareTarget(workspace, target, signal, { besides: seen })
  if (!now.ok) return now
  const { live, schemas, session } = now.value
  const { state, kept } = stateBefore(live, schemas, { plan: sync.plan, sent: sentChanges(sync) })
  const found = compare({
    target: target.name,
    desired: state,
    live,
    base: noBase,
    schemas,
    selectTags: [],
    lookupTags: {},
  })
  // Who owns what was settled when the sync was made; what it did not touch is as it is.
  const changes = found.changes.map(asUndo)
  const touched = new Set(changes.map(refText))
  const notOurs = now.value.drift.notOurs.filter(ref => !touched.has(refText(ref)))
  const drift: Drift = { ...found, changes, notOurs, blocked: kept }
  const needingLost = (changes: readonly Change[]): readonly string[] => {
    const steps = session.compile(changes, state, live, schemas, ref => ref.key)
    if (!steps.ok) return []
    return steps.value.flatMap(({ secrets, covers }) => {
      if (secrets.every(digest => workspace.digests.resolve(digest) !== undefined)) return []
      if (covers.length === 1) return covers
      // One step for many changes: only those are lost that need the secret themselves.
      return changes.filter(({ id }) => covers.includes(id)).flatMap(change => needingLost([change]))
    })
  }
  const lost = needingLost(drift.changes)
  const remaining = withoutLostSecrets(drift, new Set(lost))
  return succeed({ ...now.value, desired: state, drift: remaining, inputs: null })
}
