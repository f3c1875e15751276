import type { RawEntity } from '../../../model/entity.ts'
import type { Result } from '../../../model/problem.ts'
import type {
  Outcome,
  Refusal,
  SecretResolver,
  Session,
  Step,
  TellUnanswered,
  WriteSignals,
} from '../../session.ts'
import { compile } from './compile.ts'
import { type AdminApi, openBulkApi } from './http.ts'
import type { ReachedKong } from './open.ts'
import { ReadSession } from './read-session.ts'
import type { KongPayload } from './step.ts'
import { StepSender } from './step-sender.ts'

/** A session with a Kong that has a database. */
export class KongSession extends ReadSession implements Session<KongPayload> {
  readonly capabilities = { write: 'entity', attribution: 'time', settles: 'now' } as const
  readonly compile = compile
  readonly #bulk: AdminApi
  readonly #sender: StepSender

  constructor(reached: ReachedKong) {
    super(reached)
    this.#bulk = openBulkApi(reached.connection)
    this.#sender = new StepSender(this.#bulk, this.target)
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

  current(step: Step<KongPayload>, signal: AbortSignal): Promise<Result<readonly RawEntity[]>> {
    return this.#sender.current(step, signal)
  }

  execute(step: Step<KongPayload>, secrets: SecretResolver, signals: WriteSignals): Promise<Outcome> {
    return this.#sender.execute(step, secrets, signals)
  }
}
