/** How the gateway reads and writes URIs. All texts here are byte strings. */

const reserved = new Set("!*'();:@&=+$,/?%#[]")

/**
 * The path that routes are matched against: without the query, percent-encodings of all but reserved
 * characters undone, `.` and `..` segments worked out, slashes merged.
 */
export function normalisePath(path: string): string {
  let rest = path
  if (rest.includes('%')) {
    rest = rest.replace(/%([\da-f]{2})/gi, (code, hex: string) => {
      const char = String.fromCharCode(Number.parseInt(hex, 16))
      return reserved.has(char) ? code.toUpperCase() : char
    })
  }
  if (rest.includes('/.') || rest.startsWith('.')) return removeDotSegments(rest.replace(/\/{2,}/g, '/'))
  return rest.includes('//') ? rest.replace(/\/{2,}/g, '/') : rest
}

/** RFC 3986 5.2.4. */
function removeDotSegments(path: string): string {
  const segments = path.split('/')
  const kept: string[] = []
  const last = segments.length - 1
  segments.forEach((segment, index) => {
    if (segment === '.' || segment === '..') {
      if (segment === '..' && kept.length > 1) kept.pop()
      if (index === last) kept.push('')
    } else kept.push(segment)
  })
  if (path.startsWith('/') && kept[0] !== '') kept.unshift('')
  const joined = kept.join('/')
  return joined === '' && path.startsWith('/') ? '/' : joined
}

/** Percent-encodes what may not stand in a request line. */
export function escapeUri(uri: string): string {
  return uri.replace(
    /[^!#$&'()*+,/:;=?@[\]A-Za-z\d\-_.~%]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

/** What the gateway asks the upstream for: the service's path joined with what is left of the request's. */
export function upstreamPath(path: string, prefix: string, servicePath: string, strip: boolean): string {
  if (!strip) {
    if (servicePath.endsWith('/')) return servicePath + path.slice(1)
    return path === '/' ? servicePath : servicePath + path
  }
  const rest = withoutDotStart(path.slice(prefix.length))
  if (servicePath.endsWith('/')) {
    if (rest === '') return servicePath === '/' || path.endsWith('/') ? servicePath : servicePath.slice(0, -1)
    return rest.startsWith('/') ? servicePath.slice(0, -1) + rest : servicePath + rest
  }
  if (rest === '') return path.length > 1 && path.endsWith('/') ? `${servicePath}/` : servicePath
  return rest.startsWith('/') ? servicePath + rest : `${servicePath}/${rest}`
}

/** A relative start that stripping a prefix left behind must not climb out of the service's path. */
function withoutDotStart(rest: string): string {
  if (rest === '.' || rest === '..') return ''
  if (rest.startsWith('./')) return rest.slice(2)
  if (rest.startsWith('../')) return rest.slice(3)
  return rest
}

/**
 * Whether the gateway's HTTP parser refuses a path before any routing (it answers 400): no leading slash,
 * broken or zero percent-encodings, control characters, or `..` above the root.
 */
export function isRefusedPath(path: string): boolean {
  if (!path.startsWith('/')) return true
  if (/[\0-\x20\x7f]/.test(path)) return true
  if (!path.includes('%') && !path.includes('/.')) return false
  if (/%(?![\da-f]{2})|%00/i.test(path)) return true
  const decoded = path.replace(/%([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  let depth = 0
  for (const segment of decoded.split('/')) {
    if (segment === '..') depth--
    else if (segment !== '' && segment !== '.') depth++
    if (depth < 0) return true
  }
  return false
}

/** A query as the gateway reads it: names and values decoded, `true` for a name without `=`, in order. */
export type QueryArguments = readonly (readonly [name: string, value: string | true])[]

export function parseQuery(query: string): QueryArguments {
  if (query === '') return []
  return query
    .split('&')
    .filter(part => part !== '')
    .map(part => {
      const at = part.indexOf('=')
      return at < 0
        ? [decodeArgument(part), true]
        : [decodeArgument(part.slice(0, at)), decodeArgument(part.slice(at + 1))]
    })
}

export function formatQuery(entries: QueryArguments): string {
  return entries
    .map(([name, value]) =>
      value === true ? encodeArgument(name) : `${encodeArgument(name)}=${encodeArgument(value)}`,
    )
    .join('&')
}

/** The query without all arguments of one name; the rest stays as it was written. */
export function withoutArgument(query: string, name: string): string {
  return query
    .split('&')
    .filter(part => decodeArgument(part.split('=', 1)[0] ?? '') !== name)
    .join('&')
}

function decodeArgument(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function encodeArgument(text: string): string {
  return text.replace(
    /[^A-Za-z\d\-._~]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
