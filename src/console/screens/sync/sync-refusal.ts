import type { App } from '../../store/app.ts'
import { isStale } from '../needs/target-tree.ts'

/** Why a target can't be synced now, one clause; null: it can. */
export function syncRefusal(app: App, name: string | null, changes: readonly string[] | null): string | null {
  if (name === null) return 'no target is selected'
  const target = app.store.getState().fleet.targets.find(each => each.name === name)
  if (target === undefined) return `${name} is gone`
  if (target.manifestProblems.length > 0) return `the manifests of ${name} can’t be read`
  if (target.drift === null) return `${name} has not been read yet`
  if (isStale(target)) return `${name} does not answer`
  if (target.blocked !== null) return target.blocked
  if (target.drift.changes.length === 0 || changes?.length === 0)
    return target.drift.unknown.length > 0
      ? 'there is nothing to sync in what could be read'
      : 'there is nothing to sync'
  return null
}
