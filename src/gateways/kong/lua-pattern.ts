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
 * The regular expression for a Lua pattern (https://www.lua.org/manual/5.1/manual.html#5.4.1); undefined where it
 * has something that there is no counterpart to, as `%b`.
 */
export function expressionOf(pattern: string): RegExp | undefined {
  let source = ''
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
  try {
    return new RegExp(source)
  } catch {
    return undefined
  }
}
