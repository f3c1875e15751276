import { canJournal } from '../ledger/journal-reserve.ts'
import { fail, type Problem, ProblemError } from '../model/problem.ts'
import type { Refusal } from '../providers/session.ts'
import type { Change } from '../reconcile/drift/drift.ts'
import type { Plan } from '../reconcile/plan/plan.ts'
import { untellable } from '../reconcile/undo/state-before.ts'
import { previewFindings } from '../workflows/governance/gate.ts'
import type { PlanFindings } from '../workflows/governance/plan-findings.ts'
import { describedRequests } from '../workflows/meaning/described-requests.ts'
import { meaningOf } from '../workflows/meaning/plan-meaning.ts'
import type { GatewayTarget, Project } from '../workflows/project/project.ts'
import { sealedTo } from '../workflows/project/sealing.ts'
import type { Compared } from '../workflows/reading/compare-target.ts'
import { consequences, typedConfirmation } from '../workflows/syncing/confirmation.ts'
import { journalHome } from '../workflows/syncing/history/history.ts'
import { checkAhead } from '../workflows/syncing/steps/check-ahead.ts'
import { planFor, sync } from '../workflows/syncing/sync.ts'
import type { SyncResult } from '../workflows/syncing/sync-events.ts'
import { unknownRefusal } from '../workflows/syncing/unknown-refusals.ts'
import { type Io, tellProblems } from './command.ts'
import { type ConfirmOptions, overrideOf } from './options/plan-options.ts'
import { confirmed } from './terminal/confirm.ts'
import { showProgress } from './terminal/show-progress.ts'
import { planText } from './text/plan-text.ts'
import { painter } from './text/text-parts.ts'

/** How planning went. */
export interface Planned {
  /** Undefined: there is none, and the reason was reported. */
  readonly plan: Plan | undefined
  /** How many other differences can't be synced or are unknown; this was reported. */
  readonly standing: number
}

/** Makes a plan, and reports what prevents it or is worth knowing: what refuses it is reported once. */
export function planned(
  io: Io,
  project: Project,
  compared: Compared,
  choice: Parameters<typeof planFor>[2],
): Planned {
  const { drift } = compared
  const refusal = unknownRefusal(project, compared, choice)
  const refused = new Set(refusal?.kinds)
  const made = refusal ? fail([refusal.problem]) : planFor(project, compared, choice)
  // A gateway that is written as a whole itself reports what is unknown about it.
  const isWhole = !made.ok && made.error.some(({ code }) => code === 'not-whole')
  const beside = isWhole ? [] : drift.unknown.filter(({ kind }) => !refused.has(kind))
  tellProblems(io, [
    ...beside.map(({ reason }) => reason),
    // An unknown effect of an undo refuses it.
    ...drift.blocked.map(({ reason }) => reason).filter(({ code }) => code !== untellable),
    ...(made.ok ? [] : made.error),
  ])
  return {
    plan: made.ok ? made.value : undefined,
    standing: drift.unknown.length + drift.blocked.length,
  }
}

/** Shows what a plan will do, asks a person, and applies it; null: it was not confirmed, and nothing was sent. */
export async function confirmAndApply(
  io: Io,
  project: Project,
  compared: Compared,
  plan: Plan,
  options: ConfirmOptions & {
    readonly override?: string
    readonly allowDeletes?: number
    /** Changes in the form for people. */
    readonly shown?: (changes: readonly Change[]) => readonly Change[]
    /** Whether the target's name must be typed whatever the plan does. */
    readonly byName?: true
    /**
     * Whether the plan was already reviewed: then it is shown only if there is a question, or something is missing or
     * unknown.
     */
    readonly reviewed?: true
  },
): Promise<SyncResult | null> {
  let refusals: readonly Refusal[] | undefined
  if (plan.steps.length > 0) {
    const [described, findings, refusing, journals, to] = await Promise.all([
      describedRequests(project),
      previewFindings(project, compared, plan),
      checkAhead(project, compared, plan, io.signal),
      canJournal(journalHome(project, compared.target)),
      sealedTo(project),
    ])
    const meaning = meaningOf(compared, plan, described, { findings, sealedTo: to })
    // No confirmation is asked for a plan that will be refused; the sync itself gives the reason.
    const refused =
      !journals ||
      isRefused(project, findings, options.override) ||
      (refusing !== undefined && refusing.length > 0)
    const isUnnamed =
      !refused && options.yes && meaning.confirmByName && !options.confirm.includes(plan.target)
    if (!options.reviewed || !options.yes || isUnnamed || plan.unknown)
      io.err(
        planText(
          options.shown ? { ...plan, changes: options.shown(plan.changes) } : plan,
          meaning,
          project.providers.kinds,
          painter(io.colour),
          project.now(),
        ),
      )
    // A person may take a long time: then the gateway is asked once more.
    if (refused || options.yes) refusals = refusing
    const { sentence, loses } = consequences(plan, meaning)
    if (isUnnamed) {
      tellProblems(io, [unnamed(plan.target, loses)])
      return null
    }
    const typed = typedConfirmation(plan.target, {
      confirmByName: options.byName ?? meaning.confirmByName,
      guarded: options.allowDeletes === undefined ? meaning.guarded : null,
    })
    if (!refused && !(await confirmed(io, { yes: options.yes ?? false, question: sentence, typed }))) {
      io.err('gatewatch: not confirmed, nothing was sent\n')
      return null
    }
  }
  return showProgress(
    io,
    sync(project, plan, io.signal, {
      ...overrideOf(options),
      hurry: io.hurry,
      compared,
      ...(refusals ? { refusals } : {}),
    }),
  )
}

/** Whether policies refuse a plan, or can't be read. */
function isRefused(project: Project, findings: PlanFindings | null, override: string | undefined): boolean {
  if (!findings) return project.governance.enforced
  return findings.refusal !== null && (override === undefined || !findings.mayOverride)
}

/** How many deletions a plan may have: where a person is asked, a large number is typed. */
export function allowedDeletes(
  io: Io,
  { yes, allowDeletes }: { readonly yes?: true; readonly allowDeletes?: number },
): { readonly allowDeletes?: number | 'asked' } {
  if (allowDeletes !== undefined) return { allowDeletes }
  return io.interactive && !yes ? { allowDeletes: 'asked' } : {}
}

function unnamed(target: string, loses: string): Problem {
  return {
    code: 'not-named',
    target,
    message: `this target is protected, and the plan ${loses}; --yes does not replace typing its name, and nothing was sent`,
    hint: `If you mean it, add --confirm ${target}.`,
  }
}

/** Refuses a `--confirm` that names no target of this command. */
export function checkConfirmed(options: ConfirmOptions, targets: readonly GatewayTarget[]): void {
  const names = targets.map(({ name }) => name)
  const wrong = options.confirm.find(name => !names.includes(name))
  if (wrong === undefined) return
  throw new ProblemError([
    {
      code: 'no-such-target',
      message: `--confirm names ${wrong}, which this does not write to`,
      hint: `It writes to ${names.join(', ')}.`,
    },
  ])
}
