/** The parts of a URL as Kong's parser splits them; a part that is missing is undefined. */
export interface UrlParts {
  readonly scheme: string | undefined
  readonly host: string | undefined
  readonly port: string | undefined
  readonly path: string | undefined
  readonly fragment: string | undefined
}

/** Splits a URL without judging it; undefined for empty text. */
export function splitUrl(url: string): UrlParts | undefined {
  if (url === '') return undefined
  const found =
    /^(?:([A-Za-z0-9][A-Za-z0-9+.-]*):)?(?:\/\/([^/]*))?([^?#;]*)(?:;[^?#]*)?(?:\?[^#]*)?(?:#(.*))?$/s.exec(
      url,
    )
  if (found === null) return undefined
  const [, scheme, authority, path, fragment] = found
  const withPort = authority?.replace(/^[^@]*@/, '').replace(/[?#;].*$/s, '')
  const port = withPort === undefined ? undefined : /:([^:\]]*)$/.exec(withPort)?.[1]
  const named = port === undefined ? withPort : withPort?.slice(0, -port.length - 1)
  const bare = named === undefined ? undefined : (/^\[(.+)\]$/.exec(named)?.[1] ?? named)
  return {
    scheme,
    host: bare === '' ? undefined : bare,
    port: port === '' ? undefined : port,
    path: path === '' ? undefined : path,
    fragment,
  }
}

const reserved = new Set("!*'();:@&=+$,/?%#[]")

function decodeUnreserved(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (whole, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16))
    return reserved.has(char) ? whole.toUpperCase() : char
  })
}

/** A path with unreserved characters decoded, dot segments resolved and slashes merged; bytes as Latin-1. */
export function normalizedPath(path: string): string {
  const decoded = path.includes('%') ? decodeUnreserved(path) : path
  if (!decoded.includes('.') && !decoded.includes('//')) return decoded
  const kept: string[] = []
  const segments = decoded.split('/').slice(1)
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1
    if (segment === '..') kept.pop()
    if (segment === '.' || segment === '..') {
      if (last) kept.push('')
    } else if (segment !== '' || last) kept.push(segment)
  })
  return `/${kept.join('/')}`
}
