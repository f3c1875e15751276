import type { GatewayState } from '../gateway/gateway-state.ts'
import { readAddress } from '../schema/rules/addresses.ts'

/** Where a connection goes. */
export interface Peer {
  readonly host: string
  readonly port: number
  /** The target that was picked, as configured; undefined for a service that names a host. */
  readonly target: string | undefined
}

/** Picks the targets of upstream entities in turn, in proportion to their weights. */
export class Balancer {
  readonly #turns = new Map<string, Map<string, number>>()

  /** The peer for a service's host and port; undefined if an upstream has no usable target. */
  pick(state: GatewayState, host: string, port: number): Peer | undefined {
    const upstream = state.database.table('upstreams').find('name', host)
    if (upstream === undefined) return { host, port, target: undefined }
    const rows = state.database.table('targets').pointingTo('upstream', upstream.id)
    const weighted = rows.flatMap(({ id, entity: { target, weight } }) =>
      typeof target === 'string' && typeof weight === 'number' && weight > 0 ? [{ id, target, weight }] : [],
    )
    const chosen = this.#next(upstream.id, weighted)
    const address = chosen === undefined ? undefined : readAddress(chosen.target)
    if (address === undefined || typeof address === 'string') return undefined
    return { host: address.host, port: address.port ?? 8000, target: chosen?.target }
  }

  /** Smooth weighted round robin: all gain their weight, the highest is taken and pays the sum. */
  #next<T extends { readonly id: string; readonly weight: number }>(
    upstream: string,
    targets: readonly T[],
  ): T | undefined {
    const scores = this.#turns.get(upstream) ?? new Map<string, number>()
    this.#turns.set(upstream, scores)
    let best: T | undefined
    let sum = 0
    for (const target of targets) {
      sum += target.weight
      const score = (scores.get(target.id) ?? 0) + target.weight
      scores.set(target.id, score)
      if (best === undefined || score > (scores.get(best.id) ?? 0)) best = target
    }
    if (best !== undefined) scores.set(best.id, (scores.get(best.id) ?? 0) - sum)
    return best
  }
}
