import { dirname } from 'node:path'
import { startJournal } from '../../ledger/journal.ts'
import type { JournalEntry } from '../../ledger/journal-entry.ts'
import { type JournalReserve, noJournal } from '../../ledger/journal-reserve.ts'
import { type Problem, succeed } from '../../model/problem.ts'
import type { Refusal } from '../../providers/session.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import type { Project } from '../project/project.ts'
import { sealedEntries } from '../project/sealing.ts'
import type { Compared } from '../reading/compare-target.ts'
import { journalHome } from './history/history.ts'
import type { EarlyEnd } from './steps/early-end.ts'
import { EventQueue } from './steps/event-queue.ts'
import { problemsOfRefusals } from './steps/step-refusals.ts'
import { StepRun } from './steps/step-run.ts'
import type { SyncEvent } from './sync-events.ts'

/** How the steps of a plan went. */
export interface Applied {
  readonly done: readonly string[]
  readonly failed: readonly string[]
  /** Sent, and not known whether they took effect. */
  readonly unknown: readonly string[]
  readonly problems: readonly Problem[]
  readonly journal: string | null
}

/**
 * Applies exactly the steps of a plan to a target that was just read again and accepted by the guards, or refuses: if
 * the gateway would not accept a step, or a secret isn't the one that the plan was made with. Refused means that
 * nothing was written. `notes` is what the journal should record before anything is sent, `refusals` is what the
 * gateway objects to, if it was already asked; `reserve` is disk space for the journal.
 */
export async function applyPlan(
  project: Project,
  plan: Plan,
  now: Compared,
  end: EarlyEnd,
  tell: (event: SyncEvent) => void,
  {
    notes,
    refusals,
    reserve,
  }: {
    readonly notes: readonly JournalEntry[]
    readonly refusals: readonly Refusal[] | undefined
    readonly reserve: JournalReserve
  },
): Promise<Applied> {
  const refused = (problems: readonly Problem[]): Applied => ({
    done: [],
    failed: [],
    unknown: [],
    problems,
    journal: null,
  })
  tell({ type: 'validating', total: plan.steps.length })
  const asked = refusals
    ? succeed(refusals)
    : await now.session.validate(plan.steps, project.digests.resolve, end.begin)
  if (end.begin.aborted) return refused([stoppedBefore(plan.target)])
  if (!asked.ok) return refused(asked.error)
  if (asked.value.length > 0) return refused(problemsOfRefusals(asked.value, plan.changes, now.desired))
  const sealed = await sealedEntries(project, plan)
  if (!sealed.ok) return refused(sealed.error)
  const home = journalHome(project, now.target)
  const user = await project.user()
  const started = await startJournal(home, plan, user, project.now, reserve)
  if (!started.ok) return refused(started.error)
  const journal = started.value
  try {
    await journal.write(...notes, ...sealed.value)
  } catch (error) {
    await journal.close().catch(() => {})
    return refused([noJournal(home, dirname(journal.file), error)])
  }
  tell({ type: 'started', total: plan.steps.length, journal: journal.file })
  const run = new StepRun(project, plan, now, journal, end, tell)
  try {
    await run.all()
  } finally {
    await run.end()
  }
  const { done, failed, unknown, problems } = run
  return { done, failed, unknown, problems, journal: journal.file }
}

/** The report of a sync that was stopped in time. */
export function stoppedBefore(target: string): Problem {
  return { code: 'stopped', target, message: 'the sync was stopped before anything was sent' }
}

/** The events of a sync as a stream, for any observer. */
export function syncEvents(
  work: (tell: (event: SyncEvent) => void) => Promise<void>,
): AsyncIterable<SyncEvent> {
  const queue = new EventQueue<SyncEvent>()
  work(event => queue.put(event)).then(
    () => queue.end(),
    error => queue.fail(error),
  )
  return queue
}
