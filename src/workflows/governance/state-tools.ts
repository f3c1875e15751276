import type { StateTools } from '../../governance/state-items.ts'
import { protectionOf } from '../meaning/protection.ts'
import { routerOf } from '../meaning/traffic.ts'

/** What is worked out of a state once, and used by policies, previews and screens alike. */
export const stateTools: StateTools = { routerOf, protectionOf }
