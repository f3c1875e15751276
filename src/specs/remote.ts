import { lookup as resolveHost } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { fail, type Result, succeed } from '../model/problem.ts'

/** How long a remote file may take. */
const TIMEOUT_MS = 10_000

/** Addresses of the machine itself and of its link, where clouds keep credentials (RFC 1122, 3927, 4291, 6890). */
const INTERNAL = new BlockList()
for (const [network, prefix, family] of [
  ['0.0.0.0', 8, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['100.100.100.200', 32, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fd00:ec2::254', 128, 'ipv6'],
] as const) {
  INTERNAL.addSubnet(network, prefix, family)
}

function isInternal(address: string): boolean {
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return INTERNAL.check(mapped, 'ipv4')
  return INTERNAL.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/**
 * Fetches a file from an allowed host, at most `limit` bytes. Redirects are not followed. A host's name may not mean an
 * address of the machine itself or of its link; such an address is reached only where it is allowed itself, with its
 * port.
 */
export async function fetchText(
  uri: string,
  allowedHosts: readonly string[],
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Result<Uint8Array>> {
  const url = URL.parse(uri)
  if (!url || !['http:', 'https:'].includes(url.protocol))
    return remoteProblem(`${uri} is no http or https URL`)
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const named = allowedHosts.includes(url.host)
  if (!named && !allowedHosts.includes(hostname)) {
    const hint = 'Copy the file into the repository, or allow the host.'
    return remoteProblem(`References to ${url.host} are not followed: the host is not allowed`, hint)
  }
  if (isIP(hostname) > 0 && isInternal(hostname) && !(named && url.port !== '')) {
    return remoteProblem(
      `References to ${url.host} are not followed: it is an address of this machine or its link`,
    )
  }
  return download(url, limit, signal)
}

const lookup: LookupFunction = (hostname, options, done) => {
  resolveHost(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, '', 0)
    const allowed = addresses.filter(({ address }) => !isInternal(address))
    const [first] = allowed
    if (first === undefined)
      return done(new Error('its name means an address of this machine or its link'), '', 0)
    if (options.all) return done(null, allowed)
    return done(null, first.address, first.family)
  })
}

function download(url: URL, limit: number, signal: AbortSignal | undefined): Promise<Result<Uint8Array>> {
  const { promise, resolve } = Promise.withResolvers<Result<Uint8Array>>()
  const end = (reason: string): void => resolve(remoteProblem(`${url.href} can't be fetched: ${reason}`))
  const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])]
  const send = url.protocol === 'https:' ? requestHttps : requestHttp
  const request = send(url, { lookup, signal: AbortSignal.any(signals) }, response => {
    const chunks: Uint8Array[] = []
    let bytes = 0
    if (response.statusCode !== 200) {
      end(`the answer was ${response.statusCode}`)
      response.destroy()
      return
    }
    response.on('data', (chunk: Uint8Array) => {
      bytes += chunk.byteLength
      chunks.push(chunk)
      if (bytes <= limit) return
      end('it is too large')
      response.destroy()
    })
    response.on('end', () => resolve(succeed(Buffer.concat(chunks))))
    response.on('error', error => end(error.message))
  })
  request.on('error', error => end(error.name === 'TimeoutError' ? 'it took too long' : error.message))
  request.end()
  return promise
}

function remoteProblem(message: string, hint?: string): Result<never> {
  return fail([{ code: 'remote', message, ...(hint ? { hint } : {}) }])
}
