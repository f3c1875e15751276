import type { RulesetFunction } from '@stoplight/spectral-core'
import functions from '@stoplight/spectral-functions'

/** Spectral's own functions but the one that looks at the whole document: what they find depends on the value alone. */
const { unreferencedReusableObject: _whole, ...pure } = functions
const PURE = new Set<unknown>(Object.values(pure))

/**
 * Has a function look at each object once in a run. In the resolved document a component is the same object wherever it
 * is referred to, and what is found in it stands at one place: to look again finds nothing more.
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
