/**
 * Byte strings: texts with one character per byte (0 to 255), as HTTP carries them and as Node's http module
 * gives header values. Kong compares and measures bytes, so the router does too.
 */

/** The UTF-8 bytes of a text from configuration. */
export function utf8Bytes(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

/** A text from a request: already bytes, unless it holds a character beyond 255; then its UTF-8 bytes. */
export function wireBytes(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 255) return Buffer.from(text, 'utf8').toString('latin1')
  }
  return text
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text that bytes stand for, or undefined where they aren't UTF-8. */
export function decodeUtf8(bytes: string): string | undefined {
  if (isAscii(bytes)) return bytes
  try {
    return decoder.decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return undefined
  }
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}

export function isPrintableAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code > 126) return false
  }
  return true
}

/** Lower case for ASCII letters only, as the gateway lowers configured header values. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, letters => letters.toLowerCase())
}
