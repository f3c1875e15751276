import type { ChangeCounts } from '../../../reconcile/drift/drift.ts'
import { halfWayLines } from '../../../workflows/syncing/opening.ts'
import type { SyncResult } from '../../../workflows/syncing/sync-events.ts'

/** What differs after a sync, whether another one could resolve it or not. */
export function differing({ standing }: SyncResult, left: ChangeCounts): number {
  return left.create + left.update + left.delete + standing
}

/** How a sync ended, as plain lines. */
export function resultText(result: SyncResult): readonly string[] {
  const { remaining: left } = result
  return [
    `${result.target}: ${result.done} done, ${result.failed} failed, ${result.unknown > 0 ? `${result.unknown} unknown, ` : ''}${result.notSent} not sent`,
    ...(result.exposure === null ? [] : [`exposure: ${result.exposure}`]),
    ...(left === null ? [] : [`still different: ${differing(result, left)}`]),
    ...halfWayLines(result.halfWay),
    ...(result.journal === null ? [] : [`journal: ${result.journal}`]),
  ]
}
