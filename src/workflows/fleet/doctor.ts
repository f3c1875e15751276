import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { journalsOf } from '../../ledger/journal-series.ts'
import type { BrokenLock } from '../../ledger/locks/lock.ts'
import { holderText } from '../../ledger/locks/lock-holder.ts'
import { lockProblem } from '../../ledger/locks/lock-problems.ts'
import type { Problem } from '../../model/problem.ts'
import { diskReason } from '../../model/problems/disk-reason.ts'
import { toldOnce } from '../../model/problems/shared-faults.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { readManifestsOf } from '../reading/read-manifests.ts'
import { openTarget } from '../reading/read-target.ts'
import { journalHome } from '../syncing/history/history.ts'
import { outcomeText, processText } from '../syncing/sync-outcome.ts'

/** One thing that was looked at. */
export interface DoctorCheck {
  readonly what: string
  /** What was found, if all is well. */
  readonly found: string
  readonly problem?: Problem
}

/** Which locks to remove, and why. */
export interface BreakLocks {
  /** Null: none was given. */
  readonly reason: string | null
}

/** Checks everything that gatewatch needs for these targets, each independently. */
export async function examine(
  project: Project,
  targets: readonly GatewayTarget[],
  breakLocks: BreakLocks | null,
  signal: AbortSignal,
): Promise<readonly DoctorCheck[]> {
  const perTarget = await Promise.all(
    targets.map(target => examineTarget(project, target, breakLocks, signal)),
  )
  return [
    { what: 'Node', found: process.version },
    await examineGit(project),
    await examineStateFolder(project),
    ...perTarget.flat(),
  ]
}

async function examineStateFolder({ stateFolder, warnings }: Project): Promise<DoctorCheck> {
  const what = 'state folder'
  const [problem] = warnings
  if (problem) return { what, found: '', problem }
  const probe = join(stateFolder, `probe-${process.pid}`)
  try {
    await mkdir(stateFolder, { recursive: true, mode: 0o700 })
    await writeFile(probe, 'whether anything can be kept here')
    return { what, found: stateFolder }
  } catch (error) {
    return {
      what,
      found: '',
      problem: {
        code: 'no-state-folder',
        message: `${stateFolder} can’t be written to, so no sync can be made from here: ${diskReason(error)}`,
        hint: 'Free some space there, or name another folder with GATEWATCH_STATE_DIR.',
      },
    }
  } finally {
    await rm(probe, { force: true }).catch(() => {})
  }
}

async function examineGit(project: Project): Promise<DoctorCheck> {
  const { repository } = project
  if (!repository) return { what: 'Git', found: 'no repository: ledgers are kept in the state folder' }
  const head = await repository.head()
  const [problem] = head.ok ? [] : head.error
  if (problem) return { what: 'Git', found: '', problem }
  const commit = head.ok ? head.value.commit : null
  return { what: 'Git', found: `${repository.folder}, at ${commit?.slice(0, 7) ?? 'no commit yet'}` }
}

async function examineTarget(
  project: Project,
  target: GatewayTarget,
  breakLocks: BreakLocks | null,
  signal: AbortSignal,
): Promise<readonly DoctorCheck[]> {
  const [manifest, gateway, ledger, lock, journal] = await Promise.all([
    examineManifest(project, target),
    examineGateway(target, signal),
    examineLedger(project, target),
    examineLock(project, target, breakLocks),
    examineJournal(project, target),
  ])
  return [manifest, gateway, ledger, lock, journal]
}

async function examineManifest(project: Project, target: GatewayTarget): Promise<DoctorCheck> {
  const what = `${target.name} manifest`
  const manifest = await readManifestsOf(project, target)
  const [problem] = manifest.ok ? [] : manifest.error
  if (problem) return { what, found: '', problem }
  const count = manifest.ok ? manifest.value.entities.length : 0
  const files = manifest.ok ? manifest.value.files.length : 0
  return { what, found: `${count} entities in ${files} files` }
}

async function examineGateway(target: GatewayTarget, signal: AbortSignal): Promise<DoctorCheck> {
  const what = `${target.name} gateway`
  const opened = await openTarget(target, signal)
  const [problem] = opened.ok ? [] : opened.error
  if (problem || !opened.ok) return { what, found: '', ...(problem ? { problem } : {}) }
  await opened.value.session[Symbol.asyncDispose]()
  const gaps = [...opened.value.coverage.values()].flatMap(each =>
    each.state === 'unread' ? [each.reason] : [],
  )
  const [gap, ...others] = toldOnce(gaps)
  if (gap) {
    // A line has room for one; if there are more, another command lists them all.
    const more = others.length === 0 ? '' : ` (and ${others.length} more: gatewatch diff shows them)`
    return { what, found: '', problem: { ...gap, message: `${gap.message}${more}` } }
  }
  return { what, found: `${opened.value.session.identity.description}, ${opened.value.raws.length} entities` }
}

async function examineLedger(project: Project, target: GatewayTarget): Promise<DoctorCheck> {
  const what = `${target.name} ledger`
  const stored = await project.ledgers.read(target.name, target.provider.kinds)
  const read = stored.ledger?.read()
  if (!read) return { what, found: 'none yet: causes are unattributed until the first sync' }
  if (!read.ok) {
    const [problem] = read.error
    return { what, found: '', ...(problem ? { problem } : {}) }
  }
  const { value: ledger } = read
  const other = ledger.keyId !== project.digests.keyId
  return {
    what,
    found: `${Object.keys(ledger.entries).length} entities${other ? ', with secrets that only another machine can compare' : ''}`,
  }
}

async function examineLock(
  project: Project,
  target: GatewayTarget,
  breakLocks: BreakLocks | null,
): Promise<DoctorCheck> {
  const what = `${target.name} lock`
  const { locks } = project
  const wrong = (problem: Problem | undefined): DoctorCheck => ({
    what,
    found: '',
    ...(problem ? { problem } : {}),
  })
  const seen = await locks.seen(target.name)
  if (!seen.ok) return wrong(seen.error[0])
  if (seen.value === null) {
    const last = await locks.lastBroken(target.name)
    return { what, found: `free${last.ok && last.value ? `; ${brokenText(last.value)}` : ''}` }
  }
  const { holder } = seen.value
  const stands = lockProblem(target.name, holder)
  if (breakLocks === null) return wrong(stands)
  const { reason } = breakLocks
  if (holder.process === 'alive')
    return wrong({
      ...stands,
      hint: `It was not removed: end that process first, for example with kill ${holder.pid}.`,
    })
  if (holder.process === 'unknown' && reason === null) return wrong(stands)
  const record = {
    at: project.now().toISOString(),
    by: await project.user(),
    reason,
    from: holderText(holder),
  }
  const broken = await locks.break(target.name, seen.value, record)
  if (!broken.ok) return wrong(broken.error[0])
  if (broken.value) return { what, found: brokenText(record) }
  return wrong({
    ...stands,
    message: 'another sync has taken the lock meanwhile',
    hint: 'Run gatewatch doctor again.',
  })
}

function brokenText({ at, by, reason, from }: BrokenLock): string {
  const why = reason === null ? 'its process was dead' : reason
  return `removed from ${from} by ${by} at ${at.slice(0, 19)}Z: ${why}`
}

async function examineJournal(project: Project, target: GatewayTarget): Promise<DoctorCheck> {
  const what = `${target.name} journal`
  const { value: newest } = await journalsOf(journalHome(project, target)).next()
  if (!newest) return { what, found: 'no syncs from here yet' }
  if (newest.type === 'unread')
    return { what, found: '', problem: { ...newest.problem, target: target.name } }
  const summary = newest.sync
  if (summary.ended)
    return {
      what,
      found: `last sync ${summary.at} by ${summary.by}, ${summary.done.length} of ${summary.plan.steps.length} steps`,
    }
  const where = summary.process ? `; ${processText(summary.process)}` : ''
  if (summary.process?.state === 'alive') return { what, found: `a sync is ${outcomeText(summary)}${where}` }
  return {
    what,
    found: '',
    problem: {
      code: 'half-done',
      target: target.name,
      message: `the sync ${summary.plan.id.slice(0, 8)} of ${summary.at.slice(0, 19)}Z by ${summary.by} is ${outcomeText(summary)}${where} (${summary.file})`,
      hint: `See what differs (gatewatch diff --target ${target.name}), then finish it with gatewatch sync, or take it back with gatewatch undo.`,
    },
  }
}
