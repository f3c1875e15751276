import type { StateTools } from '../../governance/state-items.ts'
import { protectionOf } from '../meaning/protection.ts'
import { routerOf } from '../meaning/traffic.ts'

/** What is computed once per state, and used by policies, previews and screens alike. */
export const stateTools: StateTools = { routerOf, protectionOf }
