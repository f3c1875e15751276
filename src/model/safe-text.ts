/**
 * Characters that a terminal acts on instead of showing them, or that hide or reorder what is around them: controls,
 * bidirectional overrides and marks, invisible spaces and joiners, fillers, tags, lone surrogates.
 */
const unsafe = new RegExp(
  [
    '(?![\\ufe00-\\ufe0f\\u200d])\\p{Default_Ignorable_Code_Point}',
    '[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\ufff9-\\ufffb]',
    // Joiners and variation selectors stay where they make an emoji.
    '(?<![\\p{Extended_Pictographic}0-9#*])[\\ufe00-\\ufe0f]',
    '(?<!\\p{Extended_Pictographic}[\\ufe0f\\u{1f3fb}-\\u{1f3ff}]?)\\u200d',
    '\\u200d(?!\\p{Extended_Pictographic})',
  ].join('|'),
  'gu',
)
/** More marks on one letter than any script needs: they would cover the lines above and below. */
const tooManyMarks = /(\p{M}{4})\p{M}+/gu
const heapOfMarks = /(\p{M}{4})(\p{M}+)/gu
/** A mark without a base would join what is drawn before it. */
const leadingMark = /^\p{M}/u
const plain = /^[ -~]*$/
const plainLines = /^[ -~\n]*$/
/** The styles that `styleText` of Node makes. */
const colour = /(\u001b\[\d{1,2}m)/

const shortNames: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * A text from outside (a gateway, Git, a person) in displayable form: what a terminal would obey, and what would hide
 * or reorder text, is escaped (`\x1b[31m`, `\u202e`). The result is one line; applying it again changes nothing.
 */
export function safeText(text: string): string {
  if (plain.test(text)) return text
  const escaped = text.replace(unsafe, writeOut).replace(tooManyMarks, '$1…')
  return leadingMark.test(escaped) ? `\u25cc${escaped}` : escaped
}

/** What may pass `safeLines` in addition to text. */
export interface LinesOptions {
  /** Colours, which are our own: text from outside was made safe before it was coloured. */
  readonly colours?: boolean
  /** Tabs, which are harmless in text that is laid out by lines alone. */
  readonly tabs?: boolean
}

/**
 * Whole lines as a stream for people may receive them: the last stop before a terminal, which lets through only text,
 * line breaks and our own colours. Text from outside needs `safeText` before it is put into a line, or it could begin a
 * line of its own.
 */
export function safeLines(text: string, { colours = false, tabs = false }: LinesOptions = {}): string {
  if (plainLines.test(text)) return text
  const kept = colours ? (tabs ? /(\u001b\[\d{1,2}m|\t)/ : colour) : tabs ? /(\t)/ : undefined
  return text
    .split('\n')
    .map(line => {
      if (!kept?.test(line)) return safeText(line)
      // Every second part is a separator.
      return line
        .split(kept)
        .map((part, i) => (i % 2 === 1 ? part : safeText(part)))
        .join('')
    })
    .join('\n')
}

/** JSON text with the same characters as `\uXXXX`: the same value, safe to show on a terminal. */
export function safeJson(json: string): string {
  return plainLines.test(json) ? json : writtenOut(json, unicodeEscapes)
}

/** A text of lines with what `safeText` escapes in another form; line breaks and tabs stay. */
function writtenOut(text: string, form: (character: string) => string): string {
  return text
    .replace(unsafe, found => (found === '\n' || found === '\t' ? found : form(found)))
    .replace(heapOfMarks, (_, few: string, more: string) => few + [...more].map(form).join(''))
}

/** Whether a text of any number of lines contains what `safeText` escapes. Line breaks and tabs are harmless here. */
export function hasUnsafe(text: string): boolean {
  if (plainLines.test(text)) return false
  for (const [found] of text.matchAll(unsafe)) if (found !== '\n' && found !== '\t') return true
  return /\p{M}{5}/u.test(text)
}

function writeOut(character: string): string {
  const short = shortNames[character]
  if (short !== undefined) return short
  const hex = (character.codePointAt(0) ?? 0).toString(16)
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`
}

function unicodeEscapes(character: string): string {
  let written = ''
  for (let i = 0; i < character.length; i += 1)
    written += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
  return written
}
