import { type IpBytes, parseIp } from '../matching/ip.ts'
import { isRefusedPath, normalisePath } from '../matching/uri.ts'
import { decodeUtf8, wireBytes } from '../regex/byte-string.ts'

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

/** A request as the router sees it; made once, asked by every matcher. */
export class RequestView {
  readonly request: ProxyRequest
  readonly method: string
  readonly scheme: 'http' | 'https'
  /** The Host header's name and port, split as the router splits them: case kept, any number after a colon. */
  readonly hostName: string
  readonly hostPort: number | undefined
  readonly listenPort: number
  /** The path as sent and the query (without `?`; null: there is none). */
  readonly rawPath: string
  readonly query: string | null
  /** The normalised path, bytes. */
  readonly path: string
  readonly sni: string | undefined
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  #text: string | null | undefined
  #clientIp: IpBytes | null | undefined

  constructor(request: ProxyRequest) {
    this.request = request
    this.method = request.method
    this.scheme = request.scheme
    const host = wireBytes(request.host)
    const split = splitHostPort(host)
    this.hostName = split.host
    this.hostPort = split.port
    this.listenPort = request.port ?? (request.scheme === 'https' ? 443 : 80)
    const uri = wireBytes(request.path)
    const question = uri.indexOf('?', 1)
    this.rawPath = question < 0 ? uri : uri.slice(0, question)
    this.query = question < 0 ? null : uri.slice(question + 1)
    this.path = normalisePath(this.rawPath)
    this.sni =
      request.scheme === 'https'
        ? (request.sni ?? (request.sni === null ? undefined : this.hostName))
        : undefined
    this.headers = headersOf(request)
  }

  /** The normalised path as text; null where its bytes aren't UTF-8 (no path then matches). */
  get text(): string | null {
    if (this.#text === undefined) this.#text = decodeUtf8(this.path) ?? null
    return this.#text
  }

  get clientIp(): IpBytes | null {
    if (this.#clientIp === undefined) this.#clientIp = parseIp(this.request.clientIp ?? '') ?? null
    return this.#clientIp
  }

  header(name: string): string | undefined {
    return this.headers.get(name)?.[0]
  }

  /** The name that `x-forwarded-host` carries: lower case, without the port. */
  get forwardedHost(): string {
    const host = this.hostName.toLowerCase()
    const bare = host.startsWith('[') ? host.replace(/\]:\d*$/, ']') : host.replace(/:.*$/, '')
    return bare.endsWith('.') ? bare.slice(0, -1) : bare
  }

  /** Why the gateway's HTTP parser refuses the request (it answers 400), or undefined. */
  get refusal(): string | undefined {
    if (isRefusedPath(this.rawPath)) return 'the path is not one that HTTP allows'
    if (!/^[A-Z_-]+$/.test(this.method)) return 'the method is not one that HTTP allows'
    return this.hostName === '' ? 'the Host header is missing' : undefined
  }
}

/** Splits `host:port` at the first colon where a number follows, else leaves it whole. */
export function splitHostPort(host: string): { readonly host: string; readonly port: number | undefined } {
  const colon = host.indexOf(':')
  if (colon < 0) return { host, port: undefined }
  const port = host.slice(colon + 1)
  return /^\d+$/.test(port) ? { host: host.slice(0, colon), port: Number(port) } : { host, port: undefined }
}

const noHeaders: ReadonlyMap<string, readonly string[]> = new Map()

function headersOf(request: ProxyRequest): ReadonlyMap<string, readonly string[]> {
  if (!request.headers) return noHeaders
  const headers = new Map<string, readonly string[]>()
  for (const name in request.headers) {
    const value = request.headers[name]
    if (value === undefined) continue
    const lower = name.toLowerCase()
    if (lower === 'host') continue
    const values = typeof value === 'string' ? [wireBytes(value)] : value.map(wireBytes)
    const before = headers.get(lower)
    headers.set(lower, before ? [...before, ...values] : values)
  }
  return headers
}

/**
 * Reads a request as people write it: `GET https://api.example/disputes?x=1`, or a URL alone for a GET.
 * Undefined where it has no `http` or `https` URL. Characters that a URL can't hold are percent-encoded;
 * nothing else is changed.
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
