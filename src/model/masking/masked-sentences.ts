/** A sentence without the values that must not be shown. */
export type Masker = (sentence: string) => string

const hidden = '••••'

/**
 * Removes values from sentences that were derived from them. A value is replaced where it occurs literally, such as
 * `api.pay.example` in `https://api.pay.example:443`, but not inside other words; for a pattern, the parts of it that
 * requests contain are replaced too.
 */
export function maskerOfTexts(texts: ReadonlySet<string>): Masker {
  const sought = [
    ...new Set([...texts].flatMap(text => [text, encodeURIComponent(text.toWellFormed()), ...partsOf(text)])),
  ]
    .filter(text => /\w/.test(text))
    .toSorted((a, b) => b.length - a.length)
  if (sought.length === 0) return sentence => sentence
  return sentence => sought.reduce((masked, text) => without(masked, text), sentence)
}

/**
 * The hidden parts of a text that is partly shown: each part that `shown` has masked. For a text that is masked as a
 * whole, that is the text.
 */
export function hiddenParts(text: string, shown: string | undefined): readonly string[] {
  if (shown === undefined) return [text]
  const parts: string[] = []
  let at = 0
  const segments = shown.split(hidden)
  for (const [i, segment] of segments.entries()) {
    const next = i === segments.length - 1 ? text.length - segment.length : text.indexOf(segment, at)
    if (next < at) return [text]
    if (i > 0) parts.push(text.slice(at, next))
    at = next + segment.length
  }
  return parts.filter(part => part !== '')
}

/** The parts of a regular expression or a wildcard that occur in everything that it matches. */
function partsOf(text: string): readonly string[] {
  return /[*?+()[\]{}|^$\\]/.test(text)
    ? text.split(/[^\w./%-]+|\\[A-Za-z]/).filter(part => part.length >= 4)
    : []
}

function without(sentence: string, text: string): string {
  let found = sentence.indexOf(text)
  if (found < 0) return sentence
  let masked = ''
  let from = 0
  for (; found >= 0; found = sentence.indexOf(text, found + 1)) {
    if (found < from || !standsAlone(sentence, found, text)) continue
    masked += sentence.slice(from, found) + hidden
    from = found + text.length
  }
  return masked + sentence.slice(from)
}

/** Whether a text isn't part of a longer word. */
function standsAlone(sentence: string, at: number, text: string): boolean {
  const before = sentence[at - 1] ?? ''
  const after = sentence.slice(at + text.length, at + text.length + 2)
  return (
    !(/^[\w]/.test(text) && /[\w.-]/.test(before)) && !(/[\w]$/.test(text) && /^(?:[\w-]|\.\w)/.test(after))
  )
}
