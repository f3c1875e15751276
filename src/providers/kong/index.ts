import type { Provider } from '../provider.ts'
import { kinds } from './kinds/index.ts'

/** Kong Gateway, with and without a database. */
export const kong: Provider = { name: 'kong', kinds }
