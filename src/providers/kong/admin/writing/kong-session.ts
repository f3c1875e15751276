import type { RawEntity } from '../../../../model/entity.ts'
import type { Result } from '../../../../model/problem.ts'
import type {
  Outcome,
  Refusal,
  SecretResolver,
  Session,
  Step,
  TellUnanswered,
  WriteSignals,
} from '../../../session.ts'
import { type AdminApi, openBulkApi } from '../connection/admin-api.ts'
import type { ReachedKong } from '../connection/reach-kong.ts'
import { Settling } from '../opening/settling.ts'
import { ReadSession } from '../reading/read-session.ts'
import { compile } from './compile-steps.ts'
import type { KongPayload } from './step.ts'
import { StepSender } from './step-sender.ts'

/** A session with a Kong that has a database. */
export class KongSession extends ReadSession implements Session<KongPayload> {
  readonly capabilities = { write: 'entity', attribution: 'time', settles: 'now' } as const
  readonly compile = compile
  readonly #bulk: AdminApi
  readonly #sender: StepSender
  readonly #settling: Settling

  constructor(reached: ReachedKong) {
    super(reached)
    this.#bulk = openBulkApi(reached.connection)
    this.#sender = new StepSender(this.#bulk, this.target)
    const { target, connection, settleMs } = reached
    this.#settling = new Settling({ target, settleMs, waiting: connection.waiting })
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.#bulk.close()
    await super[Symbol.asyncDispose]()
  }

  validate(
    steps: readonly Step<KongPayload>[],
    secrets: SecretResolver,
    signal: AbortSignal,
    unanswered?: TellUnanswered,
  ): Promise<Result<readonly Refusal[]>> {
    return this.#sender.validate(steps, secrets, signal, unanswered)
  }

  async current(step: Step<KongPayload>, signal: AbortSignal): Promise<Result<readonly RawEntity[]>> {
    // Before it, too, so that what is seen here is what is there when the step is sent.
    await this.#settling.before(step, signal)
    return this.#sender.current(step, signal)
  }

  async execute(step: Step<KongPayload>, secrets: SecretResolver, signals: WriteSignals): Promise<Outcome> {
    await this.#settling.before(step, signals.begin)
    const outcome = await this.#sender.execute(step, secrets, signals)
    if (outcome.type === 'applied' || outcome.type === 'unknown') this.#settling.note(step)
    return outcome
  }
}
