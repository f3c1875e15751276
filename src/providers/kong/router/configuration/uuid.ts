import { hash } from 'node:crypto'
import { utf8Bytes } from '../regex/byte-string.ts'

/** The namespace in which the gateway names the parts of a route whose paths it had to split. */
const partsOfRoutes = Buffer.from('7f145bf90dce4f9198ebdebbce4b9f6b', 'hex').toString('latin1')

/** The id of a part of a route (a version 5 UUID, RFC 9562); parts count from 1. */
export function partId(routeId: string, part: number): string {
  const name = partsOfRoutes + utf8Bytes(`${routeId}#${part}`)
  const hex = hash('sha1', Buffer.from(name, 'latin1'), 'hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
