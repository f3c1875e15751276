import { pause } from '../../../../model/pause.ts'
import type { Step, Waiting } from '../../../session.ts'
import type { KongPayload } from '../writing/step.ts'
import { plugins, stages } from './stages.ts'

/** What a pause needs: how long workers take to act by a write, in milliseconds, and who is told of the wait. */
export interface SettlingOptions {
  readonly target: string
  /** Asked once, and only where a route is opened after something that protects was written. */
  readonly settleMs: (signal: AbortSignal) => Promise<number>
  readonly waiting: ((waiting: Waiting) => () => void) | undefined
}

/**
 * A pause between what protects and what it protects. A worker of a Kong looks for changes every so often, and takes over
 * the routes first and then the plugins (`worker_state_update_frequency`,
 * https://developer.konghq.com/gateway/configuration/#worker_state_update_frequency): a route that was opened since its last
 * look, as its plugin was, would answer without it for the time between the two. A pause of that length makes them two looks.
 */
export class Settling {
  readonly #options: SettlingOptions
  #settleMs: Promise<number> | undefined
  /** When something that protects was last written, in milliseconds of `performance.now()`. */
  #written: number | undefined

  constructor(options: SettlingOptions) {
    this.#options = options
  }

  /** Notes that a step took effect. */
  note({ payload }: Step<KongPayload>): void {
    if (plugins.has(payload.kind) && payload.method !== 'DELETE') this.#written = performance.now()
  }

  /** Waits, before a step that lets requests in, until what was written before it holds everywhere; less where `stop` says so. */
  async before(step: Step<KongPayload>, stop: AbortSignal): Promise<void> {
    if (this.#written === undefined || !lets(step)) return
    this.#settleMs ??= this.#options.settleMs(stop)
    const left = this.#written + (await this.#settleMs) - performance.now()
    if (left <= 0) return
    const { target, waiting } = this.#options
    const reason = 'the gateway takes over what protects before routes are opened'
    const over = waiting?.({ target, reason, until: 'settled', milliseconds: Math.ceil(left) })
    await pause(left, stop)
    over?.()
  }
}

/** Whether a step may let requests in that were not before. */
function lets({ payload, order }: Step<KongPayload>): boolean {
  return (
    (payload.kind === 'route' || payload.kind === 'service') &&
    payload.method !== 'DELETE' &&
    order >= stages.openServices
  )
}
