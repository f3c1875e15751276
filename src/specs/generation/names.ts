import { createHash } from 'node:crypto'
import unidecode from 'unidecode'

/** The namespace of domain names (RFC 4122, appendix C): openapi2kong makes all its ids in it. */
const DNS_NAMESPACE = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex')

/** A version 5 UUID (RFC 4122, section 4.3) of a name. The same name gives the same id, always. */
export function uuidOf(name: string): string {
  const bytes = createHash('sha1').update(DNS_NAMESPACE).update(name, 'utf8').digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** How names are written: as decK does, or as Inso did before it. */
export interface NameStyle {
  readonly inso: boolean
}

/** What parts of a name are joined with. */
export function separatorOf(style: NameStyle): string {
  return style.inso ? '-' : '_'
}

/** A text as (a part of) an entity's name: ASCII letters, digits and one separator. */
export function slug(text: string, style: NameStyle): string {
  return style.inso ? words(text, '_', /[^_a-zA-Z0-9-]/g) : words(text, '-', /[^-a-zA-Z0-9]/g).toLowerCase()
}

/** A parameter's name as the name of a capture group: letters, digits and `_`. Not yet sure to be valid or unique. */
export function captureSlug(name: string, style: NameStyle): string {
  const text = words(name, '_', /[^_a-zA-Z0-9]/g)
  return style.inso ? text : text.toLowerCase()
}

function words(text: string, separator: string, invalid: RegExp): string {
  const ascii = [...text].map(asciiOf).join('')
  const joined = ascii
    .trim()
    .split(/[ \t\n\v\f\r]+/)
    .join(separator)
    .replace(invalid, separator)
  return joined
    .replace(new RegExp(`${separator}{2,}`, 'g'), separator)
    .replace(new RegExp(`^${separator}|${separator}$`, 'g'), '')
}

/** One character in ASCII letters that sound or look like it; nothing where there are none. */
function asciiOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x80) return character
  if (code > 0xffff) return ''
  return unidecode(character).replace('[?]', '')
}
