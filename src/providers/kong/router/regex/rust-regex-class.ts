import {
  classOf,
  codeOf,
  combined,
  inverse,
  NotTranslated,
  perlClasses,
  perlRanges,
  posixRanges,
  propertyOf,
  type Ranges,
  type RegexText,
} from './rust-regex-sets.ts'

/** A member of a class: as RE2 writes it there, and as ranges where these are known. */
interface Member {
  /** Undefined: RE2 has no way to write it inside of a class. */
  readonly text: string | undefined
  readonly ranges: Ranges | undefined
}

/** A member of a class that is one character: a range may begin or end with it. */
interface Single {
  readonly code: number
}

/**
 * Reads classes and escapes of a Rust pattern. A class of RE2 is a list of members: where Rust computes with classes, or
 * has one inside another, the ranges are worked out.
 */
export class ClassReader {
  readonly #source: string
  readonly #subject: RegexText
  /** Rust adds the other case of all members before it computes. */
  readonly #insensitive: boolean
  /** What is read next. */
  at: number
  #depth = 0

  constructor(source: string, at: number, subject: RegexText, insensitive: boolean) {
    this.#source = source
    this.#subject = subject
    this.#insensitive = insensitive
    this.at = at
  }

  /** A class; its opening bracket is taken. */
  read(): string {
    const { text, ranges } = this.#class()
    if (text !== undefined) return `[${text}]`
    if (ranges === undefined || (this.#insensitive && this.#subject === 'unicode')) throw new NotTranslated()
    return classOf(this.#subject === 'ascii' ? combined('&&', ranges, ascii) : ranges)
  }

  /** What follows a backslash, outside of a class. */
  readEscape(): string {
    const member = this.#escape()
    if ('code' in member) return codeOf(member.code)
    return `[${member.text ?? this.#negatedWord()}]`
  }

  /** The text is what stands between the brackets, a `^` included. */
  #class(): Member {
    this.#depth += 1
    if (this.#depth > deepest) throw new NotTranslated()
    const negated = this.#peek() === '^'
    if (negated) this.at += 1
    let operator = ''
    let before: Member | undefined
    let union: Member = { text: '', ranges: [] }
    const close = (): Member => (before ? computed(operator, before, union) : union)
    for (let first = true; ; first = false) {
      if (this.at >= this.#source.length) throw new NotTranslated()
      const two = this.#source.slice(this.at, this.at + 2)
      if (two === '&&' || two === '--' || two === '~~') {
        before = close()
        operator = two
        union = { text: '', ranges: [] }
        this.at += 2
        continue
      }
      const char = this.#take()
      if (char === ']' && !first) break
      union = joined(union, this.#inBothCases(this.#member(char)))
    }
    this.#depth -= 1
    const whole = close()
    if (!negated) return whole
    const text = whole.text === undefined || whole.text === '' ? undefined : `^${whole.text}`
    return { text, ranges: whole.ranges && inverse(whole.ranges) }
  }

  #inBothCases(member: Member): Member {
    if (!this.#insensitive || !member.ranges) return member
    return { ...member, ranges: [...member.ranges, ...otherCases(member.ranges)] }
  }

  #member(char: string): Member {
    if (char === '[') return this.#nested()
    const from = char === '\\' ? this.#escape() : { code: char.codePointAt(0) ?? 0 }
    if (!('code' in from)) return from
    const next = this.#source[this.at + 1]
    if (this.#peek() !== '-' || next === ']' || next === '-') return rangeOf(from.code, from.code)
    this.at += 1
    const end = this.#take()
    if (end === '[') throw new NotTranslated()
    const to = end === '\\' ? this.#escape() : { code: end.codePointAt(0) ?? 0 }
    if (!('code' in to) || to.code < from.code) throw new NotTranslated()
    return rangeOf(from.code, to.code)
  }

  #nested(): Member {
    const posix = /^:(\^?)([a-z]+):\]/.exec(this.#source.slice(this.at, this.at + 20))
    if (!posix) {
      const inner = this.#class()
      // RE2 has no negation inside of a class.
      return inner.text?.startsWith('^') ? { text: undefined, ranges: inner.ranges } : inner
    }
    const ranges = posixRanges.get(posix[2] ?? '')
    if (ranges === undefined) throw new NotTranslated()
    this.at += posix[0].length
    return { text: `[${posix[0].slice(0, -1)}]`, ranges: posix[1] ? inverse(ranges) : ranges }
  }

  #escape(): Member | Single {
    const char = this.#take()
    if (char === 'd' || char === 'w' || char === 's') return this.#perl(char)
    if (char === 'D' || char === 'S') return this.#negatedPerl(char === 'D' ? 'd' : 's')
    if (char === 'W') {
      if (this.#subject === 'ascii') return this.#negatedPerl('w')
      return { text: undefined, ranges: undefined }
    }
    if (char === 'p' || char === 'P') return this.#property(char)
    if (char === 'x' || char === 'u' || char === 'U') return { code: this.#codePoint(char) }
    const control = controls[char]
    if (control !== undefined) return { code: control }
    // Punctuation of ASCII alone may be escaped.
    if (!/[!-/:;=?@[-`{-~]/.test(char)) throw new NotTranslated()
    return { code: char.codePointAt(0) ?? 0 }
  }

  #perl(letter: 'd' | 'w' | 's'): Member {
    const text = perlClasses[this.#subject][letter]
    return { text, ranges: this.#subject === 'ascii' ? perlRanges[letter] : undefined }
  }

  #negatedPerl(letter: 'd' | 'w' | 's'): Member {
    if (this.#subject === 'unicode') {
      return { text: letter === 'd' ? '\\P{Nd}' : '\\P{White_Space}', ranges: undefined }
    }
    // ASCII alone: letters beyond it are some of these without regard to case.
    const ranges = combined('--', ascii, perlRanges[letter])
    return { text: classOf(ranges).slice(1, -1), ranges }
  }

  /** `\W` beyond ASCII: everything but several classes can't stand inside of a class. */
  #negatedWord(): string {
    return `^${perlClasses.unicode.w}`
  }

  #property(letter: string): Member {
    const property = /^(?:\{([A-Za-z_]+)\}|([A-Z]))/.exec(this.#source.slice(this.at, this.at + 60))
    if (!property) throw new NotTranslated()
    this.at += property[0].length
    const { text, ranges } = propertyOf(letter, property[1] ?? property[2] ?? '')
    return { text, ranges: this.#subject === 'ascii' ? ranges : undefined }
  }

  #codePoint(letter: 'x' | 'u' | 'U'): number {
    const digits = { x: 2, u: 4, U: 8 }[letter]
    const rest = this.#source.slice(this.at, this.at + 12)
    const [all, braced, bare] =
      new RegExp(`^(?:\\{([\\da-fA-F]{1,8})\\}|([\\da-fA-F]{${digits}}))`).exec(rest) ?? []
    const code = Number.parseInt(braced ?? bare ?? '', 16)
    if (all === undefined || !(code <= 0x10ffff)) throw new NotTranslated()
    this.at += all.length
    return code
  }

  #peek(): string {
    return this.#source.charAt(this.at)
  }

  #take(): string {
    const code = this.#source.codePointAt(this.at)
    if (code === undefined) throw new NotTranslated()
    const char = String.fromCodePoint(code)
    this.at += char.length
    return char
  }
}

/** How deep classes may stand in each other. */
const deepest = 50

const ascii: Ranges = [[0, 127]]

/** The ASCII letters in the other case of those in a set; the signs for Kelvin and a long s are letters' other cases too. */
function otherCases(ranges: Ranges): Ranges {
  const lower = combined('&&', ranges, [[97, 122]])
  const upper = combined('&&', ranges, [[65, 90]])
  const has = (code: number): boolean => ranges.some(([low, high]) => low <= code && code <= high)
  return [
    ...lower.map(([low, high]) => [low - 32, high - 32] as const),
    ...upper.map(([low, high]) => [low + 32, high + 32] as const),
    ...(has(0x212a)
      ? ([
          [75, 75],
          [107, 107],
        ] as const)
      : []),
    ...(has(0x17f)
      ? ([
          [83, 83],
          [115, 115],
        ] as const)
      : []),
  ]
}

const controls: Readonly<Record<string, number>> = { a: 7, t: 9, n: 10, v: 11, f: 12, r: 13 }

function rangeOf(from: number, to: number): Member {
  const text = from === to ? codeOf(from) : `${codeOf(from)}-${codeOf(to)}`
  return { text, ranges: [[from, to]] }
}

function joined(a: Member, b: Member): Member {
  return {
    text: a.text === undefined || b.text === undefined ? undefined : a.text + b.text,
    ranges: a.ranges && b.ranges && [...a.ranges, ...b.ranges],
  }
}

function computed(operator: string, a: Member, b: Member): Member {
  return { text: undefined, ranges: a.ranges && b.ranges && combined(operator, a.ranges, b.ranges) }
}
