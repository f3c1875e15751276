import { LinearPattern, PatternError, type PatternMatch } from '../../../../patterns/linear-pattern.ts'
import { isAscii, isPrintableAscii } from './byte-string.ts'
import type { RegexText } from './rust-regex-sets.ts'
import { toRe2 } from './rust-regex-translation.ts'

/** A regular expression of a route. Compiled when first asked. */
export class RouteRegex {
  readonly source: string
  #parts: Parts | undefined
  #ascii: LinearPattern | null | undefined
  #unicode: LinearPattern | null | undefined

  constructor(source: string) {
    this.source = source
  }

  /** Whether it is found in a text; undefined where the pattern isn't understood. */
  test(text: string): boolean | undefined {
    const { start, rest } = this.#split()
    if (!text.startsWith(start)) return false
    const after = text.slice(start.length)
    return this.#patternFor(rest, after)?.test(after)
  }

  /** The first part of a text that it matches, or null; undefined as above. */
  match(text: string): string | null | undefined {
    const { start, rest, isAnchored, isWhole } = this.#split()
    if (!text.startsWith(start)) return null
    const after = text.slice(start.length)
    const pattern = this.#patternFor(rest, after)
    if (!pattern) return undefined
    // Whether is told faster than where.
    if (isWhole) return pattern.test(after) ? text : null
    if (!isAnchored) return pattern.find(after)?.groups[0] ?? null
    const end = pattern.endAtStart(after)
    return end === undefined ? null : text.slice(0, start.length + end)
  }

  /** The same with what its groups matched. */
  find(text: string): PatternMatch | null | undefined {
    const { start, rest } = this.#split()
    if (!text.startsWith(start)) return null
    const after = text.slice(start.length)
    const pattern = this.#patternFor(rest, after)
    if (!pattern) return undefined
    const found = pattern.find(after)
    if (!found || start === '') return found
    const [whole, ...groups] = found.groups
    return { ...found, groups: [start + whole, ...groups] }
  }

  #split(): Parts {
    this.#parts ??= split(this.source)
    return this.#parts
  }

  #patternFor(rest: string, text: string): LinearPattern | undefined {
    if (isPrintableAscii(text)) {
      if (this.#ascii === undefined) this.#ascii = compile(rest, 'ascii')
      return this.#ascii ?? undefined
    }
    if (this.#unicode === undefined) this.#unicode = compile(rest, 'unicode')
    return this.#unicode ?? undefined
  }
}

interface Parts {
  /** The text that all it matches begin with: it is compared, and the rest is a pattern that many routes share. */
  readonly start: string
  readonly rest: string
  /** Whether it matches from the start of a text only. */
  readonly isAnchored: boolean
  /** Whether it matches whole texts only. */
  readonly isWhole: boolean
}

/** What patterns became, by their text and what they are for. */
const compiled = new Map<string, LinearPattern | null>()
const keptPatterns = 5_000

/** Null: it isn't understood. */
function compile(source: string, subject: RegexText): LinearPattern | null {
  const key = `${subject} ${source}`
  const known = compiled.get(key)
  if (known !== undefined) return known
  const made = patternOf(source, subject)
  if (compiled.size >= keptPatterns) compiled.clear()
  compiled.set(key, made)
  return made
}

function patternOf(source: string, subject: RegexText): LinearPattern | null {
  const translated = toRe2(source, subject)
  if (translated === undefined) return null
  try {
    return LinearPattern.of(translated)
  } catch (error) {
    if (error instanceof PatternError) return null
    throw error
  }
}

/**
 * An anchored pattern in two: the characters that it begins with, and the rest, anchored too. What looks back from the
 * beginning of the rest, or changes how all is read, is left whole.
 */
function split(source: string): Parts {
  const isAnchored = source.startsWith('^') && !hasTopLevelAlternative(source)
  const whole = { start: '', rest: source, isAnchored, isWhole: false }
  if (!isAnchored) return whole
  const { text, length } = literalStart(source.slice(1), '*?{+')
  const rest = source.slice(1 + length)
  const looksBack = /\\[AbB]|\^|\(\?(?!:|P?<)/.test(rest.replaceAll('[^', '['))
  if (looksBack) return whole
  return { start: text, rest: `^${rest}`, isAnchored, isWhole: /(?<!\\)(?:\\\\)*\$$/.test(rest) }
}

/**
 * The bytes that every match of a pattern, anchored at its start, begins with. Errs on the short side:
 * a matcher is found by this prefix, and then asked in full.
 */
export function literalPrefix(pattern: string): string {
  return literalStart(pattern, '*?{').text
}

/** The characters that a pattern begins with, and how much of it they are; none of those before these marks. */
function literalStart(pattern: string, marks: string): { readonly text: string; readonly length: number } {
  let text = ''
  let length = 0
  if (hasTopLevelAlternative(pattern) || /\(\?[a-zA-Z]*i/.test(pattern)) return { text, length }
  while (length < pattern.length) {
    let next = length + 1
    let char = pattern.charAt(length)
    if (char === '\\') {
      char = pattern.charAt(next++)
      if (/[\dA-Za-z<>]/.test(char) || char === '') break
    } else if (/[\^$.*+?()[\]{}|]/.test(char)) break
    const mark = pattern.charAt(next)
    if (!isAscii(char) || (mark !== '' && marks.includes(mark))) break
    text += char
    length = next
  }
  return { text, length }
}

/** Whether an anchored pattern accepts just the texts that begin with a prefix. */
export function isPlainPattern(source: string, prefix: string): boolean {
  const rest = source.startsWith('^') ? source.slice(1).replace(/\.\*$/, '') : source
  return literalPrefix(rest) === prefix && rest.replace(/\\(?=[^\dA-Za-z<>])/g, '') === prefix
}

function hasTopLevelAlternative(pattern: string): boolean {
  let depth = 0
  let inClass = false
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i)
    if (char === '\\') i++
    else if (inClass) inClass = char !== ']'
    else if (char === '[') {
      inClass = true
      if (pattern.charAt(i + 1) === ']' || pattern.slice(i + 1, i + 3) === '^]')
        i += pattern.charAt(i + 1) === '^' ? 2 : 1
    } else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === '|' && depth <= 0) return true
  }
  return false
}
