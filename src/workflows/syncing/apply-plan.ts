import { dirname } from 'node:path'
import { startJournal } from '../../ledger/journal.ts'
import type { JournalEntry } from '../../ledger/journal-entry.ts'
import { type JournalReserve, noJournal } from '../../ledger/journal-reserve.ts'
import { type Problem, succeed } from '../../model/problem.ts'
import type { SecretSink } from '../../model/secrets.ts'
import type { Refusal } from '../../providers/session.ts'
import type { Change } from '../../reconcile/drift.ts'
import { writesIgnored } from '../../reconcile/ignore.ts'
import { type IgnoreRule, ruleText } from '../../reconcile/ignore-rules.ts'
import { preconditionOf } from '../../reconcile/make-plan.ts'
import type { Plan } from '../../reconcile/plan.ts'
import { firstDifference, movedProblem } from '../../reconcile/staleness.ts'
import type { Project } from '../project/project.ts'
import { sealedEntries } from '../project/sealing.ts'
import type { Compared } from '../reading/compare-target.ts'
import type { EarlyEnd } from './early-end.ts'
import { EventQueue } from './event-queue.ts'
import { journalHome } from './history.ts'
import { problemsOfRefusals } from './refusals.ts'
import { StepRun } from './step-run.ts'
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
 * Applies exactly the steps of a plan to a target that was just read again, or refuses: when anything that the
 * plan depends on moved, when the gateway would not take a step, when a secret is not the one it was made with.
 * Refused means that nothing was written. `notes` is what the journal is to say before anything is sent, `refusals`
 * what the gateway has against the steps, where it was asked already; `reserve` is room on the disk for the journal.
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
  const moved = whatMoved(plan, now, project.digests)
  if (moved.length > 0) return refused(moved)
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

/** What is told of a sync that was stopped in time. */
export function stoppedBefore(target: string): Problem {
  return { code: 'stopped', target, message: 'the sync was stopped before anything was sent' }
}

/** Everything that is not as the plan saw it: address, mode of reading, and each entity that it would write. */
function whatMoved(plan: Plan, now: Compared, secrets: SecretSink): readonly Problem[] {
  const problems: Problem[] = []
  if (plan.address !== now.session.identity.address) {
    problems.push({
      code: 'other-address',
      target: plan.target,
      message: `the plan was made for ${plan.address}, and ${plan.target} is now ${now.session.identity.address}`,
      hint: 'Make a new plan.',
    })
  }
  const workspace = now.session.identity.workspace ?? 'default'
  if (plan.version !== 1 && (plan.workspace ?? 'default') !== workspace) {
    problems.push({
      code: 'other-workspace',
      target: plan.target,
      message: `the plan was made for the workspace ${plan.workspace ?? 'default'}, and ${workspace} is read now`,
      hint: 'Name that one, or make a new plan.',
    })
  }
  for (const change of plan.changes) {
    const rule = writesIgnored(change, now.ignoring)
    if (rule) problems.push(ignoredSince(plan, change, rule))
  }
  for (const precondition of plan.preconditions) {
    const { kind } = precondition.entity
    const coverage = now.live.coverage.get(kind)
    if (!coverage?.complete) {
      problems.push(
        coverage
          ? coverage.reason
          : { code: 'unreadable', target: plan.target, message: `${kind} entities can't be read now` },
      )
      continue
    }
    const found = preconditionOf({ ...precondition.entity, operation: 'update' }, now.live)
    const difference = firstDifference(precondition, found, secrets)
    if (difference) problems.push(movedProblem(plan, precondition, difference))
  }
  return dedupe(problems)
}

/** A rule that came after the plan was made. */
function ignoredSince(plan: Plan, change: Change, rule: IgnoreRule): Problem {
  return {
    code: 'ignored-since',
    target: plan.target,
    message: `the plan is stale: it would ${change.operation} ${change.kind} ${change.name}, and the rule at ${rule.place.file}:${rule.place.line} now ignores ${ruleText(rule)}; nothing was written`,
    hint: 'Make a new plan and review it.',
  }
}

function dedupe(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map(problem => [`${problem.code} ${problem.message}`, problem])).values()]
}

/** The events of a sync as a stream, for whoever watches it. */
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
