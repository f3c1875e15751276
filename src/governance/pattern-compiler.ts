/** Why a text is no pattern, as a sentence without a full stop. */
export class PatternError extends Error {}

/** One way on: a character that must come next, a branch, an anchor, or the end. */
export type Instruction =
  | { readonly op: 'character'; readonly accepts: (code: number) => boolean }
  | { readonly op: 'branch'; readonly to: readonly [number, number] }
  | { readonly op: 'go'; to: number }
  | { readonly op: 'start' }
  | { readonly op: 'end' }
  | { readonly op: 'found' }

const maxLength = 5000
const maxInstructions = 5000
const maxRepeats = 1000
const maxDepth = 100

/** Compiles the text of a pattern; throws `PatternError` where it is none. */
export function compilePattern(source: string, insensitive: boolean): readonly Instruction[] {
  if (source.length > maxLength) throw new PatternError(`it is longer than ${maxLength} characters`)
  return new Compiler(source, insensitive).compile()
}

type Ranges = readonly (readonly [number, number])[]

const digits: Ranges = [[48, 57]]
const word: Ranges = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
]
const space: Ranges = [
  [9, 13],
  [32, 32],
  [160, 160],
]
const last = 0x10ffff

function inverse(ranges: Ranges): Ranges {
  const sorted = ranges.toSorted((a, b) => a[0] - b[0])
  const result: [number, number][] = []
  let from = 0
  for (const [low, high] of sorted) {
    if (low > from) result.push([from, low - 1])
    from = Math.max(from, high + 1)
  }
  if (from <= last) result.push([from, last])
  return result
}

const named: Readonly<Record<string, Ranges>> = {
  d: digits,
  D: inverse(digits),
  w: word,
  W: inverse(word),
  s: space,
  S: inverse(space),
}
const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11 }

class Compiler {
  readonly #characters: readonly string[]
  readonly #insensitive: boolean
  #at = 0
  #depth = 0

  constructor(source: string, insensitive: boolean) {
    this.#characters = [...source]
    this.#insensitive = insensitive
  }

  compile(): readonly Instruction[] {
    const program = this.#alternatives()
    if (this.#at < this.#characters.length) throw new PatternError('it closes a group that is not open')
    return [...program, { op: 'found' }]
  }

  #alternatives(): readonly Instruction[] {
    this.#depth += 1
    if (this.#depth > maxDepth) throw new PatternError('its groups are nested too deeply')
    let program = this.#sequence()
    while (this.#take('|')) program = sized(either(program, this.#sequence()))
    this.#depth -= 1
    return sized(program)
  }

  #sequence(): readonly Instruction[] {
    const parts: Instruction[] = []
    for (;;) {
      const character = this.#characters[this.#at]
      if (character === undefined || character === '|' || character === ')') return parts
      for (const instruction of moved(this.#repeated(), parts.length)) parts.push(instruction)
      sized(parts)
    }
  }

  #repeated(): readonly Instruction[] {
    const one = this.#one()
    const [least, most] = this.#times()
    if (least === 1 && most === 1) return one
    let program: readonly Instruction[] = []
    for (let i = 0; i < least; i += 1) program = sized(joined(program, one))
    if (most === Number.POSITIVE_INFINITY) return sized(joined(program, anyNumber(one)))
    let optional: readonly Instruction[] = []
    for (let i = least; i < most; i += 1) optional = sized(maybe(joined(one, optional)))
    return sized(joined(program, optional))
  }

  #times(): readonly [number, number] {
    const character = this.#characters[this.#at]
    if (character === '*' || character === '+' || character === '?') {
      this.#at += 1
      this.#lazy()
      return [character === '+' ? 1 : 0, character === '?' ? 1 : Number.POSITIVE_INFINITY]
    }
    const rest = this.#characters.slice(this.#at, this.#at + 12).join('')
    const [all, from, comma, to] = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(rest) ?? []
    if (all === undefined) return [1, 1]
    this.#at += all.length
    this.#lazy()
    const least = Number(from)
    const most = comma === undefined ? least : to ? Number(to) : Number.POSITIVE_INFINITY
    if (least > maxRepeats || (Number.isFinite(most) && most > maxRepeats)) {
      throw new PatternError(`it repeats more than ${maxRepeats} times`)
    }
    if (most < least) throw new PatternError(`${all} is the wrong way round`)
    return [least, most]
  }

  /** Whether as much or as little as possible is taken makes no difference to whether a pattern is found. */
  #lazy(): void {
    this.#take('?')
    const character = this.#characters[this.#at]
    if (character === '*' || character === '+' || character === '?') {
      throw new PatternError(`"${character}" repeats what is repeated already`)
    }
  }

  #one(): readonly Instruction[] {
    const character = this.#characters[this.#at] ?? ''
    this.#at += 1
    switch (character) {
      case '^':
        return [{ op: 'start' }]
      case '$':
        return [{ op: 'end' }]
      case '.':
        return this.#accept(inverse([[10, 10]]))
      case '(':
        return this.#group()
      case '[':
        return this.#accept(this.#class())
      case '\\':
        return this.#accept(this.#escape())
      case '*':
      case '+':
      case '?':
        throw new PatternError(`"${character}" has nothing to repeat`)
      default:
        return this.#accept(only(character))
    }
  }

  #group(): readonly Instruction[] {
    if (this.#take('?') && !this.#take(':')) {
      throw new PatternError(
        'of the groups that begin with "(?" only "(?:" is known, and "(?i)" at the start',
      )
    }
    const program = this.#alternatives()
    if (!this.#take(')')) throw new PatternError('a group is not closed')
    return program
  }

  #class(): Ranges {
    const negated = this.#take('^')
    const ranges: (readonly [number, number])[] = []
    for (let first = true; ; first = false) {
      const character = this.#characters[this.#at]
      if (character === undefined) throw new PatternError('a class is not closed')
      this.#at += 1
      if (character === ']' && !first) break
      const from = character === '\\' ? this.#escape() : only(character)
      const [low] = from
      const dash =
        this.#characters[this.#at] === '-' && ![undefined, ']'].includes(this.#characters[this.#at + 1])
      if (!dash || from.length !== 1 || low === undefined || low[0] !== low[1]) {
        ranges.push(...from)
        continue
      }
      this.#at += 1
      const end = this.#characters[this.#at] ?? ''
      this.#at += 1
      const [high] = end === '\\' ? this.#escape() : only(end)
      if (high === undefined || high[1] < low[0]) throw new PatternError('a range is the wrong way round')
      ranges.push([low[0], high[1]])
    }
    const whole = this.#insensitive ? ranges.flatMap(bothCases) : ranges
    return negated ? inverse(whole) : whole
  }

  #escape(): Ranges {
    const character = this.#characters[this.#at]
    if (character === undefined) throw new PatternError('it ends with a backslash')
    this.#at += 1
    const ranges = named[character]
    if (ranges) return ranges
    const control = controls[character]
    if (control !== undefined) return [[control, control]]
    if (/[0-9A-Za-z]/.test(character)) throw new PatternError(`"\\${character}" is not known`)
    return only(character)
  }

  #accept(ranges: Ranges): readonly Instruction[] {
    const all = this.#insensitive ? ranges.flatMap(bothCases) : ranges
    const [single] = all
    if (all.length === 1 && single) {
      const [low, high] = single
      return [{ op: 'character', accepts: code => code >= low && code <= high }]
    }
    return [{ op: 'character', accepts: code => all.some(([low, high]) => code >= low && code <= high) }]
  }

  #take(character: string): boolean {
    if (this.#characters[this.#at] !== character) return false
    this.#at += 1
    return true
  }
}

function only(character: string): Ranges {
  const code = character.codePointAt(0) ?? 0
  return [[code, code]]
}

/** A range with its ASCII letters in the other case too. */
function bothCases([low, high]: readonly [number, number]): Ranges {
  const shifted = (from: number, to: number, by: number): Ranges => {
    const [start, end] = [Math.max(low, from), Math.min(high, to)]
    return start <= end ? [[start + by, end + by]] : []
  }
  return [[low, high], ...shifted(65, 90, 32), ...shifted(97, 122, -32)]
}

/** A part of a program put `by` places further on. */
function moved(program: readonly Instruction[], by: number): readonly Instruction[] {
  if (by === 0) return program
  return program.map(each => {
    if (each.op === 'go') return { op: 'go', to: each.to + by }
    return each.op === 'branch' ? { op: 'branch', to: [each.to[0] + by, each.to[1] + by] } : each
  })
}

function joined(first: readonly Instruction[], second: readonly Instruction[]): readonly Instruction[] {
  return [...first, ...moved(second, first.length)]
}

function either(first: readonly Instruction[], second: readonly Instruction[]): readonly Instruction[] {
  const end = first.length + second.length + 2
  return [
    { op: 'branch', to: [1, first.length + 2] },
    ...moved(first, 1),
    { op: 'go', to: end },
    ...moved(second, first.length + 2),
  ]
}

function maybe(program: readonly Instruction[]): readonly Instruction[] {
  return [{ op: 'branch', to: [1, program.length + 1] }, ...moved(program, 1)]
}

function anyNumber(program: readonly Instruction[]): readonly Instruction[] {
  return [{ op: 'branch', to: [1, program.length + 2] }, ...moved(program, 1), { op: 'go', to: 0 }]
}

function sized(program: readonly Instruction[]): readonly Instruction[] {
  if (program.length <= maxInstructions) return program
  throw new PatternError('it is too large')
}
