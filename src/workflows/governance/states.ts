import type { StateTools } from '../../governance/state-items.ts'
import { protectionOf } from '../protection.ts'
import { routerOf } from '../traffic.ts'

/** What is worked out of a state once, and used by policies, previews and screens alike. */
export const stateTools: StateTools = { routerOf, protectionOf }
