import { LinearPattern } from '../../../patterns/linear-pattern.ts'

const classes: Readonly<Record<string, string>> = {
  a: 'A-Za-z',
  d: '0-9',
  l: 'a-z',
  u: 'A-Z',
  w: 'A-Za-z0-9',
  s: '\\s',
  p: '!-\\/:-@\\[-`{-~',
  c: '\\x00-\\x1f\\x7f',
  x: '0-9A-Fa-f',
}
const special = /[\\^$.*+?()[\]{}|/-]/

const escaped = (char: string) => (special.test(char) ? `\\${char}` : char)

/** `%x` outside a set. */
function single(char: string): string {
  const set = classes[char.toLowerCase()]
  if (set === undefined || !/[a-z]/i.test(char)) return escaped(char)
  return char === char.toLowerCase() ? `[${set}]` : `[^${set}]`
}

/** Reads a set `[...]` that starts at `start`; answers the source and the index after it. */
function readSet(pattern: string, start: number): [source: string, next: number] {
  let i = start + 1
  let source = '['
  if (pattern[i] === '^') {
    source += '^'
    i++
  }
  for (let first = true; i < pattern.length && (pattern[i] !== ']' || first); first = false) {
    const char = pattern[i] ?? ''
    if (char === '%') {
      const next = pattern[i + 1] ?? ''
      const set = classes[next]
      source += set ?? escaped(next)
      i += 2
    } else if (pattern[i + 1] === '-' && i + 2 < pattern.length && pattern[i + 2] !== ']') {
      source += `${escaped(char)}-${escaped(pattern[i + 2] ?? '')}`
      i += 3
    } else {
      source += escaped(char)
      i++
    }
  }
  return [`${source}]`, i + 1]
}

const known = new Map<string, LinearPattern>()

/** A pattern of the Lua language as a regular expression: classes, sets, `* + - ?` and anchors. */
export function luaPattern(pattern: string): LinearPattern {
  const ready = known.get(pattern)
  if (ready !== undefined) return ready
  let source = ''
  let i = 0
  if (pattern.startsWith('^')) {
    source = '^'
    i = 1
  }
  while (i < pattern.length) {
    const char = pattern[i] ?? ''
    if (char === '$' && i === pattern.length - 1) {
      source += '$'
      break
    }
    if (char === '%') {
      source += single(pattern[i + 1] ?? '')
      i += 2
    } else if (char === '[') {
      const [set, next] = readSet(pattern, i)
      source += set
      i = next
    } else {
      source += char === '.' ? '(?s:.)' : char === '(' || char === ')' ? char : escaped(char)
      i++
    }
    const repeat = pattern[i]
    if (repeat === '-') source += '*?'
    else if (repeat === '*' || repeat === '+' || repeat === '?') source += repeat
    else continue
    i++
  }
  const made = LinearPattern.of(source)
  known.set(pattern, made)
  return made
}
