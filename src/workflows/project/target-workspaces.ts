import { type Result, succeed } from '../../model/problem.ts'
import type { GatewayTarget } from './project.ts'

/** One workspace of a target's gateway, as a target of its own. */
export interface TargetWorkspace {
  readonly workspace: string
  readonly target: GatewayTarget
}

/** All workspaces of a target's gateway, whichever of them the target itself is. */
export async function targetWorkspaces(
  target: GatewayTarget,
  signal: AbortSignal,
): Promise<Result<readonly TargetWorkspace[]>> {
  const connection = target.connection()
  if (!connection.ok) return connection
  const names = (await target.provider.workspaces?.(connection.value, signal)) ?? succeed([])
  if (!names.ok) return names
  return succeed(
    names.value.map(workspace => ({
      workspace,
      target: { ...target, connection: () => succeed({ ...connection.value, workspace }) },
    })),
  )
}
