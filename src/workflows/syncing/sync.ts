import { addToJournal } from '../../ledger/journal.ts'
import { type JournalReserve, reserveJournal } from '../../ledger/journal-reserve.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import { countChanges, reservations } from '../../reconcile/drift/drift.ts'
import { makePlan } from '../../reconcile/plan/make-plan.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import type { Guarded } from '../../reconcile/plan/plan-guards.ts'
import { plannedState } from '../../reconcile/plan/planned-state.ts'
import { madeUpFor } from '../../reconcile/undo/made-up.ts'
import { exposuresOf } from '../meaning/exposures.ts'
import { chooseTargets, type GatewayTarget, type Project } from '../project/project.ts'
import {
  type Compared,
  type CompareOptions,
  compareTarget,
  type NotCompared,
} from '../reading/compare-target.ts'
import { type Applied, applyPlan, stoppedBefore, syncEvents } from './apply-plan.ts'
import { journalHome, namedUndoable } from './history/history.ts'
import { compareWithBefore, readWithoutManifests } from './history/undo-sync.ts'
import { leftHalfWay } from './opening.ts'
import { recordApplied } from './record-applied.ts'
import type { PlanChoice } from './review.ts'
import { EarlyEnd } from './steps/early-end.ts'
import type { SyncEvent, SyncOptions, SyncResult } from './sync-events.ts'
import { passGuards } from './sync-guards.ts'
import { unknownRefusal } from './unknown-refusals.ts'

/** What goes into a plan, and how many deletions are allowed. */
type GuardedChoice = PlanChoice & { readonly allowDeletes?: Guarded['allowDeletes'] }

/** A plan from a comparison; a problem if what it writes depends on something unknown that nobody accepted. */
export function planFor(project: Project, compared: Compared, choice: GuardedChoice): Result<Plan> {
  const refusal = unknownRefusal(project, compared, choice)
  return refusal ? fail([refusal.problem]) : draftPlan(project, compared, choice)
}

/** The same for viewing: the plan reports unknowns that nobody accepted, and `sync` refuses it. */
export function draftPlan(project: Project, compared: Compared, choice: GuardedChoice): Result<Plan> {
  return makePlan({
    drift: compared.drift,
    desired: compared.desired,
    live: compared.live,
    schemas: compared.schemas,
    compile: (changes, desired, live, schemas, newId) =>
      compared.session.compile(changes, desired, live, schemas, newId),
    address: compared.session.identity.address,
    workspace: compared.session.identity.workspace,
    readAt: compared.readAt,
    manifest: {
      repository: project.repository?.name ?? null,
      commit: project.commit,
      files: compared.manifest.files,
    },
    excluded: choice.excluded,
    deletes: choice.deletes,
    ...(choice.allowDeletes === undefined ? {} : { allowDeletes: choice.allowDeletes }),
    ...(choice.accept === undefined ? {} : { accept: choice.accept }),
    ...(choice.undoes === undefined ? {} : { undoes: choice.undoes }),
  })
}

/**
 * Applies a plan: lock, read again, refuse if policies object or anything moved, validate, journal and send, read
 * again, update the ledger. The last event is always `ended`.
 */
export function sync(
  project: Project,
  plan: Plan,
  signal: AbortSignal,
  options: SyncOptions = {},
): AsyncIterable<SyncEvent> {
  return syncEvents(async tell => {
    tell({ type: 'ended', result: await runSync(project, plan, signal, tell, options) })
  })
}

async function runSync(
  project: Project,
  plan: Plan,
  signal: AbortSignal,
  tell: (event: SyncEvent) => void,
  options: SyncOptions,
): Promise<SyncResult> {
  const refused = (problems: readonly Problem[]): SyncResult => ({
    target: plan.target,
    done: 0,
    failed: 0,
    unknown: 0,
    notSent: plan.steps.length,
    problems,
    halfWay: [],
    remaining: null,
    standing: 0,
    exposure: null,
    journal: null,
  })
  const chosen = chooseTargets(project, { targets: [plan.target] })
  if (!chosen.ok) return refused(chosen.error)
  const [target] = chosen.value
  if (!target) return refused([])
  const end = new EarlyEnd(signal, options.hurry)
  const lock = await project.locks.take(target.name, await project.user())
  if (!lock.ok) return refused(lock.error)
  let result: SyncResult
  let left: readonly Problem[] = []
  try {
    const reserve = await reserveJournal(journalHome(project, target))
    if (reserve.ok) {
      const locked = { project, target, plan, end, tell, options, refused, reserve: reserve.value }
      result = await syncLocked(locked).finally(() => reserve.value.release())
    } else result = refused(reserve.error)
  } finally {
    left = await lock.value.release()
  }
  return { ...result, problems: [...result.problems, ...left] }
}

/** What a sync uses while it holds the lock. */
interface Locked {
  readonly project: Project
  readonly target: GatewayTarget
  readonly plan: Plan
  readonly end: EarlyEnd
  readonly tell: (event: SyncEvent) => void
  readonly options: SyncOptions
  readonly refused: (problems: readonly Problem[]) => SyncResult
  readonly reserve: JournalReserve
}

async function syncLocked(locked: Locked): Promise<SyncResult> {
  const { project, target, plan, end, tell, options, refused, reserve } = locked
  const [before, unrecordable] = await Promise.all([
    compareFor(project, target, plan, end.begin, { earlier: options.compared }),
    project.ledgers.whyNotWritable(target.name),
  ])
  if (!before.ok) {
    if (end.begin.aborted) return refused([stoppedBefore(plan.target)])
    return refused([...before.error.manifestProblems, ...before.error.gatewayProblems])
  }
  try {
    if (end.begin.aborted) return refused([stoppedBefore(plan.target)])
    const { override } = options
    const passed = await passGuards({ project, compared: before.value, plan, unrecordable, override })
    if (!passed.ok) return refused(passed.error)
    const applied = await applyPlan(project, plan, before.value, end, tell, {
      notes: passed.value,
      refusals: options.refusals,
      reserve,
    })
    if (applied.journal === null && applied.problems.length > 0) return refused(applied.problems)
    const { done, failed, unknown } = applied
    return {
      target: target.name,
      done: done.length,
      failed: failed.length,
      unknown: unknown.length,
      notSent: plan.steps.length - done.length - failed.length - unknown.length,
      halfWay: leftHalfWay(plan, done),
      journal: applied.journal,
      ...(await lookedAfter(locked, before.value, applied)),
    }
  } finally {
    await before.value.session[Symbol.asyncDispose]()
  }
}

/** Reads everything once more: reports what still differs, and writes what is in sync to the ledger. */
async function lookedAfter(
  { project, target, plan, end }: Locked,
  before: Compared,
  { problems, done, journal }: Applied,
): Promise<Pick<SyncResult, 'problems' | 'remaining' | 'standing' | 'exposure'>> {
  const after = await readAfter(project, target, plan, end.reading())
  if (!after.ok) {
    const why = [...after.error.manifestProblems, ...after.error.gatewayProblems]
    const told = end.begin.aborted ? [notReadAgain(target)] : why
    return { problems: [...problems, ...told], remaining: null, standing: 0, exposure: null }
  }
  await after.value.session[Symbol.asyncDispose]()
  if (journal !== null) await noteMadeUp(project, plan, after.value, { done, journal })
  const known = new Set(before.drift.unknown.map(({ kind }) => kind))
  const lost = after.value.drift.unknown.flatMap(({ kind, reason }) => (known.has(kind) ? [] : [reason]))
  const recorded = await recordApplied(project, target, plan, after.value, done.length)
  return {
    problems: [...problems, ...recorded, ...lost],
    remaining: after.value.inputs ? countChanges(after.value.drift.changes) : null,
    standing: after.value.inputs ? reservations(after.value.drift).length : 0,
    exposure: (exposuresOf(before) ?? []).length === 0 ? null : exposureAfter(after.value),
  }
}

/** After an undo the manifests need not be readable, and may name another workspace than that of its plan. */
async function readAfter(
  project: Project,
  target: GatewayTarget,
  plan: Plan,
  signal: AbortSignal,
): Promise<Result<Compared, NotCompared>> {
  const after = await compareTarget(project, target, signal)
  if (plan.undoes === undefined) return after
  if (after.ok) {
    if ((after.value.session.identity.workspace ?? 'default') === (plan.workspace ?? 'default')) return after
    await after.value.session[Symbol.asyncDispose]()
  } else if (after.error.manifestProblems.length === 0) return after
  return readWithoutManifests(project, target, plan, signal)
}

/**
 * Records in the journal what the gateway generated for created entities: a later undo then knows that nobody edited
 * it.
 */
async function noteMadeUp(
  project: Project,
  plan: Plan,
  after: Compared,
  { done, journal }: { readonly done: readonly string[]; readonly journal: string },
): Promise<void> {
  const steps = new Set(done)
  const made = new Set(plan.steps.flatMap(step => (steps.has(step.id) ? step.covers : [])))
  const created = plan.changes.filter(change => change.operation === 'create' && made.has(change.id))
  if (created.length === 0) return
  const entities = madeUpFor(created, after)
  const at = project.now().toISOString()
  // If it can no longer be written, an undo relies on the schema to know what the gateway generates.
  await addToJournal(journal, { type: 'made-up', at, entities }).catch(() => {})
}

function notReadAgain(target: GatewayTarget): Problem {
  return {
    code: 'not-recorded',
    target: target.name,
    message: 'the gateway was not read again, so the ledger does not yet hold what took effect',
    hint: 'The journal does; the next sync records it.',
  }
}

function exposureAfter(after: Compared): SyncResult['exposure'] {
  const left = exposuresOf(after)
  if (!left) return 'not known'
  return left.length === 0 ? 'closed' : 'still exposed'
}

/** What a target is compared with for a plan: the manifests, or its state before the sync that the plan takes back. */
export async function compareFor(
  project: Project,
  target: GatewayTarget,
  plan: Plan,
  signal: AbortSignal,
  options: Pick<CompareOptions, 'earlier' | 'again'>,
): Promise<Result<Compared, NotCompared>> {
  if (plan.undoes === undefined) {
    const now = await compareTarget(project, target, signal, options)
    const isEarlier = now.ok && now.value.desired === options.earlier?.desired
    return now.ok && !isEarlier ? succeed(asPlanned(now.value, plan)) : now
  }
  const undone = await namedUndoable(project, target, plan.undoes)
  if (!undone.ok) return fail({ manifestProblems: [], gatewayProblems: undone.error })
  const before = await compareWithBefore(project, target, undone.value, signal)
  return before.ok ? succeed(asPlanned(before.value, plan)) : before
}

/** A comparison with what a plan wants: manifests may say something else by now, but the plan is what is sent. */
function asPlanned(compared: Compared, plan: Plan): Compared {
  return { ...compared, desired: plannedState(plan, compared) }
}
