import { type IpBytes, parseIp } from '../router/matching/ip.ts'

/** The port that Kong gives a target without one. */
const defaultPort = 8000

/**
 * A target as Kong stores it: with a port, and IPv6 in brackets and written out. What is no address stays as it is,
 * for the gateway to refuse. https://github.com/Kong/kong/blob/3.9.1/kong/tools/ip.lua
 */
export function targetAddress(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(text)
  const isBare = !bracketed && (text.match(/:/g)?.length ?? 0) > 1
  if (bracketed || isBare) {
    const bytes = parseIp(bracketed?.[1] ?? text)
    return bytes?.length === 16 ? `[${writtenOut(bytes)}]:${bracketed?.[2] ?? defaultPort}` : text
  }
  return text === '' || /:\d+$/.test(text) ? text : `${text}:${defaultPort}`
}

/** The eight groups of an IPv6 address, four digits each. */
function writtenOut(bytes: IpBytes): string {
  const digits = bytes.map(byte => byte.toString(16).padStart(2, '0')).join('')
  return digits.replaceAll(/(.{4})(?=.)/g, '$1:')
}

/** `10.0.0.1:8080` and `[::1]:8080` as host and port; null where there is no port. */
export function hostAndPort(target: string): { readonly host: string; readonly port: number | null } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(target) ?? []
  return { host: bracketed ?? plain ?? target, port: port === undefined ? null : Number(port) }
}
