import { type ProxyRequest, parseRequest } from './request.ts'

/** A line that holds no request, and why. */
export interface UnreadLine {
  readonly line: number
  readonly reason: string
}

/** The requests of a file, and the lines that contain none. */
export interface RequestFile {
  readonly requests: readonly ProxyRequest[]
  readonly unread: readonly UnreadLine[]
}

/** Common and combined log form: https://httpd.apache.org/docs/current/logs.html#common */
const logLine = /^(\S+) \S+ \S+ \[[^\]]*\] "([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?" \d{3} \S+/

/**
 * Requests from a file: JSON Lines of `{"method", "url", "headers"}`, or an access log in common or combined form. A
 * log doesn't record the host: `host` is used for it.
 */
export function readRequests(text: string, host: string): RequestFile {
  const requests: ProxyRequest[] = []
  const unread: UnreadLine[] = []
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === '') return
    const read = line.trimStart().startsWith('{') ? readJson(line) : readLog(line, host)
    if (typeof read === 'string') unread.push({ line: i + 1, reason: read })
    else requests.push(read)
  })
  return { requests, unread }
}

function readJson(line: string): ProxyRequest | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'not JSON'
  }
  if (typeof value !== 'object' || value === null || !('url' in value) || typeof value.url !== 'string') {
    return 'no "url"'
  }
  const method = 'method' in value && typeof value.method === 'string' ? value.method : 'GET'
  const headers = 'headers' in value ? headersIn(value.headers) : {}
  if (headers === undefined) return '"headers" isn’t an object of texts'
  return parseRequest(`${method} ${value.url}`, { headers }) ?? '"url" isn’t an http or https URL'
}

function headersIn(value: unknown): Readonly<Record<string, string | readonly string[]>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const headers: Record<string, string | readonly string[]> = {}
  for (const [name, item] of Object.entries(value)) {
    if (typeof item === 'string') headers[name] = item
    else if (Array.isArray(item) && item.every(each => typeof each === 'string')) headers[name] = item
    else return undefined
  }
  return headers
}

function readLog(line: string, host: string): ProxyRequest | string {
  const [, clientIp, method, target] = logLine.exec(line) ?? []
  if (method === undefined || target === undefined) return 'neither JSON nor a line of an access log'
  const url = /^https?:\/\//i.test(target)
    ? target
    : `http://${host}${target.startsWith('/') ? '' : '/'}${target}`
  return parseRequest(`${method} ${url}`, clientIp === undefined ? {} : { clientIp }) ?? 'no request'
}
