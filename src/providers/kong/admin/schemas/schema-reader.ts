import type { Kind } from '../../../../model/entity.ts'
import type { Problem } from '../../../../model/problem.ts'
import { partProblem } from '../../../../model/problems/shared-faults.ts'
import type { KindSchema, RecordSchema } from '../../../../model/schema/schema.ts'
import type { SchemaReading } from '../../../session.ts'
import { kinds } from '../../kinds/index.ts'
import { type AdminApi, isProblem } from '../connection/admin-api.ts'
import { forbidden } from '../connection/answer-messages.ts'
import { parseSchema } from './kong-schema.ts'

/** What a schema's content hangs on, by its name; undefined where that is not known. */
export type SchemaKeys = (name: string) => string | undefined

/**
 * Schemas by what decides them: the gateway's version, its router, and the version of a plugin. Gateways of a fleet
 * are mostly alike, and a schema is worth asking for once.
 */
const knownSchemas = new Map<string, Promise<RecordSchema | Problem>>()

/** Reads the schemas of a gateway, each once. */
export class SchemaReader {
  readonly #api: AdminApi
  readonly #target: string
  readonly #keys: SchemaKeys
  readonly #schemas = new Map<string, Promise<RecordSchema | Problem>>()

  constructor(api: AdminApi, target: string, keys: SchemaKeys) {
    this.#api = api
    this.#target = target
    this.#keys = keys
  }

  /** The schemas of the kinds and of the variants named, and why others can't be had. */
  async schemas(
    asked: readonly Kind[],
    variants: ReadonlyMap<Kind, ReadonlySet<string>>,
    signal: AbortSignal,
  ): Promise<SchemaReading> {
    const special = new Map<string, RecordSchema>()
    const schemas = new Map<Kind, KindSchema>()
    const gaps = new Map<Kind, Problem>()
    const readingVariants = [...variants].flatMap(([kind, names]) =>
      [...names].map(async name => {
        const path = `${kinds.of(kind)?.transport.schema ?? kind}/${encodeURIComponent(name)}`
        const schema = await this.#schema(path, signal)
        if (!('code' in schema)) special.set(`${kind} ${name}`, schema)
        else if (schema.code !== 'no-schema') gaps.set(kind, schema)
      }),
    )
    const readingKinds = asked.map(async kind => {
      const definition = kinds.of(kind)
      if (!definition) return
      const schema = await this.#schema(definition.transport.schema, signal)
      if ('code' in schema) gaps.set(kind, schema)
      else if (definition.fields?.variant === undefined) schemas.set(kind, { record: schema })
      else schemas.set(kind, { record: schema, variant: name => special.get(`${kind} ${name}`) })
    })
    await Promise.all([...readingVariants, ...readingKinds])
    for (const kind of gaps.keys()) schemas.delete(kind)
    return { schemas, gaps }
  }

  /**
   * A schema is remembered where it is known what it hangs on, and else for this session; a failure never is. What
   * another gateway was just asked for is waited for, but not long: that one may be slow, and this one is not.
   */
  async #schema(name: string, signal: AbortSignal): Promise<RecordSchema | Problem> {
    const key = this.#keys(name)
    const [memory, at] = key === undefined ? [this.#schemas, name] : [knownSchemas, key]
    const known = await within(patience, memory.get(at))
    if (known && (!('code' in known) || known.code === 'no-schema')) return known
    const reading = this.#readSchema(name, signal)
    memory.set(at, reading)
    const schema = await reading
    if ('code' in schema && schema.code !== 'no-schema' && memory.get(at) === reading) memory.delete(at)
    return schema
  }

  async #readSchema(name: string, signal: AbortSignal): Promise<RecordSchema | Problem> {
    const answer = await this.#api.get(`/schemas/${name}`, signal)
    if (isProblem(answer)) return answer
    if (answer.status === 403) return forbidden(this.#target, `the schema of ${name}`, 'schemas')
    const schema = answer.status === 200 ? parseSchema(answer.body, name) : undefined
    return (
      schema ??
      partProblem(
        { before: 'the gateway has no schema of ', part: name, after: ` (${answer.status})`, parts: 'kinds' },
        { code: 'no-schema', target: this.#target },
      )
    )
  }
}

/** How long the answer of another gateway is waited for, in milliseconds. */
const patience = 250

/** What a promise gives, or undefined where that takes longer. */
async function within<T>(milliseconds: number, promise: Promise<T> | undefined): Promise<T | undefined> {
  if (!promise) return undefined
  const { promise: late, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(resolve, milliseconds, undefined)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
