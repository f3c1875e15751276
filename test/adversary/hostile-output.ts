/** What a terminal would obey, what would hide or turn text, and what would begin a line of its own. */
export const hostileOutput = {
  'the clipboard': '\u001b]52;c;Rk9SR0VE\u0007',
  'the title': '\u001b]0;FORGED\u001b\\',
  'a link': '\u001b]8;;https://forged.example\u0007here\u001b]8;;\u0007',
  'the screen': '\u001b[2J\u001b[H',
  'the line': '\u001b[2K\u001b[1A',
  'a report': '\u001b[6n\u001bP+q544e\u001b\\',
  'hidden text': '\u001b[8mFORGED\u001b[28m',
  'another colour': '\u001b[38;5;2mFORGED',
  'a control of 8 bits': '\u009b31mFORGED\u009d0;FORGED\u009c',
  'a line of its own': 'x\ngatewatch: FORGED: all is in sync',
  'the same by a return': 'x\r\ngatewatch: FORGED\r',
  'what was there before': 'abc\b\b\bFORGED\u007f',
  'the bell': '\u0007\u0000\u000e',
  'the direction': '\u202eDEGROF\u202c \u2066x\u2069 \u200f',
  'an invisible space': 'ad\u200bmin\ufeff\u00ad\u2060',
  'a separator of lines': 'x\u2028gatewatch: FORGED\u2029y\u0085z',
  tags: 'x\u{e0046}\u{e004f}\u{e007f}',
  'a heap of marks': `x${'\u0301'.repeat(40)}`,
} as const

/** All of them in one text. */
export const allHostile = Object.values(hostileOutput).join(' ')

/** Those that YAML and JSON can hold only escaped are: a text as it is written in either. */
export function escapedText(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u{10ffff}]/gu, found =>
    [...Array(found.length).keys()]
      .map(i => `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

const obeyed =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e0fff}]|\p{M}{6}/u

/** What of an output a terminal would obey, and lines that somebody else began; empty: nothing. */
export function obeyedIn(output: string): readonly string[] {
  const found: string[] = []
  for (const line of output.split('\n')) {
    const sign = obeyed.exec(line)?.[0]
    if (sign !== undefined)
      found.push(`U+${sign.codePointAt(0)?.toString(16)} in ${JSON.stringify(line.slice(0, 160))}`)
    if (/^\s*(?:gatewatch: )?FORGED/.test(line))
      found.push(`a forged line: ${JSON.stringify(line.slice(0, 160))}`)
  }
  return found
}
