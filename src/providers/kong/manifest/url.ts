import type { Json } from '../../../model/json.ts'

/** The fields that a service's `url` stands for. */
export type UrlFields = Readonly<Record<string, Json>>

/** Their names. */
export const urlFields = ['protocol', 'host', 'port', 'path'] as const

/**
 * Takes a service's `url` apart as decK does: https listens on 443 and all else on 80, a query is dropped,
 * escapes in the path are undone but for spaces. Undefined where it is no URL.
 */
export function fieldsOfUrl(url: string): UrlFields | undefined {
  const match =
    /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:[^/?#@]*@)?(\[[^\]/?#]*\]|[^:/?#]*)(?::([0-9]*))?([^?#]*)/.exec(url)
  if (!match) return undefined
  const [whole, scheme = '', host = '', port, path = ''] = match
  const rest = url.slice(whole.length)
  if (rest !== '' && !/^[?#]/.test(rest)) return undefined
  if (path !== '' && !path.startsWith('/')) return undefined
  const protocol = scheme.toLowerCase()
  const decoded = decode(path)
  if (host === '' || decoded === undefined) return undefined
  return {
    protocol,
    host,
    port: port ? Number(port) : protocol === 'https' ? 443 : 80,
    ...(decoded === '' ? {} : { path: decoded }),
  }
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path).replaceAll(' ', '%20')
  } catch {
    return undefined
  }
}
