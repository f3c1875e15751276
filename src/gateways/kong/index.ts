import type { Adapter } from '../gateway.ts'
import { openKong } from './open.ts'

/** Kong Gateway, by its Admin API. */
export const kong: Adapter = { kind: 'kong', open: openKong }
