import { type Ledger, usableWith, withApplied } from '../ledger/ledger.ts'
import { type Entity, entityAt, refText } from '../model/entity.ts'
import { fail, type Problem, type Result, succeed } from '../model/problem.ts'
import { countChanges, reservations } from '../reconcile/drift.ts'
import { withoutIgnored } from '../reconcile/ignore.ts'
import { makePlan } from '../reconcile/make-plan.ts'
import type { Plan } from '../reconcile/plan.ts'
import { plannedState } from '../reconcile/planned-state.ts'
import { applyPlan, stoppedBefore, syncEvents } from './apply-plan.ts'
import { type Compared, type CompareOptions, compareTarget, type NotCompared } from './compare-target.ts'
import { EarlyEnd } from './early-end.ts'
import { exposuresOf } from './exposures.ts'
import { passGate } from './governance/gate.ts'
import { namedUndoable } from './history.ts'
import { compareWithBefore } from './undo.ts'
import type { PlanChoice, SyncEvent, SyncOptions, SyncResult } from './values.ts'
import { chooseTargets, type TargetSettings, type Workspace } from './workspace.ts'

/** A plan from a comparison. */
export function planFor(
  workspace: Workspace,
  compared: Compared,
  choice: PlanChoice & { readonly allowDeletes?: number | 'asked' },
): Result<Plan> {
  return makePlan({
    drift: compared.drift,
    desired: compared.desired,
    live: compared.live,
    schemas: compared.schemas,
    compile: compared.session.compile,
    address: compared.session.identity.address,
    readAt: compared.readAt,
    manifest: {
      repository: workspace.repository?.name ?? null,
      commit: workspace.commit,
      files: compared.manifest.files,
    },
    excluded: choice.excluded,
    deletes: choice.deletes,
    ...(choice.allowDeletes === undefined ? {} : { allowDeletes: choice.allowDeletes }),
    ...(choice.undoes === undefined ? {} : { undoes: choice.undoes }),
  })
}

/**
 * Applies a plan: lock, read again, refuse if policies stand against it or anything moved, validate, journal and send,
 * read again, ledger.
 * The last event is always `ended`.
 */
export function sync(
  workspace: Workspace,
  plan: Plan,
  signal: AbortSignal,
  options: SyncOptions = {},
): AsyncIterable<SyncEvent> {
  return syncEvents(async tell => {
    tell({ type: 'ended', result: await runSync(workspace, plan, signal, tell, options) })
  })
}

async function runSync(
  workspace: Workspace,
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
    remaining: null,
    standing: 0,
    exposure: null,
    journal: null,
  })
  const chosen = chooseTargets(workspace, { targets: [plan.target] })
  if (!chosen.ok) return refused(chosen.error)
  const [target] = chosen.value
  if (!target) return refused([])
  const end = new EarlyEnd(signal, options.hurry)
  const lock = await workspace.locks.take(target.name, await workspace.user())
  if (!lock.ok) return refused(lock.error)
  try {
    const before = await compareFor(workspace, target, plan, end.begin, { earlier: options.compared })
    if (end.begin.aborted) {
      if (before.ok) await before.value.session[Symbol.asyncDispose]()
      return refused([stoppedBefore(plan.target)])
    }
    if (!before.ok) return refused([...before.error.manifestProblems, ...before.error.gatewayProblems])
    const exposed = exposuresOf(before.value)
    const gate = await passGate(workspace, before.value, plan, options.override)
    if (!gate.ok) {
      await before.value.session[Symbol.asyncDispose]()
      return refused(gate.error)
    }
    const applied = await applyPlan(workspace, plan, before.value, end, tell, {
      notes: gate.value,
      refusals: options.refusals,
    }).finally(() => before.value.session[Symbol.asyncDispose]())
    if (applied.journal === null && applied.problems.length > 0) return refused(applied.problems)
    const after = await compareTarget(workspace, target, end.reading())
    const problems = [...applied.problems]
    let remaining: SyncResult['remaining'] = null
    let standing = 0
    let exposure: SyncResult['exposure'] = null
    if (after.ok) {
      await after.value.session[Symbol.asyncDispose]()
      problems.push(...(await record(workspace, target, plan, after.value, applied.done.length)))
      remaining = countChanges(after.value.drift.changes)
      standing = reservations(after.value.drift).length
      if (exposed.length > 0) exposure = exposuresOf(after.value).length === 0 ? 'closed' : 'still exposed'
    } else {
      problems.push(...after.error.manifestProblems, ...after.error.gatewayProblems)
    }
    return {
      target: target.name,
      done: applied.done.length,
      failed: applied.failed.length,
      unknown: applied.unknown.length,
      notSent: plan.steps.length - applied.done.length - applied.failed.length - applied.unknown.length,
      problems,
      remaining,
      standing,
      exposure,
      journal: applied.journal,
    }
  } finally {
    await lock.value.release()
  }
}

/** What a target is compared with for a plan: the manifests, or what it was before the sync that the plan takes back. */
export async function compareFor(
  workspace: Workspace,
  target: TargetSettings,
  plan: Plan,
  signal: AbortSignal,
  options: Pick<CompareOptions, 'earlier' | 'again'>,
): Promise<Result<Compared, NotCompared>> {
  if (plan.undoes === undefined) {
    const now = await compareTarget(workspace, target, signal, options)
    const isEarlier = now.ok && now.value.desired === options.earlier?.desired
    return now.ok && !isEarlier ? succeed(asPlanned(now.value, plan)) : now
  }
  const undone = await namedUndoable(workspace, target, plan.undoes)
  if (!undone.ok) return fail({ manifestProblems: [], gatewayProblems: undone.error })
  const before = await compareWithBefore(workspace, target, undone.value, signal)
  return before.ok ? succeed(asPlanned(before.value, plan)) : before
}

/** A comparison with what a plan wants: manifests may say something else by now, and what is sent is the plan. */
function asPlanned(compared: Compared, plan: Plan): Compared {
  return { ...compared, desired: plannedState(plan, compared) }
}

/** Writes into the ledger what is now in sync; read and written again where another sync wrote first. */
async function record(
  workspace: Workspace,
  target: TargetSettings,
  plan: Plan,
  after: Compared,
  done: number,
): Promise<readonly Problem[]> {
  const total = plan.steps.length
  const lastSync = { at: workspace.now().toISOString(), by: await workspace.user(), done, total }
  const head = await workspace.repository?.head()
  const commit = workspace.commit ?? (head?.ok ? head.value.commit : null)
  let { ledger, ledgerVersion } = after
  for (let attempt = 0; attempt < 5; attempt++) {
    const before = ledger.read()
    if (!before.ok) return before.error
    const next = { ...ledgerAfter(before.value, plan, after, commit, workspace.digests.keyId), lastSync }
    const written = await workspace.ledgers.write(target.name, next, ledgerVersion)
    if (!written.ok) return written.error
    if (written.value) return []
    const stored = await workspace.ledgers.read(target.name)
    if (!stored.ok) return stored.error
    ledger = stored.value.ledger ?? ledger
    ledgerVersion = stored.value.version
  }
  return [
    {
      code: 'ledger-busy',
      target: target.name,
      message: 'the ledger could not be written, because others kept writing it',
      hint: 'Sync again: causes are unattributed until then.',
    },
  ]
}

/**
 * What is equal on both sides was applied, whoever did it; what is on neither is gone. What a sync took back counts as
 * applied too, as it is now: Git is ahead of it then, and nobody edited it.
 */
function ledgerAfter(
  ledger: Ledger,
  plan: Plan,
  after: Compared,
  commit: string | null,
  keyId: string,
): Ledger {
  const differing = new Set(after.drift.changes.map(refText))
  const equal: Entity[] = []
  const gone: { readonly kind: string; readonly key: string }[] = []
  for (const [kind, coverage] of after.live.coverage) {
    if (!coverage.complete) continue
    const live = after.live.entities.get(kind)
    for (const entity of after.desired.entities.get(kind)?.values() ?? []) {
      const there = live?.get(entity.key)
      const ref = refText(entity)
      // What is left to others was not applied, though it is equal.
      if (!there || differing.has(ref) || after.ignoring.whole.has(ref)) continue
      equal.push(withoutIgnored(there, after.ignoring.fields.get(ref)))
    }
  }
  const takenBack = plan.undoes === undefined ? [] : plan.changes
  for (const ref of takenBack) {
    const there = entityAt(after.live, ref)
    if (there) equal.push(there)
    else gone.push(ref)
  }
  for (const name of Object.keys(ledger.entries)) {
    const space = name.indexOf(' ')
    const ref = { kind: name.slice(0, space), key: name.slice(space + 1) }
    const known = after.live.coverage.get(ref.kind)?.complete ?? false
    const has =
      after.live.entities.get(ref.kind)?.has(ref.key) || after.desired.entities.get(ref.kind)?.has(ref.key)
    if (known && !has) gone.push(ref)
  }
  return {
    ...withApplied(usableWith(ledger, keyId), equal, gone, commit),
    whole: after.drift.unknown.length === 0,
  }
}
