import { type Result, succeed } from '../../model/problem.ts'
import type { Connection, Session } from '../session.ts'
import { reachKong } from './admin/connection/reach-kong.ts'
import { KongSession } from './admin/writing/kong-session.ts'
import { DblessSession } from './document/session.ts'

/** Opens a session with a Kong gateway, with or without a database: that is told by its status. */
export async function connect(connection: Connection, signal: AbortSignal): Promise<Result<Session>> {
  const reached = await reachKong(connection, signal)
  if (!reached.ok) return reached
  return succeed(
    reached.value.hasDatabase ? new KongSession(reached.value) : new DblessSession(reached.value),
  )
}
