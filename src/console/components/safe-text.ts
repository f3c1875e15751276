/**
 * Characters that a terminal acts on instead of showing them, or that hide or reorder what stands around them:
 * controls, bidirectional overrides and marks, invisible spaces and joiners, fillers, tags, lone surrogates.
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
/** More marks on one letter than any script needs: they would run over the lines above and below. */
const tooManyMarks = /(\p{M}{4})\p{M}+/gu
/** A mark with nothing to stand on would join what is drawn before it. */
const leadingMark = /^\p{M}/u
const plain = /^[ -~]*$/

const shortNames: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * A text from outside (a gateway, Git, a person) as it may be drawn: what a terminal would obey, and what would
 * hide or reorder text, is written out (`\x1b[31m`, `\u202e`). The result is one line.
 */
export function safeText(text: string): string {
  if (plain.test(text)) return text
  const escaped = text.replace(unsafe, writeOut).replace(tooManyMarks, '$1…')
  return leadingMark.test(escaped) ? `\u25cc${escaped}` : escaped
}

function writeOut(character: string): string {
  const short = shortNames[character]
  if (short !== undefined) return short
  const hex = (character.codePointAt(0) ?? 0).toString(16)
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`
}
