import type { Refusal } from '../gateways/gateway.ts'
import type { Plan } from '../reconcile/plan.ts'
import { checkAhead } from '../workflows/check-ahead.ts'
import type { Compared } from '../workflows/compare-target.ts'
import { describedRequests } from '../workflows/described.ts'
import { previewFindings } from '../workflows/governance/gate.ts'
import { confirmationFor, meaningOf } from '../workflows/plan-meaning.ts'
import { sync } from '../workflows/sync.ts'
import type { SyncResult } from '../workflows/values.ts'
import type { Workspace } from '../workflows/workspace.ts'
import type { Io } from './command.ts'
import { confirmed } from './confirm.ts'
import { overrideOf } from './plan-options.ts'
import { showProgress } from './show-progress.ts'
import { planText } from './text/plan-text.ts'
import { painter } from './text/words.ts'

/** Shows what a plan will do, asks a person, and applies it; null: it was not confirmed, and nothing was sent. */
export async function confirmAndApply(
  io: Io,
  workspace: Workspace,
  compared: Compared,
  plan: Plan,
  options: {
    readonly yes?: true
    readonly override?: string
    /** Whether the target's name must be typed whatever the plan does. */
    readonly byName?: true
  },
): Promise<SyncResult | null> {
  let refusals: readonly Refusal[] | undefined
  if (plan.steps.length > 0) {
    const [described, findings, refusing] = await Promise.all([
      describedRequests(workspace),
      previewFindings(workspace, compared, plan),
      checkAhead(workspace, compared, plan, io.signal),
    ])
    const meaning = meaningOf(compared, plan, described, findings)
    io.err(planText(plan, meaning, painter(io.colour), workspace.now()))
    // What will be refused is not asked for; the sync itself says why.
    const refused =
      (findings?.refusal && options.override === undefined) || (refusing !== undefined && refusing.length > 0)
    // A person may think for long: then the gateway is asked once more.
    if (refused || options.yes) refusals = refusing
    const { question, typed } = confirmationFor(workspace, plan, meaning)
    const ask = { yes: options.yes ?? false, question, typed: options.byName ? plan.target : typed }
    if (!refused && !(await confirmed(io, ask))) {
      io.err('gatewatch: not confirmed, nothing was sent\n')
      return null
    }
  }
  return showProgress(
    io,
    sync(workspace, plan, io.signal, {
      ...overrideOf(options),
      hurry: io.hurry,
      compared,
      ...(refusals ? { refusals } : {}),
    }),
  )
}
