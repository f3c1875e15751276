/**
 * Where a random thing comes from: numbers from a seed, the same on every machine, or a list that a property test makes
 * and shrinks. The first of several is always the simplest, so that a list of zeros gives the simplest thing.
 */
export class Choices {
  readonly #next: () => number

  private constructor(next: () => number) {
    this.#next = next
  }

  /** Choices that a seed stands for (mulberry32). */
  static ofSeed(seed: number): Choices {
    let state = seed >>> 0
    return new Choices(() => {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = Math.imul(state ^ (state >>> 15), state | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      return (mixed ^ (mixed >>> 14)) >>> 0
    })
  }

  /** Choices from a list; after its end always the first. */
  static ofList(numbers: readonly number[]): Choices {
    let at = 0
    return new Choices(() => numbers[at++] ?? 0)
  }

  /** A whole number from 0 to one less than `limit`. */
  below(limit: number): number {
    return limit <= 1 ? 0 : this.#next() % limit
  }

  /** Whether something that happens in so many of a hundred cases does; never where all choices are the first. */
  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent
  }

  /** One of a list; undefined of an empty one. */
  one<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)]
  }

  /** A list in another order. */
  shuffled<T>(list: readonly T[]): readonly T[] {
    const rest = [...list]
    const result: T[] = []
    while (rest.length > 0) result.push(...rest.splice(this.below(rest.length), 1))
    return result
  }
}
