import type { JournalEntry } from '../../ledger/journal-entry.ts'
import { laterLedgerIn } from '../../ledger/ledger.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import { passGate } from '../governance/gate.ts'
import type { Project } from '../project/project.ts'
import type { Compared } from '../reading/compare-target.ts'
import { passUnknown } from './unknown-refusals.ts'
import { whatMoved } from './what-moved.ts'

/** A plan that is about to be sent, and the target as it was just read. */
export interface Guarding {
  readonly project: Project
  readonly compared: Compared
  readonly plan: Plan
  /** Why the ledger can't be written; empty: it can. */
  readonly unrecordable: readonly Problem[]
  /** Why to do it although policies refuse it; undefined: nobody gave a reason. */
  readonly override: string | undefined
}

/** Accepts a plan and returns what the journal should record about it, or returns why nothing may be sent. */
type SyncGuard = (
  guarding: Guarding,
) => Result<readonly JournalEntry[]> | Promise<Result<readonly JournalEntry[]>>

/** The guards of sending a plan, in order: the first that refuses ends the check. */
const guards: readonly SyncGuard[] = [
  recordable,
  ({ project, compared, plan }) => passUnknown(project, compared, plan),
  ({ project, compared, plan, override }) => passGate(project, compared, plan, override),
  unmoved,
]

/** Runs all guards; returns what the journal should record about a plan that passes. */
export async function passGuards(guarding: Guarding): Promise<Result<readonly JournalEntry[]>> {
  const notes: JournalEntry[] = []
  for (const guard of guards) {
    const passed = await guard(guarding)
    if (!passed.ok) return passed
    notes.push(...passed.value)
  }
  return succeed(notes)
}

/** Nothing is sent that could not be recorded. */
function recordable({ compared, unrecordable }: Guarding): Result<readonly JournalEntry[]> {
  const problems = [...unrecordable, ...laterLedgerIn(compared.ledger)]
  if (problems.length === 0) return succeed([])
  return fail(
    problems.map(({ message, hint }) => ({
      code: 'ledger-not-writable',
      target: compared.target.name,
      message: `nothing was sent, because what is applied could not be recorded: ${message}`,
      ...(hint === undefined ? {} : { hint }),
    })),
  )
}

/** Nothing is sent if anything that the plan depends on has changed since it was seen. */
function unmoved({ project, compared, plan }: Guarding): Result<readonly JournalEntry[]> {
  const moved = whatMoved(plan, compared, project.digests)
  return moved.length > 0 ? fail(moved) : succeed([])
}
