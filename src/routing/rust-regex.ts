import { isAscii, isPrintableAscii } from './byte-string.ts'
import { type ClassSet, classes, toJavaScript } from './rust-regex-translation.ts'

/** A regular expression of a route. Compiled when first asked. */
export class RouteRegex {
  readonly source: string
  #ascii: RegExp | undefined
  #unicode: RegExp | undefined

  constructor(source: string) {
    this.source = source
  }

  /** The match in a text, or null; undefined where the pattern isn't understood. */
  exec(text: string): RegExpExecArray | null | undefined {
    if (isPrintableAscii(text)) {
      this.#ascii ??= compile(this.source, classes.ascii)
      return this.#ascii === never ? undefined : this.#ascii.exec(text)
    }
    this.#unicode ??= compile(this.source, classes.unicode)
    return this.#unicode === never ? undefined : this.#unicode.exec(text)
  }
}

const never = /(?!)/

/** Patterns that mean the same in both languages for printable ASCII texts: most of what routes hold. */
const same =
  /^(?:[^\\[\](){}*+?|^$]|\\[dws.\-/]|\(\?P?<[A-Za-z_]\w*>|\(\?:|\((?!\?)|[)^$|]|[*+?]\??(?![*+?{])|\{\d+(?:,\d*)?\}\??(?![*+?{])|\[\^?(?:[^[\]\\&~-]|[&~-](?![&~-])|\\[dws.\-/])+\])*$/

function compile(source: string, set: ClassSet): RegExp {
  if (set === classes.ascii && same.test(source)) {
    try {
      return new RegExp(source.replaceAll('(?P<', '(?<'))
    } catch {}
  }
  const translated = toJavaScript(source, set)
  if (translated === undefined) return never
  try {
    return new RegExp(translated, 'v')
  } catch {
    return never
  }
}

/**
 * The bytes that every match of a pattern, anchored at its start, begins with. Errs on the short side:
 * a matcher is found by this prefix, and then asked in full.
 */
export function literalPrefix(pattern: string): string {
  if (hasTopLevelAlternative(pattern) || pattern.includes('(?i') || /\(\?[a-z]*i/.test(pattern)) return ''
  let prefix = ''
  for (let i = 0; i < pattern.length; i++) {
    let char = pattern.charAt(i)
    if (char === '\\') {
      char = pattern.charAt(++i)
      if (/[\dA-Za-z<>]/.test(char) || char === '') break
    } else if (/[\^$.*+?()[\]{}|]/.test(char)) break
    if (!isAscii(char) || /[*?{]/.test(pattern.charAt(i + 1))) break
    prefix += char
  }
  return prefix
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
