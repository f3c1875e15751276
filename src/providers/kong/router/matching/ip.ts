import ipaddr from 'ipaddr.js'

/** IP addresses and ranges as numbers: 4 bytes for IPv4, 16 for IPv6. */
export type IpBytes = readonly number[]

/** A range of addresses: those that share the first `bits` bits. */
export interface IpRange {
  readonly bytes: IpBytes
  readonly bits: number
}

/** The bytes of `10.0.0.1`, `::1` or `[::1]`; undefined where it is no address. */
export function parseIp(text: string): IpBytes | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

/** Reads `10.0.0.1`, `10.0.0.0/8`, `::1` or `2001:db8::/32`; undefined where it is none of these. */
export function parseIpRange(text: string): IpRange | undefined {
  const slash = text.indexOf('/')
  const bytes = parseIp(slash < 0 ? text : text.slice(0, slash))
  if (!bytes) return undefined
  if (slash < 0) return { bytes, bits: bytes.length * 8 }
  const mask = text.slice(slash + 1)
  const bits = /^\d{1,3}$/.test(mask) ? Number(mask) : -1
  return bits >= 0 && bits <= bytes.length * 8 ? { bytes, bits } : undefined
}

export function inRange(ip: IpBytes, range: IpRange): boolean {
  if (ip.length !== range.bytes.length) return false
  let left = range.bits
  for (let i = 0; left > 0; i++, left -= 8) {
    const mask = left >= 8 ? 0xff : (0xff << (8 - left)) & 0xff
    if (((ip[i] ?? 0) & mask) !== ((range.bytes[i] ?? 0) & mask)) return false
  }
  return true
}

function parseIpv4(text: string): IpBytes | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(part => /^\d{1,3}$/.test(part) && Number(part) <= 255))
    return undefined
  return parts.map(Number)
}

function parseIpv6(text: string): IpBytes | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  const groups = withoutIpv4(bare)
  // The library reads more than a gateway does: zones, and IPv4 at the end in octal or as a mapped address.
  if (!/^[\da-f:]+$/i.test(groups) || !ipaddr.IPv6.isValid(groups)) return undefined
  return ipaddr.IPv6.parse(groups).toByteArray()
}

/** `64:ff9b::10.0.0.1` as `64:ff9b::a00:1` (RFC 4291, section 2.2). */
function withoutIpv4(address: string): string {
  const start = address.lastIndexOf(':') + 1
  const [a, b, c, d] = parseIpv4(address.slice(start)) ?? []
  if (a === undefined || b === undefined || c === undefined || d === undefined) return address
  return `${address.slice(0, start)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}
