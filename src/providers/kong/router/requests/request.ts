import { type ProxyRequest, splitHostPort } from '../../../../model/routing/request.ts'
import { type IpBytes, parseIp } from '../matching/ip.ts'
import { isRefusedPath, normalisePath } from '../matching/uri.ts'
import { decodeUtf8, wireBytes } from '../regex/byte-string.ts'

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
