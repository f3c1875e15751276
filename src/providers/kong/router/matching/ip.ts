/** IP addresses and ranges as numbers: 4 bytes for IPv4, 16 for IPv6. */
export type IpBytes = readonly number[]

/** A range of addresses: those that share the first `bits` bits. */
export interface IpRange {
  readonly bytes: IpBytes
  readonly bits: number
}

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
  const halves = bare.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map(groupsOf)
  if (!head || (halves.length === 2 && !tail)) return undefined
  const missing = 16 - head.length - (tail?.length ?? 0)
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined
  return [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])]
}

function groupsOf(text: string): number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    if (group.includes('.') && index === groups.length - 1) {
      const ipv4 = parseIpv4(group)
      if (!ipv4) return undefined
      bytes.push(...ipv4)
    } else if (/^[\da-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 0xff)
    } else return undefined
  }
  return bytes
}
