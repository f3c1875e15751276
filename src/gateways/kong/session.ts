import type { Kind, RawEntity } from '../../model/entity.ts'
import type { Result } from '../../model/problem.ts'
import type {
  Outcome,
  ReadEvent,
  Refusal,
  SchemaReading,
  Scope,
  SecretResolver,
  Session,
  Step,
  TargetIdentity,
} from '../gateway.ts'
import { compile, type KongPayload } from './compile.ts'
import type { AdminApi } from './http.ts'
import { ListReader } from './list-reader.ts'
import type { ReachedKong } from './open.ts'
import type { SchemaReader } from './schema-reader.ts'
import { StepSender } from './step-sender.ts'

/** A session with a Kong that has a database. */
export class KongSession implements Session<KongPayload> {
  readonly capabilities = { write: 'entity', attribution: 'time', settles: 'now' } as const
  readonly compile = compile
  readonly identity: TargetIdentity
  readonly #api: AdminApi
  readonly #schemas: SchemaReader
  readonly #lists: ListReader
  readonly #sender: StepSender

  constructor({ api, target, schemas, edition, identity }: ReachedKong) {
    this.#api = api
    this.#schemas = schemas
    this.#lists = new ListReader(api, target, edition)
    this.#sender = new StepSender(api, target)
    this.identity = identity
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#api.close()
  }

  schemas(
    kinds: readonly Kind[],
    variants: ReadonlyMap<Kind, ReadonlySet<string>>,
    signal: AbortSignal,
  ): Promise<SchemaReading> {
    return this.#schemas.schemas(kinds, variants, signal)
  }

  read(scope: Scope, signal: AbortSignal): AsyncIterable<ReadEvent> {
    return this.#lists.read(scope, signal)
  }

  validate(
    steps: readonly Step<KongPayload>[],
    secrets: SecretResolver,
    signal: AbortSignal,
  ): Promise<readonly Refusal[]> {
    return this.#sender.validate(steps, secrets, signal)
  }

  current(step: Step<KongPayload>, signal: AbortSignal): Promise<Result<readonly RawEntity[]>> {
    return this.#sender.current(step, signal)
  }

  execute(step: Step<KongPayload>, secrets: SecretResolver, signal: AbortSignal): Promise<Outcome> {
    return this.#sender.execute(step, secrets, signal)
  }
}
