import type { Adapter } from '../gateway.ts'
import { compile, type KongPayload } from './compile.ts'
import { openKong } from './session.ts'

/** Kong Gateway with a database, by its Admin API. */
export const kong: Adapter<KongPayload> = { kind: 'kong', open: openKong, compile }
