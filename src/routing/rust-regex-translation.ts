/**
 * Regular expressions as the gateway's router reads them (the syntax of Rust's regex crate, as its
 * documentation describes it), turned into JavaScript's. What Rust refuses (look-around, back-references) or
 * what is not translated (the x and U flags, flags in the middle of alternatives) gives undefined.
 */

/** Character classes, for subjects that are ASCII (fast) and for all others (Rust's are Unicode-aware). */
export const classes = {
  /** For texts of printable ASCII characters only. */
  ascii: { d: '0-9', w: 'A-Za-z0-9_', s: '\\t\\n\\v\\f\\r\\x20' },
  unicode: {
    d: '\\p{Nd}',
    w: '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}',
    s: '\\p{White_Space}',
  },
} as const
export type ClassSet = (typeof classes)[keyof typeof classes]

/** Thrown inside the translation only. */
class NotTranslated extends Error {}

/** The JavaScript source (for the `v` flag) of a Rust pattern; undefined: not translated. */
export function toJavaScript(source: string, set: ClassSet): string | undefined {
  try {
    return new Translation(source, set).run()
  } catch (error) {
    if (error instanceof NotTranslated) return undefined
    throw error
  }
}

class Translation {
  readonly #source: string
  readonly #set: ClassSet
  #at = 0

  constructor(source: string, set: ClassSet) {
    this.#source = source
    this.#set = set
  }

  run(): string {
    const all = this.#group()
    if (this.#at < this.#source.length) throw new NotTranslated()
    return all
  }

  /** Everything up to the closing parenthesis of the group that is open, or the end. */
  #group(): string {
    let out = ''
    let closing = ''
    let alternatives = false
    let repeatable = false
    let repeated = false
    while (this.#at < this.#source.length && this.#peek() !== ')') {
      const flags = /^\(\?([imsu]*)(?:-([imsu]+))?\)/.exec(this.#source.slice(this.#at))
      if (flags) {
        if (alternatives || (out.replace(/^(\(\?[ims-]+:)*\^?/, '') !== '' && this.#alternativeFollows())) {
          throw new NotTranslated()
        }
        this.#at += flags[0].length
        const modifiers = modifiersOf(flags[1] ?? '', flags[2] ?? '')
        if (modifiers) {
          if (/^(\(\?[ims-]+:)*\^?$/.test(out)) out = `(?${modifiers}:${out}`
          else out += `(?${modifiers}:`
          closing += ')'
        }
        continue
      }
      const char = this.#take()
      if (char === '*' || char === '+' || char === '?' || char === '{') {
        if (repeated && char === '?') {
          out += '?'
          repeated = false
          repeatable = false
          continue
        }
        if (!repeatable || repeated) throw new NotTranslated()
        out += char === '{' ? this.#count() : char
        repeated = true
        continue
      }
      repeated = false
      repeatable = char !== '|' && char !== '^'
      if (char === '|') alternatives = true
      out += this.#item(char)
    }
    return out + closing
  }

  #item(char: string): string {
    if (char === '(') return this.#parenthesis()
    if (char === '[') return this.#class()
    if (char === '\\') return this.#escape(false)
    if (char === '.') return '[^\\n]'
    if (char === ']' || char === '}' || char === '/') return `\\${char}`
    return char
  }

  #parenthesis(): string {
    let open = '('
    if (this.#peek() === '?') {
      const start = /^\?(?:P?<([A-Za-z_][\w.[\]]*)>|([imsu]*)(?:-([imsu]+))?:)/.exec(
        this.#source.slice(this.#at),
      )
      if (!start) throw new NotTranslated()
      this.#at += start[0].length
      const modifiers = modifiersOf(start[2] ?? '', start[3] ?? '')
      open = start[1] === undefined ? `(?${modifiers}:` : `(?<${start[1]}>`
    }
    const inner = this.#group()
    if (this.#peek() !== ')') throw new NotTranslated()
    this.#at++
    return `${open}${inner})`
  }

  #count(): string {
    const count = /^(\d*)(,?)(\d*)\}/.exec(this.#source.slice(this.#at))
    if (!count || (count[1] === '' && count[3] === '')) throw new NotTranslated()
    this.#at += count[0].length
    return `{${count[1] === '' ? '0' : count[1]}${count[2]}${count[3]}}`
  }

  #alternativeFollows(): boolean {
    let depth = 0
    for (let i = this.#at + 1; i < this.#source.length; i++) {
      const char = this.#source[i]
      if (char === '\\') i++
      else if (char === '(') depth++
      else if (char === ')') depth--
      else if (char === '|' && depth <= 0) return true
    }
    return false
  }

  #escape(inClass: boolean): string {
    const char = this.#take()
    const set = this.#set
    if (char === 'd' || char === 'w' || char === 's') return inClass ? set[char] : `[${set[char]}]`
    if (char === 'D') return `[^${set.d}]`
    if (char === 'W') return `[^${set.w}]`
    if (char === 'S') return `[^${set.s}]`
    if (char === 'p' || char === 'P') return this.#property(char)
    if (char === 'x' || char === 'u' || char === 'U') return this.#codePoint(char)
    if ('tnrfv'.includes(char)) return `\\${char}`
    if (char === 'a') return '\\x07'
    if (!inClass) {
      const word = `[${set.w}]`
      if (char === 'A') return '^'
      if (char === 'z') return '$'
      if (char === 'b' && this.#peek() !== '{') return `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`
      if (char === 'B') return `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`
    }
    if (/[\dA-Za-z<>]/.test(char)) throw new NotTranslated()
    return literal(char)
  }

  #property(letter: string): string {
    const property = /^(?:\{\^?([A-Za-z_]+)\}|([A-Z]))/.exec(this.#source.slice(this.#at))
    if (!property || property[0].startsWith('{^')) throw new NotTranslated()
    this.#at += property[0].length
    const name = property[1] ?? property[2] ?? ''
    for (const candidate of [name, `Script=${name}`]) {
      try {
        new RegExp(`\\p{${candidate}}`, 'v')
        return `\\${letter}{${candidate}}`
      } catch {}
    }
    throw new NotTranslated()
  }

  #codePoint(letter: string): string {
    const digits = { x: 2, u: 4, U: 8 }[letter] ?? 0
    const code = new RegExp(`^(?:\\{([\\da-fA-F]+)\\}|([\\da-fA-F]{${digits}}))`).exec(
      this.#source.slice(this.#at),
    )
    if (!code) throw new NotTranslated()
    this.#at += code[0].length
    return `\\u{${code[1] ?? code[2]}}`
  }

  /** A class; its opening bracket is taken. Unions bind closer than `&&` and `--`. */
  #class(): string {
    const negated = this.#peek() === '^'
    if (negated) this.#at++
    let operator = ''
    const operands: string[] = []
    let union = ''
    for (let first = true; ; first = false) {
      if (this.#at >= this.#source.length) throw new NotTranslated()
      const two = this.#source.slice(this.#at, this.#at + 2)
      if (two === '~~') throw new NotTranslated()
      if (two === '&&' || two === '--') {
        if (operator !== '' && operator !== two) throw new NotTranslated()
        operator = two
        operands.push(union)
        union = ''
        this.#at += 2
        continue
      }
      const char = this.#take()
      if (char === ']' && !first) break
      if (char === '[') union += this.#nested()
      else union += this.#range(char === '\\' ? this.#escape(true) : literal(char))
    }
    const sign = negated ? '^' : ''
    if (operator === '') return `[${sign}${union}]`
    return `[${sign}${[...operands, union].map(operand => `[${operand}]`).join(operator)}]`
  }

  #range(from: string): string {
    if (this.#peek() !== '-' || this.#source[this.#at + 1] === ']' || this.#source[this.#at + 1] === '-')
      return from
    this.#at++
    const char = this.#take()
    if (char === '[') throw new NotTranslated()
    return `${from}-${char === '\\' ? this.#escape(true) : literal(char)}`
  }

  #nested(): string {
    const posix = /^:(\^?)([a-z]+):\]/.exec(this.#source.slice(this.#at))
    if (!posix) return this.#class()
    const set = posixClasses.get(posix[2] ?? '')
    if (set === undefined) throw new NotTranslated()
    this.#at += posix[0].length
    return `[${posix[1]}${set}]`
  }

  #peek(): string {
    return this.#source.charAt(this.#at)
  }

  #take(): string {
    const point = this.#source.codePointAt(this.#at)
    if (point === undefined) throw new NotTranslated()
    const char = String.fromCodePoint(point)
    this.#at += char.length
    return char
  }
}

const posixClasses: ReadonlyMap<string, string> = new Map(
  Object.entries({
    alnum: '0-9A-Za-z',
    alpha: 'A-Za-z',
    ascii: '\\x00-\\x7F',
    blank: '\\t\\x20',
    cntrl: '\\x00-\\x1F\\x7F',
    digit: '0-9',
    graph: '\\x21-\\x7E',
    lower: 'a-z',
    print: '\\x20-\\x7E',
    punct: '\\x21-\\x2F\\x3A-\\x40\\x5B-\\x60\\x7B-\\x7E',
    space: '\\t\\n\\v\\f\\r\\x20',
    upper: 'A-Z',
    word: '0-9A-Za-z_',
    xdigit: '0-9A-Fa-f',
  }),
)

/** A character that stands for itself, in a class or outside. */
function literal(char: string): string {
  return /[\^$\\.*+?()[\]{}|/\-&!#%,:;<=>@`~]/.test(char) ? `\\u{${char.charCodeAt(0).toString(16)}}` : char
}

function modifiersOf(on: string, off: string): string {
  if (off.includes('u')) throw new NotTranslated()
  const added = [...new Set(on.replaceAll('u', ''))].join('')
  return off === '' ? added : `${added}-${[...new Set(off)].join('')}`
}
