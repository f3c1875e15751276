import { utf8Bytes } from './byte-string.ts'
import type { RouteConfig } from './config.ts'

/**
 * A matcher's place among the others: two 32-bit halves of the number by which the gateway orders them,
 * highest first.
 */
export interface Priority {
  readonly high: number
  readonly low: number
  /** The same number where the gateway has compiled the code that works it out; differs beyond 31 bits. */
  readonly compiled: { readonly high: number; readonly low: number }
}

/** A group of a route's paths that one matcher stands for: all regexes, or all prefixes of one length. */
export type PathGroup = readonly string[]

export function isRegexPath(path: string): boolean {
  return path.startsWith('~')
}

/** A route with paths of several kinds becomes several matchers, in the order in which the kinds first appear. */
export function pathGroups(paths: readonly string[]): readonly PathGroup[] {
  if (paths.length <= 1) return [paths]
  const groups = Map.groupBy(paths, path => (isRegexPath(path) ? 0 : utf8Bytes(path).length))
  return [...groups.values()]
}

const plainHostsBit = 1 << 28
const regexBit = 1 << 19
const signBit = 1 << 31

/**
 * The priority of one matcher, as Kong 3.9's `traditional_compatible` router works it out: the number of
 * kinds of criteria, whether all hosts are plain, the number of headers, whether the path is a regex, its
 * `regex_priority`, and the length of the prefix.
 *
 * Kong means to shift the counts into the top of a 64-bit number, but LuaJIT's bit library shifts plain
 * numbers within 32 bits: counts land in the low half, and only the two constant bits are really 64 bits
 * wide. What reaches bit 31 (four kinds of criteria or more, a negative `regex_priority`) is a negative
 * number, and LuaJIT on x86-64 makes 2^63 of that where it interprets, but extends the sign where it has
 * compiled. The recorded exchanges of a 3.9.1 show the interpreted order; `compiled` is the other one.
 */
export function priorityOf(route: RouteConfig, paths: PathGroup): Priority {
  const headers = Math.min(Object.keys(route.headers ?? {}).length, 255)
  const first = paths[0]
  const regex = first !== undefined && isRegexPath(first)
  const length = first === undefined || regex ? 0 : utf8Bytes(first).length & 0x7ffff
  const plainHosts = route.hosts ? !route.hosts.some(host => host.includes('*')) : false
  const counts = [
    criteriaOf(route) << 29,
    headers << 20,
    (regex ? (route.regex_priority ?? 0) : 0) << 19,
    length,
  ]
  const all = counts.reduce((sum, count) => sum | count, 0)
  const wide = (plainHosts ? plainHostsBit : 0) | (regex ? regexBit : 0)
  // Without a 64-bit part the negative sum is converted as a whole; with one, each negative count on its own.
  const low =
    all >= 0 ? all : wide === 0 ? 0 : counts.reduce((sum, count) => (count < 0 ? sum : sum | count), 0)
  return {
    high: (wide | (all < 0 ? signBit : 0)) >>> 0,
    low,
    compiled: { high: (all < 0 ? -1 : wide) >>> 0, low: all >>> 0 },
  }
}

/** Negative where `a` comes first. */
export function comparePriority(
  a: Pick<Priority, 'high' | 'low'>,
  b: Pick<Priority, 'high' | 'low'>,
): number {
  return b.high - a.high || b.low - a.low
}

/** Why one matcher comes before another, in words; undefined where their priorities are equal. */
export function whyBefore(a: Priority, b: Priority): string | undefined {
  const high = a.high ^ b.high
  if (high < 0) return 'it has four or more kinds of criteria, or a negative regex_priority'
  if (high !== 0) {
    return 1 << (31 - Math.clz32(high)) === plainHostsBit ? 'all its hosts are plain' : 'its path is a regex'
  }
  const low = a.low ^ b.low
  if (low === 0) return undefined
  const bit = 31 - Math.clz32(low)
  if (bit >= 29) return 'it has more kinds of criteria'
  if (bit >= 19) return 'it asks for more headers, or has the higher regex_priority'
  return 'its path prefix is longer'
}

function criteriaOf(route: RouteConfig): number {
  const lists = [route.sources, route.destinations, route.methods, route.hosts, route.snis, route.paths]
  const headers = route.headers && Object.keys(route.headers).length > 0 ? 1 : 0
  return lists.filter(list => list && list.length > 0).length + headers
}
