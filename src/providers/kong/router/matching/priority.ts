import type { RouteConfig } from '../configuration/config.ts'
import { utf8Bytes } from '../regex/byte-string.ts'

/** A matcher's place among the others: the number by which the gateway orders them, the highest first. */
export interface Priority {
  /** The gateway's 64-bit number without the bits that are never set between its parts, so that it fits. */
  readonly value: number
  /** The same where the gateway has compiled the code that works it out; differs beyond 31 bits. */
  readonly compiled: number
}

/** A group of a route's paths that one matcher stands for: all regexes, or all prefixes of one length. */
export type PathGroup = readonly string[]

export function isRegexPath(path: string): boolean {
  return path.startsWith('~')
}

/** A route with paths of several kinds becomes several matchers, in the order in which the kinds first appear. */
export function pathGroups(paths: readonly string[]): readonly PathGroup[] {
  if (paths.length <= 1) return [paths]
  const groups = new Map<number, string[]>()
  for (const path of paths) {
    const kind = isRegexPath(path) ? 0 : utf8Bytes(path).length
    const group = groups.get(kind)
    if (group) group.push(path)
    else groups.set(kind, [path])
  }
  return [...groups.values()]
}

/** The gateway's bits 63, 60 and 51, moved together above the low half. */
const beyondRange = 2 ** 34
const plainHostsBit = 2 ** 33
const regexBit = 2 ** 32
const allOnes = 2 ** 35

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
  const first = paths[0]
  const regex = first !== undefined && isRegexPath(first)
  const length = first === undefined || regex ? 0 : utf8Bytes(first).length & 0x7ffff
  const criteria = criteriaOf(route) << 29
  const headers = (route.headers ? Math.min(Object.keys(route.headers).length, 255) : 0) << 20
  const regexPriority = (regex ? (route.regex_priority ?? 0) : 0) << 19
  const plainHosts = route.hosts ? !route.hosts.some(host => host.includes('*')) : false
  const wide = (plainHosts ? plainHostsBit : 0) + (regex ? regexBit : 0)
  const all = criteria | headers | regexPriority | length
  if (all >= 0) return { value: wide + all, compiled: wide + all }
  // Without a 64-bit part the negative sum is converted as a whole; with one, each negative count on its own.
  const left = wide === 0 ? 0 : Math.max(criteria, 0) | headers | Math.max(regexPriority, 0) | length
  return { value: beyondRange + wide + left, compiled: allOnes + (all >>> 0) }
}

/** Why the matcher of one priority comes before that of another, in words; undefined where they are equal. */
export function whyBefore(a: Priority, b: Priority): string | undefined {
  const differ = (bit: number) => Math.floor(a.value / bit) !== Math.floor(b.value / bit)
  if (a.value === b.value) return undefined
  if (differ(beyondRange)) return 'it has four or more kinds of criteria, or a negative regex_priority'
  if (differ(plainHostsBit)) return 'all its hosts are plain'
  if (differ(regexBit)) return 'its path is a regex'
  if (differ(2 ** 29)) return 'it has more kinds of criteria'
  return differ(2 ** 19)
    ? 'it asks for more headers, or has the higher regex_priority'
    : 'its path prefix is longer'
}

function criteriaOf(route: RouteConfig): number {
  let count = 0
  if (route.sources?.length) count++
  if (route.destinations?.length) count++
  if (route.methods?.length) count++
  if (route.hosts?.length) count++
  if (route.snis?.length) count++
  if (route.paths?.length) count++
  return route.headers && Object.keys(route.headers).length > 0 ? count + 1 : count
}
