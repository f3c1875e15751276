import type { Result } from '../model/problem.ts'
import { type Compared, compareTarget, type NotCompared } from './compare-target.ts'
import type { TargetSettings, Workspace } from './workspace.ts'

/** Compares several targets at once, each on its own; sessions are closed again. Results come in the order of the targets. */
export function compareTargets(
  workspace: Workspace,
  targets: readonly TargetSettings[],
  signal: AbortSignal,
): Promise<readonly Result<Compared, NotCompared>[]> {
  return Promise.all(
    targets.map(async target => {
      const compared = await compareTarget(workspace, target, signal)
      if (compared.ok) await compared.value.session[Symbol.asyncDispose]()
      return compared
    }),
  )
}
