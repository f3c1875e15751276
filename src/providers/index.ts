import { type Result, succeed } from '../model/problem.ts'
import { reachKong } from './kong/admin/open.ts'
import { KongSession } from './kong/admin/session.ts'
import { DblessSession } from './kong/document/session.ts'
import type { Connection, Session } from './session.ts'

export { schemasWithoutGateway } from './kong/admin/without-gateway.ts'
export { listWorkspaces } from './kong/admin/workspaces.ts'
export type * from './session.ts'

/** Opens a session with whatever gateway a connection leads to. */
export async function openGateway(connection: Connection, signal: AbortSignal): Promise<Result<Session>> {
  const reached = await reachKong(connection, signal)
  if (!reached.ok) return reached
  return succeed(
    reached.value.hasDatabase ? new KongSession(reached.value) : new DblessSession(reached.value),
  )
}
