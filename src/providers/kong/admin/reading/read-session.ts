import type { Kind } from '../../../../model/entity.ts'
import type { ReadEvent, RouterIdentity, SchemaReading, Scope, TargetIdentity } from '../../../session.ts'
import type { AdminApi } from '../connection/admin-api.ts'
import type { ReachedKong } from '../connection/reach-kong.ts'
import type { SchemaReader } from '../schemas/schema-reader.ts'
import { ListReader } from './list-reader.ts'

/** The reading half of a session with a Kong: the same with a database and without. */
export abstract class ReadSession implements AsyncDisposable {
  readonly identity: TargetIdentity
  protected readonly api: AdminApi
  protected readonly target: string
  protected readonly lists: ListReader
  readonly #schemas: SchemaReader
  readonly #router: ReachedKong['router']

  constructor({ api, connection, target, schemas, edition, identity, router }: ReachedKong) {
    this.api = api
    this.target = target
    this.lists = new ListReader(api, connection, edition)
    this.#schemas = schemas
    this.#router = router
    this.identity = identity
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.api.close()
  }

  router(signal: AbortSignal): Promise<RouterIdentity> {
    return this.#router(signal)
  }

  schemas(
    kinds: readonly Kind[],
    variants: ReadonlyMap<Kind, ReadonlySet<string>>,
    signal: AbortSignal,
  ): Promise<SchemaReading> {
    return this.#schemas.schemas(kinds, variants, signal)
  }

  read(scope: Scope, signal: AbortSignal): AsyncIterable<ReadEvent> {
    return this.lists.read(scope, signal)
  }
}
