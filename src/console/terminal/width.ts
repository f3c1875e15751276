import preciseWidth from '../../../node_modules/string-width/index.js'

/** The arguments of string-width; only the default behaviour is fast. */
interface WidthOptions {
  readonly ambiguousIsNarrow?: boolean
  readonly countAnsiEscapeCodes?: boolean
}

const escapeCharacter = 0x1b
const memory = new Map<string, number>()
const memoryLimit = 8192

/**
 * The width of a text in terminal cells; escape sequences have none. Returns the same as the string-width package,
 * which it replaces in the bundle: plain text, colour sequences and box drawing are counted in one pass, everything
 * else goes to the package, and results are cached.
 */
export default function stringWidth(text: string, options?: WidthOptions): number {
  if (options?.ambiguousIsNarrow === false || options?.countAnsiEscapeCodes)
    return preciseWidth(text, options)
  if (text.length < 16) return simpleWidth(text) ?? preciseWidth(text)
  const known = memory.get(text)
  if (known !== undefined) return known
  const width = simpleWidth(text) ?? preciseWidth(text)
  if (memory.size >= memoryLimit) memory.clear()
  memory.set(text, width)
  return width
}

/** The width of a text of simple characters and colour sequences; undefined for any other. */
function simpleWidth(text: string): number | undefined {
  let width = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (isSimple(code)) {
      width += 1
      continue
    }
    const end = code === escapeCharacter ? sgrEnd(text, at) : 0
    if (end === 0) return undefined
    at = end
  }
  return width
}

/** Characters of one cell that never join with a simple neighbour: ASCII, Latin, box drawing, a few signs. */
function isSimple(code: number): boolean {
  return (
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xc0 && code <= 0x24f) ||
    (code >= 0x2500 && code <= 0x259f) ||
    code === 0x2022 ||
    code === 0x2026 ||
    code === 0xb7
  )
}

/** The index of the `m` that ends a colour sequence at `start`; 0: it is something else. */
function sgrEnd(text: string, start: number): number {
  if (text.charCodeAt(start + 1) !== 0x5b) return 0
  for (let at = start + 2; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x6d) return at
    if (code !== 0x3b && (code < 0x30 || code > 0x39)) return 0
  }
  return 0
}
