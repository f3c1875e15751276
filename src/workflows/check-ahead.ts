import type { Refusal } from '../gateways/gateway.ts'
import { openGateway } from '../gateways/index.ts'
import type { Plan } from '../reconcile/plan.ts'
import type { Compared } from './compare-target.ts'
import type { Workspace } from './workspace.ts'

/**
 * Has the gateway check the steps of a plan while its preview is being made, so that a person is not asked about what
 * can't be done. Undefined where the gateway can't be asked: the sync asks again, and tells why.
 */
export async function checkAhead(
  workspace: Workspace,
  { target, manifest }: Compared,
  plan: Plan,
  signal: AbortSignal,
): Promise<readonly Refusal[] | undefined> {
  const connection = target.connection()
  if (!connection.ok) return undefined
  const inWorkspace = connection.value.workspace ?? manifest.workspace
  const session = await openGateway(
    { ...connection.value, ...(inWorkspace === undefined ? {} : { workspace: inWorkspace }) },
    signal,
  )
  if (!session.ok) return undefined
  try {
    return await session.value.validate(plan.steps, workspace.digests.resolve, signal)
  } finally {
    await session.value[Symbol.asyncDispose]()
  }
}
