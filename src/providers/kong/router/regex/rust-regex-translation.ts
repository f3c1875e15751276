/**
 * Regular expressions as the gateway's router reads them (the syntax of Rust's regex crate, as its documentation
 * describes it), turned into RE2's. The two are of one family; they differ in classes, which are Unicode's in Rust and
 * can be computed with, in escapes, in counts beyond 1,000 and in a few flags. What Rust refuses (look-around,
 * back-references), and what is not translated (the R flag, word boundaries in texts beyond ASCII) gives undefined.
 */
import { ClassReader } from './rust-regex-class.ts'
import { NotTranslated, type RegexText } from './rust-regex-sets.ts'

/** The RE2 source of a Rust pattern, for texts of one kind; undefined: not translated. */
export function toRe2(source: string, subject: RegexText): string | undefined {
  try {
    return new Translation(source, subject).run()
  } catch (error) {
    if (error instanceof NotTranslated) return undefined
    throw error
  }
}

class Translation {
  readonly #source: string
  readonly #subject: RegexText
  #at = 0
  #depth = 0
  /** Whether white space and comments mean nothing. */
  #verbose = false
  #insensitive = false

  constructor(source: string, subject: RegexText) {
    this.#source = source
    this.#subject = subject
  }

  run(): string {
    const all = this.#group()
    if (this.#at < this.#source.length) throw new NotTranslated()
    return all
  }

  /** Everything up to the closing parenthesis of the group that is open, or the end. */
  #group(): string {
    const outside = [this.#verbose, this.#insensitive] as const
    this.#depth += 1
    if (this.#depth > deepest) throw new NotTranslated()
    let out = ''
    let last = ''
    let repeatable = false
    let repeated = false
    while (this.#at < this.#source.length && this.#source[this.#at] !== ')') {
      if (this.#verbose && this.#skipped()) continue
      const flags = /^\(\?([imsuUx]*)(?:-([imsuUx]+))?\)/.exec(this.#source.slice(this.#at, this.#at + 20))
      if (flags) {
        if (flags[0] === '(?)') throw new NotTranslated()
        this.#at += flags[0].length
        const set = this.#flags(flags[1] ?? '', flags[2] ?? '')
        if (set !== '') out += `(?${set})`
        repeatable = false
        repeated = false
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
        if (char === '{') out = out.slice(0, out.length - last.length) + this.#counted(last)
        else out += char
        repeated = true
        continue
      }
      repeated = false
      repeatable = char !== '|' && char !== '^'
      last = this.#item(char)
      out += last
    }
    ;[this.#verbose, this.#insensitive] = outside
    this.#depth -= 1
    return out
  }

  /** Goes over white space or a comment. */
  #skipped(): boolean {
    const nothing = /^(?:[\t\n\v\f\r \x85\u200e\u200f\u2028\u2029]+|#[^\n]*)/.exec(
      this.#source.slice(this.#at),
    )
    this.#at += nothing?.[0].length ?? 0
    return nothing !== null
  }

  #item(char: string): string {
    if (char === '(') return this.#parenthesis()
    if (char === '[') return this.#class()
    if (char === '\\') return this.#escape()
    if (char === '.' || char === '^' || char === '$' || char === '|') return char
    return literal(char)
  }

  #parenthesis(): string {
    const outside = [this.#verbose, this.#insensitive] as const
    let open = '('
    if (this.#source[this.#at] === '?') {
      const start = /^\?(?:P?<([A-Za-z_]\w*)>|([imsuUx]*)(?:-([imsuUx]+))?:)/.exec(
        this.#source.slice(this.#at),
      )
      if (!start) throw new NotTranslated()
      this.#at += start[0].length
      open = start[1] === undefined ? `(?${this.#flags(start[2] ?? '', start[3] ?? '')}:` : `(?P<${start[1]}>`
    }
    const inner = this.#group()
    ;[this.#verbose, this.#insensitive] = outside
    if (this.#source[this.#at] !== ')') throw new NotTranslated()
    this.#at += 1
    return `${open}${inner})`
  }

  /** What came last with a count, of which RE2 takes 1,000 at the most. */
  #counted(item: string): string {
    const count = /^(\d+)(,?)(\d*)\}/.exec(this.#source.slice(this.#at, this.#at + 40))
    if (!count) throw new NotTranslated()
    this.#at += count[0].length
    const least = Number(count[1])
    const most = count[3] === '' ? least : Number(count[3])
    if (most < least) throw new NotTranslated()
    if (most <= mostAtOnce) return `${item}{${count[1]}${count[2]}${count[3]}}`
    // A group of its own would be there twice; what is lazy would have to be so in each part.
    const isLazy = this.#source[this.#at] === '?'
    if (most > mostInAll || isLazy || /\((?!\?[^P])/.test(item)) throw new NotTranslated()
    const exactly = parts(least).map(part => `${item}{${part}}`)
    const further = count[2] === '' ? [] : parts(most - least).map(part => `${item}{0,${part}}`)
    const open = count[2] === ',' && count[3] === '' ? [`${item}*`] : further
    return `(?:${[...exactly, ...open].join('')})`
  }

  /** Rust's flags as RE2's: all is Unicode there, too. */
  #flags(on: string, off: string): string {
    if (off.includes('u')) throw new NotTranslated()
    if (on.includes('x')) this.#verbose = true
    if (off.includes('x')) this.#verbose = false
    if (on.includes('i')) this.#insensitive = true
    if (off.includes('i')) this.#insensitive = false
    const [added, taken] = [on, off].map(flags => [...new Set(flags.replace(/[ux]/g, ''))].join(''))
    return taken === '' ? (added ?? '') : `${added}-${taken}`
  }

  #class(): string {
    // White space in a class means nothing either.
    if (this.#verbose) throw new NotTranslated()
    const reader = this.#reader()
    const made = reader.read()
    this.#at = reader.at
    return made
  }

  #reader(): ClassReader {
    return new ClassReader(this.#source, this.#at, this.#subject, this.#insensitive)
  }

  #escape(): string {
    const char = this.#source[this.#at]
    if (char === 'A' || char === 'z') {
      this.#at += 1
      return `\\${char}`
    }
    if ((char === 'b' || char === 'B') && this.#source[this.#at + 1] !== '{') {
      // RE2 knows the boundaries of ASCII words alone.
      if (this.#subject !== 'ascii') throw new NotTranslated()
      this.#at += 1
      return `\\${char}`
    }
    const reader = this.#reader()
    const made = reader.readEscape()
    this.#at = reader.at
    return made
  }

  #take(): string {
    const char = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0)
    this.#at += char.length
    return char
  }
}

/** A character that stands for itself. */
function literal(char: string): string {
  return /[\^$\\.*+?()[\]{}|]/.test(char) ? `\\${char}` : char
}

/** How deep groups may stand in each other. */
const deepest = 250
const mostAtOnce = 1_000
const mostInAll = 5_000

/** A number as others of at most 1,000 that add up to it. */
function parts(number: number): readonly number[] {
  const whole = Array.from({ length: Math.floor(number / mostAtOnce) }, () => mostAtOnce)
  return number % mostAtOnce === 0 ? whole : [...whole, number % mostAtOnce]
}
