import type { Result } from '../model/problem.ts'
import type { Connection, Session } from './gateway.ts'
import { kong } from './kong/index.ts'

export type * from './gateway.ts'
export { schemasWithoutGateway } from './kong/without-gateway.ts'

/** Opens a session with whatever gateway a connection leads to. */
export function openGateway(connection: Connection, signal: AbortSignal): Promise<Result<Session>> {
  return kong.open(connection, signal)
}
