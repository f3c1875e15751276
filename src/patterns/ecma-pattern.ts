import { LinearPattern, PatternError } from './linear-pattern.ts'
import { re2 } from './re2.ts'

/** `\s` of JavaScript: https://tc39.es/ecma262/#prod-WhiteSpace, https://tc39.es/ecma262/#prod-LineTerminator */
const space = '\\t-\\r\\p{Zs}\\p{Zl}\\p{Zp}\\x{feff}'

/**
 * A regular expression of JavaScript in its Unicode mode, as in JSON Schema (https://json-schema.org: `pattern`),
 * matched in linear time. Undefined: it needs what can't be matched in linear time, such as look-around and
 * back-references, or is too large. Throws a `SyntaxError` if it isn't a regular expression.
 */
export function ecmaPattern(source: string): LinearPattern | undefined {
  // Only parsed, never matched: JavaScript itself reports what isn't a pattern.
  new RegExp(source, 'u')
  const whole = withSpaces(source)
  if (whole === undefined) return undefined
  try {
    return LinearPattern.of(re2().RE2JS.translateRegExp(whole))
  } catch (error) {
    if (error instanceof PatternError) return undefined
    throw error
  }
}

/** White space and `[` differ in RE2; undefined: they can't be written there. */
function withSpaces(source: string): string | undefined {
  let made = ''
  let inClass = false
  for (let at = 0; at < source.length; at += 1) {
    const char = source.charAt(at)
    const pair = source.slice(at, at + 2)
    if (char === '\\') {
      at += 1
      if (pair === '\\s') made += inClass ? space : `[${space}]`
      else if (pair === '\\S' && inClass) return undefined
      else if (pair === '\\k') return undefined
      else made += pair === '\\S' ? `[^${space}]` : pair
    } else if (char === '[' && inClass) made += '\\['
    else {
      if (char === '[') inClass = true
      if (char === ']') inClass = false
      made += char
    }
  }
  return made
}
