import type { RulesetFunction } from '@stoplight/spectral-core'
import functions from '@stoplight/spectral-functions'

/** Spectral's own functions except the one that checks the whole document: their findings depend only on the value. */
const { unreferencedReusableObject: _whole, ...pure } = functions
const PURE = new Set<unknown>(Object.values(pure))

/**
 * Makes a function check each object once in a run. In the resolved document a component is the same object wherever it
 * is referred to, and its findings have one place: checking it again finds nothing more.
 */
export class OncePerRun {
  #seen = new WeakMap<object, Set<RulesetFunction>>()

  /** Forgets what was seen. */
  start(): void {
    this.#seen = new WeakMap()
  }

  limit(original: RulesetFunction): RulesetFunction {
    if (!PURE.has(original)) return original
    const limited: RulesetFunction = (input, options, context) => {
      if (typeof input !== 'object' || input === null) return original(input, options, context)
      const by = this.#seen.get(input) ?? new Set()
      if (by.has(limited)) return undefined
      by.add(limited)
      this.#seen.set(input, by)
      return original(input, options, context)
    }
    return limited
  }
}
