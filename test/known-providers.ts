import { loadProviders } from '../src/providers/index.ts'

/** The kinds of gateways that come with gatewatch. */
export const providers = await loadProviders()
