import { createRequire } from 'node:module'

type Re2 = typeof import('re2js')

let loaded: Re2 | undefined

/**
 * The engine of all patterns, loaded when the first one is created: most commands create none, and its tables are
 * large.
 */
export function re2(): Re2 {
  if (loaded) return loaded
  const engine: Re2 = createRequire(import.meta.url)('re2js')
  loaded = engine
  return engine
}
