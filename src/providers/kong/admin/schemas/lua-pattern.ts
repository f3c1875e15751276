import type { TextPattern } from '../../../../model/schema/limits.ts'
import { LinearPattern, PatternError } from '../../../../patterns/linear-pattern.ts'

const classes: ReadonlyMap<string, string> = new Map([
  ['a', 'A-Za-z'],
  ['c', '\\x00-\\x1f\\x7f'],
  ['d', '0-9'],
  ['l', 'a-z'],
  ['p', '!-/:-@\\[-`{-~'],
  ['s', '\\s'],
  ['u', 'A-Z'],
  ['w', 'A-Za-z0-9'],
  ['x', '0-9A-Fa-f'],
])

/**
 * The pattern for one of Lua (https://www.lua.org/manual/5.1/manual.html#5.4.1); undefined where it has something that
 * there is no counterpart to, as `%b`. A gateway has hundreds: each is made ready when it is first asked.
 */
export function expressionOf(pattern: string): TextPattern | undefined {
  let source = '(?s)'
  let inSet = false
  for (let i = 0; i < pattern.length; i += 1) {
    const char = pattern[i] ?? ''
    if (char === '%') {
      i += 1
      const next = pattern[i] ?? ''
      const members = classes.get(next)
      if (members !== undefined) source += inSet ? members : `[${members}]`
      else if (/[A-Za-z0-9]/.test(next)) return undefined
      else source += `\\${next}`
    } else if (inSet) {
      if (char === ']') inSet = false
      source += char === '\\' || char === '[' ? `\\${char}` : char
    } else if (char === '[') {
      inSet = true
      source += char
      if (pattern[i + 1] === '^') {
        source += '^'
        i += 1
      }
    } else if (char === '-') source += '*?'
    else source += /[\\{}|/]/.test(char) ? `\\${char}` : char
  }
  return new LuaPattern(source)
}

class LuaPattern implements TextPattern {
  readonly #source: string
  #pattern: LinearPattern | null | undefined

  constructor(source: string) {
    this.#source = source
  }

  test(text: string): boolean | undefined {
    if (this.#pattern === undefined) this.#pattern = patternOf(this.#source)
    return this.#pattern?.test(text)
  }
}

/** Null: it is none. */
function patternOf(source: string): LinearPattern | null {
  try {
    return LinearPattern.of(source)
  } catch (error) {
    if (error instanceof PatternError) return null
    throw error
  }
}
