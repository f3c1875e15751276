import { type LookupAddress, type LookupOptions, lookup as resolveHost } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import got, { TimeoutError } from 'got'
import { fail, type Result, succeed } from '../../model/problem.ts'

/** How long a remote file may take. */
const TIMEOUT_MS = 10_000

/** How long all remote files of one document may take together. */
export const REMOTE_TOTAL_MS = 60_000

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
    return remoteProblem(`${shownUrl(uri)} isn’t an http or https URL`)
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const named = allowedHosts.includes(url.host)
  if (!named && !allowedHosts.includes(hostname)) {
    const hint = 'Copy the file to the repository, or allow the host.'
    return remoteProblem(`References to ${url.host} are not followed: the host is not allowed`, hint)
  }
  if (isIP(hostname) > 0 && isInternal(hostname) && !(named && url.port !== '')) {
    return remoteProblem(
      `References to ${url.host} are not followed: it is an address of this machine or its link`,
    )
  }
  return download(url, limit, signal)
}

/** Resolves a name as the system does, without the addresses that are not to be reached. */
function lookup(
  hostname: string,
  options: LookupOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: string | LookupAddress[], family?: number) => void,
): void {
  resolveHost(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, [])
    const allowed = addresses.filter(({ address }) => !isInternal(address))
    const [first] = allowed
    if (first === undefined)
      return done(new Error('its name resolves to an address of this machine or its link'), [])
    if (options.all) return done(null, allowed)
    return done(null, first.address, first.family)
  })
}

async function download(
  url: URL,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Result<Uint8Array>> {
  const failed = (reason: string): Result<never> =>
    remoteProblem(`${shownUrl(url.href)} can't be fetched: ${reason}`)
  const stream = got.stream(url, {
    dnsLookup: lookup,
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: { request: TIMEOUT_MS },
    // Compressed content could be larger than it looks.
    decompress: false,
    headers: { 'accept-encoding': 'identity', 'user-agent': 'gatewatch' },
    ...(signal ? { signal } : {}),
  })
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of stream) {
      const status = stream.response?.statusCode
      if (status !== 200) return failed(`the answer was ${status}`)
      const part: Uint8Array = chunk
      bytes += part.byteLength
      if (bytes > limit) return failed('it is too large')
      chunks.push(part)
    }
  } catch (error) {
    if (error instanceof TimeoutError) return failed('it took too long')
    return failed(error instanceof Error ? error.message : String(error))
  } finally {
    stream.destroy()
  }
  const status = stream.response?.statusCode
  return status === 200 ? succeed(Buffer.concat(chunks)) : failed(`the answer was ${status}`)
}

/** A URL without the user and password that it may hold. */
export function shownUrl(uri: string): string {
  return uri.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1')
}

function remoteProblem(message: string, hint?: string): Result<never> {
  return fail([{ code: 'remote', message, ...(hint ? { hint } : {}) }])
}
