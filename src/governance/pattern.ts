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
  return { source, test: text => run(program, text) }
}

function run(program: readonly Instruction[], text: string): boolean {
  let current = new Set<number>()
  let next = new Set<number>()
  let position = 0
  for (;;) {
    // The pattern may begin anywhere.
    if (follow(program, 0, position, text.length, current)) return true
    if (position >= text.length) return false
    const code = text.codePointAt(position) ?? 0
    position += code > 0xffff ? 2 : 1
    for (const at of current) {
      const instruction = program[at]
      if (instruction?.op !== 'character' || !instruction.accepts(code)) continue
      if (follow(program, at + 1, position, text.length, next)) return true
    }
    ;[current, next] = [next, current]
    next.clear()
  }
}

/** Adds all that can be reached from an instruction without a character; true: the end of the pattern can. */
function follow(
  program: readonly Instruction[],
  from: number,
  position: number,
  length: number,
  reached: Set<number>,
): boolean {
  const waiting = [from]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (reached.has(at)) continue
    reached.add(at)
    const instruction = program[at]
    switch (instruction?.op) {
      case 'branch':
        waiting.push(instruction.to[1], instruction.to[0])
        break
      case 'go':
        waiting.push(instruction.to)
        break
      case 'start':
        if (position === 0) waiting.push(at + 1)
        break
      case 'end':
        if (position === length) waiting.push(at + 1)
        break
      case 'found':
        return true
    }
  }
  return false
}
