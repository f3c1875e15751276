import { randomUUID } from 'node:crypto'
import type { Facts } from '../facts.ts'
import type { SchemaLibrary } from '../schema/compile/library.ts'
import { Database } from '../store/database.ts'

/** Everything that one gateway knows: what it was started with, and its entities. */
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
  /** False if a fault makes the database unavailable. */
  isDatabaseReachable: boolean
  /** Set for a gateway without a database. */
  readonly dbless: Declared | undefined
}

/** The last document that a gateway without a database received. */
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
