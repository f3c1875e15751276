import { parseIp, parseIpRange } from '../../../providers/kong/router/matching/ip.ts'

/** A host as Kong reads it: IPv4 without leading zeros, IPv6 in full, or a name as given. */
export interface Address {
  readonly type: 'ipv4' | 'ipv6' | 'name'
  readonly host: string
  readonly port: number | undefined
}

const badPort = 'invalid port number'

const portOf = (digits: string | undefined): number | undefined =>
  digits === undefined ? undefined : Number(digits)
const tooHigh = (port: number | undefined): boolean => port !== undefined && port > 65535

function ipv4(text: string): Address | string {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::(\d+))?$/.exec(text)
  const parts = found?.slice(1, 5).map(Number) ?? []
  if (found === null || parts.some(part => part > 255)) return `invalid ipv4 address: ${text}`
  const port = portOf(found[5])
  return tooHigh(port) ? badPort : { type: 'ipv4', host: parts.join('.'), port }
}

/**
 * As Kong's Lua reads it, which accepts `:1:2:3:4:5:6:7` and no IPv4 at the end.
 * https://github.com/Kong/kong/blob/3.9.1/kong/tools/ip.lua
 */
function ipv6(text: string): Address | string {
  const bracketed = /^\[([^\][]*)\](.*)$/.exec(text)
  let bare = text
  let port: number | undefined
  if (bracketed !== null) {
    bare = bracketed[1] ?? ''
    const rest = bracketed[2] ?? ''
    if (rest !== '') {
      const digits = /^:(\d*)$/.exec(rest)?.[1]
      if (digits === undefined || digits === '') return 'invalid ipv6 address'
      port = portOf(digits)
      if (tooHigh(port)) return badPort
    }
  }
  if (bare.startsWith(':')) bare = `0${bare}`
  if (bare.endsWith(':')) bare = `${bare}0`
  if (bare.includes('::')) {
    const colons = bare.split(':').length - 1
    bare = bare.replace('::', `:${'0:'.repeat(Math.max(0, 8 - colons))}`)
  }
  const groups = bare.split(':')
  if (groups.length !== 8 || !groups.every(group => /^[0-9a-f]{1,4}$/i.test(group))) {
    return `invalid ipv6 address: ${text}`
  }
  return { type: 'ipv6', host: groups.map(group => group.padStart(4, '0').toLowerCase()).join(':'), port }
}

function name(text: string): Address | string {
  const found = /:(\d+)$/.exec(text)
  const host = found === null ? text : text.slice(0, -found[0].length)
  const port = portOf(found?.[1])
  if (tooHigh(port)) return badPort
  const labels = host.split('.')
  const wrong = labels.some((label, i) => label.endsWith('-') || (label === '' && i !== labels.length - 1))
  if (!/^[A-Za-z0-9._-]+$/.test(host) || wrong) return `invalid hostname: ${text}`
  return { type: 'name', host, port }
}

/** Reads `host`, `host:port`, `1.2.3.4:80`, `[::1]:80`; text says what is wrong. */
export function readAddress(text: string): Address | string {
  if (text.split(':').length > 2) return ipv6(text)
  return /^[\d.]+$/.test(text.replace(':', '')) ? ipv4(text) : name(text)
}

/** `host:port` with IPv6 in brackets. */
export function showAddress(address: Address, defaultPort: number): string {
  const host = address.type === 'ipv6' ? `[${address.host}]` : address.host
  return `${host}:${address.port ?? defaultPort}`
}

/** True for an IPv4 or IPv6 address. */
export const isIp = (text: string): boolean => parseIp(text) !== undefined

/** True for an address or a range such as 10.0.0.0/8. */
export function isIpOrCidr(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  if (bits !== undefined && (more.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(bits))) return false
  return parseIpRange(bits === undefined ? address : `${address}/${bits}`) !== undefined
}
