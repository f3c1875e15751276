import { compilePattern, type Instruction } from './pattern-compiler.ts'

export { PatternError } from './pattern-compiler.ts'

/**
 * Regular expressions for policies, matched in time that grows with the text and the pattern and never explodes: all
 * ways through the pattern are followed side by side (K. Thompson, Regular Expression Search Algorithm, 1968). So
 * nothing that needs to try again is in the language: no look-around, no back-references.
 */
export interface Pattern {
  readonly source: string
  /** Whether the pattern is found anywhere in the text. */
  test(text: string): boolean
}

/** Makes a pattern; throws `PatternError` where the text is none. */
export function patternOf(source: string): Pattern {
  const insensitive = source.startsWith('(?i)')
  const program = compilePattern(insensitive ? source.slice(4) : source, insensitive)
  const matcher = new Matcher(program)
  return { source, test: text => matcher.test(text) }
}

/** Follows all ways through a program at once; its lists are made once for all texts. */
class Matcher {
  readonly #program: readonly Instruction[]
  /** In which round an instruction was reached last. */
  readonly #reached: Int32Array
  /** Instructions that wait to be followed. */
  readonly #waiting: Int32Array
  /** The characters that may come next, now and after the next one. */
  #current: Int32Array
  #next: Int32Array
  #count = 0
  #round = 0

  constructor(program: readonly Instruction[]) {
    this.#program = program
    this.#reached = new Int32Array(program.length)
    // An instruction adds two at most, and is followed once in a round.
    this.#waiting = new Int32Array(2 * program.length + 2)
    this.#current = new Int32Array(program.length)
    this.#next = new Int32Array(program.length)
  }

  test(text: string): boolean {
    this.#reached.fill(0)
    this.#round = 1
    let position = 0
    let many = 0
    for (;;) {
      // The pattern may begin anywhere.
      if (this.#follow(0, position, text.length, this.#current, many)) return true
      many = this.#count
      if (position >= text.length) return false
      const code = text.codePointAt(position) ?? 0
      position += code > 0xffff ? 2 : 1
      this.#round += 1
      let found = 0
      for (let i = 0; i < many; i += 1) {
        const at = this.#current[i] ?? 0
        const instruction = this.#program[at]
        if (instruction?.op !== 'character' || !instruction.accepts(code)) continue
        if (this.#follow(at + 1, position, text.length, this.#next, found)) return true
        found = this.#count
      }
      const swapped = this.#current
      this.#current = this.#next
      this.#next = swapped
      many = found
    }
  }

  /** Adds to a list of so many all that can be reached without a character; true: the end of the pattern can. */
  #follow(from: number, position: number, length: number, list: Int32Array, many: number): boolean {
    const waiting = this.#waiting
    let left = 1
    waiting[0] = from
    let count = many
    while (left > 0) {
      left -= 1
      const at = waiting[left] ?? 0
      if (this.#reached[at] === this.#round) continue
      this.#reached[at] = this.#round
      const instruction = this.#program[at]
      switch (instruction?.op) {
        case 'character':
          list[count] = at
          count += 1
          break
        case 'branch':
          waiting[left] = instruction.to[1]
          waiting[left + 1] = instruction.to[0]
          left += 2
          break
        case 'go':
          waiting[left] = instruction.to
          left += 1
          break
        case 'start':
          if (position === 0) {
            waiting[left] = at + 1
            left += 1
          }
          break
        case 'end':
          if (position === length) {
            waiting[left] = at + 1
            left += 1
          }
          break
        case 'found':
          return true
      }
    }
    this.#count = count
    return false
  }
}
