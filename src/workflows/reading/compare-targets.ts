import { type Result, succeed } from '../../model/problem.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import {
  type Compared,
  type CompareOptions,
  compareTarget,
  type NotCompared,
  withCommits,
} from './compare-target.ts'

/**
 * Compares several targets at once, independently; sessions are closed afterwards. Results are in the order of the
 * targets.
 */
export function compareTargets(
  project: Project,
  targets: readonly GatewayTarget[],
  signal: AbortSignal,
  options: Pick<CompareOptions, 'again' | 'routing'> = {},
): Promise<readonly Result<Compared, NotCompared>[]> {
  return Promise.all(
    targets.map(async target => {
      const compared = await compareTarget(project, target, signal, options)
      if (!compared.ok) return compared
      await compared.value.session[Symbol.asyncDispose]()
      const { drift } = compared.value
      return succeed({
        ...compared.value,
        drift: { ...drift, changes: await withCommits(project, drift.changes) },
      })
    }),
  )
}
