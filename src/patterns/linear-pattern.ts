import type { RE2JS } from 're2js'
import { re2 } from './re2.ts'

/** Why a text isn't a pattern, as a clause. */
export class PatternError extends Error {}

/** A part of a text that a pattern matched. */
export interface PatternMatch {
  /** Where it begins in the text. */
  readonly index: number
  /** The whole match, and then what its groups matched. */
  readonly groups: readonly [string, ...(string | undefined)[]]
  /** The named groups. */
  readonly named: Readonly<Record<string, string | undefined>>
}

/** Longer patterns are refused, in UTF-16 units. */
const longest = 5_000
/** Patterns that compile to larger programs are refused: time grows with this and with the text, and no faster. */
const largest = 10_000
/** From this length on, a text is first tested for a match, which is faster than searching for its position. */
const longText = 500
/** How many patterns are kept ready. */
const keptPatterns = 5_000

const kept = new Map<string, LinearPattern>()

/**
 * A regular expression in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax), matched in time that grows
 * linearly with the text. This one engine matches all patterns that others wrote: those of routes and plugins,
 * policies, specifications, and schemas of gateways. So it has nothing that needs backtracking: no look-around, no
 * back-references.
 */
export class LinearPattern {
  readonly source: string
  readonly #engine: RE2JS

  private constructor(source: string) {
    this.source = source
    this.#engine = compiled(source)
  }

  /** A pattern; throws `PatternError`. The same text gives the same pattern, ready for use. */
  static of(source: string): LinearPattern {
    const ready = kept.get(source)
    if (ready) return ready
    const made = new LinearPattern(source)
    if (kept.size >= keptPatterns) kept.clear()
    kept.set(source, made)
    return made
  }

  /** Whether the pattern is found anywhere in a text. */
  test(text: string): boolean {
    return this.#engine.test(text)
  }

  /** The first part of a text that the pattern matches; of several that begin there, the one that its order prefers. */
  find(text: string): PatternMatch | null {
    if (text.length > longText && !this.#engine.test(text)) return null
    const matcher = this.#engine.matcher(text)
    if (!matcher.find()) return null
    const groups = Array.from({ length: matcher.groupCount() }, (_, i) => matcher.group(i + 1) ?? undefined)
    const named = Object.entries(matcher.getNamedGroups()).map(([name, value]) => [name, value ?? undefined])
    return {
      index: matcher.start(),
      groups: [matcher.group() ?? '', ...groups],
      named: Object.fromEntries(named),
    }
  }

  /** Where the pattern's match at the start of a text ends; undefined: it doesn't match there. */
  endAtStart(text: string): number | undefined {
    if (text.length > longText && !this.#engine.test(text)) return undefined
    const matcher = this.#engine.matcher(text)
    return matcher.lookingAt() ? matcher.end() : undefined
  }
}

function compiled(source: string): RE2JS {
  const { RE2JS, RE2JSException } = re2()
  if (source.length > longest) throw new PatternError(`it is longer than ${longest} characters`)
  let engine: RE2JS
  try {
    engine = RE2JS.compile(source)
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    throw new PatternError(error.message.replace(/^error parsing regexp: /, ''))
  }
  if (engine.programSize() > largest) throw new PatternError('it is too large')
  return engine
}
