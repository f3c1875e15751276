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
    const groups = ipv6Groups(bracketed?.[1] ?? text)
    return groups ? `[${groups.join(':')}]:${bracketed?.[2] ?? defaultPort}` : text
  }
  return text === '' || /:\d+$/.test(text) ? text : `${text}:${defaultPort}`
}

/** The eight groups of an IPv6 address (RFC 4291, section 2.2), four digits each; undefined where it is none. */
function ipv6Groups(address: string): readonly string[] | undefined {
  const [head = '', tail, ...more] = withoutIpv4(address).split('::')
  if (more.length > 0) return undefined
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...before, ...Array.from({ length: missing }, () => '0'), ...after]
  if (!groups.every(group => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return groups.map(group => group.toLowerCase().padStart(4, '0'))
}

/** `::ffff:10.0.0.1` as `::ffff:0a00:0001`. */
function withoutIpv4(address: string): string {
  return address.replace(/(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/, (whole, ...parts: string[]) => {
    const bytes = parts.slice(0, 4).map(Number)
    if (bytes.some(byte => byte > 255)) return whole
    const hex = bytes.map(byte => byte.toString(16).padStart(2, '0')).join('')
    return `${hex.slice(0, 4)}:${hex.slice(4)}`
  })
}
