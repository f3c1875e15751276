import type { RecordedSync } from '../../ledger/journal-reading.ts'
import { journalsSince } from '../../ledger/journal-series.ts'
import type { UnreadLedger } from '../../ledger/ledger.ts'
import type { UnrecordedSync } from '../../reconcile/undo/left-behind.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { journalHome } from '../syncing/history/history.ts'
import { countsOf } from '../syncing/sync-outcome.ts'

/**
 * At most this many syncs that the ledger doesn't know about are examined, newest first: several in a row were cut off.
 */
const most = 20

/**
 * Whether a sync is still running: one that was cut off has no end in its journal, and no process. If that is unknown,
 * the lock decides, which a sync holds while it is running.
 */
export type SyncStanding = 'ended' | 'under way' | 'cut off'

export async function standingOf(
  project: Project,
  target: GatewayTarget,
  { ended, process }: RecordedSync,
): Promise<SyncStanding> {
  if (ended) return 'ended'
  if (process?.state === 'alive') return 'under way'
  if (process?.state !== 'unknown') return 'cut off'
  const lock = await project.locks.seen(target.name)
  return lock.ok && (lock.value === null || lock.value.holder.process === 'dead') ? 'cut off' : 'under way'
}

/** The syncs of a target that were made from this machine after the ledger was written last, newest first. */
export async function unrecordedSyncs(
  project: Project,
  target: GatewayTarget,
  ledger: UnreadLedger | null,
): Promise<readonly RecordedSync[]> {
  const read = ledger?.read()
  const since = read?.ok ? (read.value.lastSync?.at ?? null) : null
  const syncs: RecordedSync[] = []
  for await (const sync of journalsSince(journalHome(project, target), since)) {
    syncs.push(sync)
    if (syncs.length === most) break
  }
  return syncs
}

/** A sync that was cut off and that no later one has made good yet. */
export interface CutOffView {
  /** The id of its plan. */
  readonly sync: string
  readonly at: Date
  readonly by: string
  /** Where it ran; null: its journal doesn't say. */
  readonly process: RecordedSync['process']
  readonly done: number
  /** Sent, and unknown whether they took effect. */
  readonly unknown: number
  readonly notSent: number
  readonly total: number
}

/** The last sync of a target that was cut off and that no later one has made good; null: there is none. */
export async function cutOffOf(
  project: Project,
  target: GatewayTarget,
  ledger: UnreadLedger | null,
): Promise<CutOffView | null> {
  for (const sync of await unrecordedSyncs(project, target, ledger)) {
    if ((await standingOf(project, target, sync)) !== 'cut off') continue
    const { done, unknown, notSent } = countsOf(sync)
    if (done + unknown === 0) continue
    const { plan, at, by, process } = sync
    const total = plan.steps.length
    return { sync: plan.id, at: new Date(at), by, process, done, unknown, notSent, total }
  }
  return null
}

/** What a sync did that the ledger doesn't know about. */
export async function unrecorded(
  project: Project,
  target: GatewayTarget,
  sync: RecordedSync,
): Promise<UnrecordedSync> {
  const standing = await standingOf(project, target, sync)
  const { plan, at, by, done, open } = sync
  return {
    plan,
    done: new Set(done),
    maybe: new Set(open),
    cutOff: standing === 'cut off' ? { sync: plan.id, at, by } : null,
  }
}
