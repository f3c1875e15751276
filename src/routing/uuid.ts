import { createHash } from 'node:crypto'

/** The namespace in which the gateway names the parts of a route whose paths it had to split. */
const partsOfRoutes = Buffer.from('7f145bf90dce4f9198ebdebbce4b9f6b', 'hex')

/** The id of a part of a route (a version 5 UUID, RFC 9562); parts count from 1. */
export function partId(routeId: string, part: number): string {
  const digest = createHash('sha1').update(partsOfRoutes).update(`${routeId}#${part}`).digest()
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6)
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = digest.toString('hex', 0, 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
