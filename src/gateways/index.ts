import { type Result, succeed } from '../model/problem.ts'
import { DblessSession } from './dbless/session.ts'
import type { Connection, Session } from './gateway.ts'
import { reachKong } from './kong/open.ts'
import { KongSession } from './kong/session.ts'

export type * from './gateway.ts'
export { schemasWithoutGateway } from './kong/without-gateway.ts'
export { listWorkspaces } from './kong/workspaces.ts'

/** Opens a session with whatever gateway a connection leads to. */
export async function openGateway(connection: Connection, signal: AbortSignal): Promise<Result<Session>> {
  const reached = await reachKong(connection, signal)
  if (!reached.ok) return reached
  return succeed(
    reached.value.hasDatabase ? new KongSession(reached.value) : new DblessSession(reached.value),
  )
}
