import type { NamedRef } from './answer.ts'
import type { ProxyRequest } from './request.ts'

/** The ways in which answers to requests differ, the worst first. */
export const changesByWeight = [
  'authentication lost',
  /** No route answers any more. */
  'no route',
  /** A plugin or the router now ends what the upstream answered. */
  'refused',
  'limit weaker',
  /** A route that no request can reach any more, because another always wins. */
  'unreachable',
  /** Another service, or another URI or Host. */
  'upstream changed',
  /** Another route to the same upstream. */
  'route changed',
  /** No route answered, or the gateway ended it; now the upstream answers. */
  'answered',
  'limit stricter',
  'authentication gained',
] as const

/** One of them. */
export type TrafficChange = (typeof changesByWeight)[number]

/** Requests that a change answers differently in the same way. */
export interface TrafficGroup {
  readonly change: TrafficChange
  /** Opens something, or breaks callers. */
  readonly worse: boolean
  /** Before and after, in words; for several requests, those of the first. */
  readonly before: string
  readonly after: string
  readonly requests: readonly ProxyRequest[]
  /** Routes that answered them before or answer them now. */
  readonly routes: readonly NamedRef[]
}
