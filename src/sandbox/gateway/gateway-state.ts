import { randomUUID } from 'node:crypto'
import type { Facts } from '../facts.ts'
import type { SchemaLibrary } from '../schema/compile/library.ts'
import { Database } from '../store/database.ts'

/** All that one gateway knows: what it was started with, and its entities. */
export interface GatewayState {
  readonly name: string
  readonly facts: Facts
  readonly library: SchemaLibrary
  readonly database: Database
  readonly nodeId: string
  /** Ports as text `host:port`, for `GET /`. */
  readonly listening: { admin: string; proxy: string | undefined }
  /** Requests answered by the Admin API. */
  requests: number
  /** False where a fault says that the database is gone. */
  isDatabaseReachable: boolean
  /** Set for a gateway without a database. */
  readonly dbless: Declared | undefined
}

/** What a gateway without a database was last given. */
export interface Declared {
  hash: string
}

/** An empty gateway. */
export function gatewayState(
  name: string,
  facts: Facts,
  library: SchemaLibrary,
  dbless = false,
): GatewayState {
  return {
    name,
    facts,
    library,
    database: new Database(library, dbless),
    nodeId: randomUUID(),
    listening: { admin: '', proxy: undefined },
    requests: 0,
    isDatabaseReachable: true,
    dbless: dbless ? { hash: '0'.repeat(32) } : undefined,
  }
}
