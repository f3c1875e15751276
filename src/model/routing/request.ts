/** A request to a gateway's proxy. Header values and paths are byte strings, as Node's http gives them. */
export interface ProxyRequest {
  readonly method: string
  readonly scheme: 'http' | 'https'
  /** The Host header as sent, with its port if it has one. */
  readonly host: string
  /** The port that the gateway was reached on; the scheme's standard port if left out. */
  readonly port?: number | undefined
  /** As sent: percent-encoded, with the query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined
  /** The name in the TLS handshake; for https the host's name if left out, null for none. */
  readonly sni?: string | null | undefined
  readonly clientIp?: string | undefined
  readonly clientPort?: number | undefined
  /** The address that the gateway was reached on. */
  readonly serverIp?: string | undefined
  /** Presents valid credentials of the consumer of this username or id, of whatever kind is asked for. */
  readonly consumer?: string | undefined
  /** 2 for HTTP/2; 1.1 if left out. */
  readonly httpVersion?: number | undefined
}

/** Splits `host:port` at the first colon where a number follows, else leaves it whole. */
export function splitHostPort(host: string): { readonly host: string; readonly port: number | undefined } {
  const colon = host.indexOf(':')
  if (colon < 0) return { host, port: undefined }
  const port = host.slice(colon + 1)
  return /^\d+$/.test(port) ? { host: host.slice(0, colon), port: Number(port) } : { host, port: undefined }
}

/**
 * Reads a request in the notation of people: `GET https://api.example/disputes?x=1`, or a URL alone for a GET.
 * Undefined if it has no `http` or `https` URL. Characters that aren't allowed in a URL are percent-encoded; nothing
 * else is changed.
 */
export function parseRequest(
  text: string,
  rest: Omit<ProxyRequest, 'method' | 'scheme' | 'host' | 'path'> = {},
): ProxyRequest | undefined {
  const parts = /^\s*(?:([A-Za-z]+)\s+)?(https?):\/\/([^/?#\s]+)(\S*?)\s*$/i.exec(text)
  if (!parts) return undefined
  const scheme = parts[2]?.toLowerCase() === 'https' ? 'https' : 'http'
  const host = (parts[3] ?? '').replace(/^[^@]*@/, '')
  const path = (parts[4] ?? '').split('#', 1)[0] ?? ''
  return {
    ...rest,
    method: (parts[1] ?? 'GET').toUpperCase(),
    scheme,
    host,
    port: rest.port ?? splitHostPort(host).port,
    path: path.startsWith('/') ? encodeBeyondAscii(path) : `/${encodeBeyondAscii(path)}`,
  }
}

function encodeBeyondAscii(path: string): string {
  return path.replace(/[^\x21-\x7e]+/g, part => encodeURIComponent(part))
}
