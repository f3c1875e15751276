import { problemText } from '../../src/model/problem.ts'
import type { Drift } from '../../src/reconcile/drift.ts'
import { compareTarget } from '../../src/workflows/compare-target.ts'
import { openWorkspace } from '../../src/workflows/workspace.ts'

/** What was found: a drift, or the problems that stand against one. */
export type Found = { readonly drift: Drift } | { readonly problems: readonly string[] }

/** Compares a manifest file with a gateway, by the way that `gatewatch diff --kong-addr` takes. */
export async function driftOf(address: string, file: string, work: string): Promise<Found> {
  const env = { ...process.env }
  const workspace = await openWorkspace({
    cwd: work,
    env,
    kongAddr: address,
    files: [file],
    stateFolder: work,
  })
  if (!workspace.ok) return { problems: workspace.error.map(problemText) }
  const [target] = workspace.value.targets
  if (!target) return { problems: ['no target'] }
  const compared = await compareTarget(workspace.value, target, AbortSignal.timeout(20_000))
  if (!compared.ok) {
    return {
      problems: [...compared.error.manifestProblems, ...compared.error.gatewayProblems].map(problemText),
    }
  }
  await compared.value.session[Symbol.asyncDispose]()
  return { drift: compared.value.drift }
}
