import { z } from 'zod'
import type { Kind, RawEntity } from '../../model/entity.ts'
import { asString, isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import type { KindDefinition } from '../../model/kinds/definition.ts'
import { kindOf } from '../../model/kinds/index.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import type { KindSchema, RecordSchema } from '../../model/schema.ts'
import { revealSecrets } from '../../model/secrets.ts'
import type {
  Connection,
  Outcome,
  ReadEvent,
  SchemaReading,
  SecretResolver,
  Session,
  Step,
  TargetIdentity,
} from '../gateway.ts'
import { compile, type KongPayload } from './compile.ts'
import { type AdminApi, type Answer, askedToWait, isProblem, lostAnswer, openAdminApi } from './http.ts'
import { parseSchema } from './schema.ts'
import { shapeOf } from './shape.ts'

/** Kong's largest page: https://developer.konghq.com/api/gateway/admin-oss/ */
const pageSize = 1000

/** One page of a list. An empty Lua table may be written as {}. */
function readPage(
  body: Json | undefined,
): { readonly data: readonly JsonObject[]; readonly offset: string } | undefined {
  if (!isObject(body)) return undefined
  const { data, offset } = body
  if (isObject(data) && Object.keys(data).length === 0) return { data: [], offset: '' }
  if (!isArray(data) || !data.every(isObject)) return undefined
  return { data, offset: asString(offset) ?? '' }
}

const root = z.looseObject({
  version: z.string(),
  edition: z.string().optional(),
  plugins: z.looseObject({ available_on_server: z.record(z.string(), z.unknown()).optional() }).optional(),
  configuration: z
    .looseObject({ database: z.string().optional(), router_flavor: z.string().optional() })
    .optional(),
})

/**
 * Schemas by what decides them: the gateway's version, its router, and the version of a plugin. Gateways of a fleet
 * are mostly alike, and a schema is worth asking for once.
 */
const knownSchemas = new Map<string, Promise<RecordSchema | Problem>>()

/** A session with a Kong that has a database. */
export async function openKong(
  connection: Connection,
  signal: AbortSignal,
): Promise<Result<Session<KongPayload>>> {
  const api = openAdminApi(connection)
  const answer = await api.get('/', signal)
  if (isProblem(answer)) return fail([answer])
  if (answer.status === 403) return fail([forbidden(connection.target, 'the root of the Admin API')])
  if (answer.status === 404 && connection.workspace !== undefined) {
    return fail([
      {
        code: 'no-workspace',
        target: connection.target,
        message: `${connection.address} has no workspace ${connection.workspace}`,
        hint: 'Correct the name, or create it first; an open-source gateway has no workspaces.',
      },
    ])
  }
  const parsed = root.safeParse(answer.body)
  if (!parsed.success && answer.status === 200) {
    return fail([
      {
        code: 'not-admin-api',
        target: connection.target,
        message: `${connection.address} answers JSON, but not as Kong's Admin API does`,
        hint: 'Check the address: the proxy listens on another port.',
      },
    ])
  }
  const version = parsed.data?.version ?? 'unknown'
  const words = ['Kong Gateway', version, parsed.data?.edition, parsed.data?.configuration?.database]
  return succeed(
    new KongSession(api, connection, schemaKeys(parsed.data), parsed.data?.edition, {
      description: words.filter(word => word !== undefined).join(' '),
      version,
      address: connection.address,
    }),
  )
}

/** What a schema's content hangs on, by its name; undefined where that is not known. */
type SchemaKeys = (name: string) => string | undefined

function schemaKeys(gateway: z.infer<typeof root> | undefined): SchemaKeys {
  if (!gateway) return () => undefined
  const common = [
    gateway.version,
    gateway.edition,
    gateway.configuration?.router_flavor,
    gateway.configuration?.database,
  ]
  const plugins = gateway.plugins?.available_on_server ?? {}
  return name => {
    const plugin = name.startsWith('plugins/') ? decodeURIComponent(name.slice('plugins/'.length)) : undefined
    if (plugin === undefined) return JSON.stringify([...common, name])
    const version = plugins[plugin]
    return version === undefined ? undefined : JSON.stringify([...common, name, version])
  }
}

function forbidden(target: string, what: string): Problem {
  return {
    code: 'forbidden',
    target,
    message: `reading ${what} is not allowed (403)`,
    hint: 'Ask for that permission; until then this part is unknown.',
  }
}

class KongSession implements Session<KongPayload> {
  readonly capabilities = { write: 'entity', attribution: 'time', settles: 'now' } as const
  readonly compile = compile
  readonly identity: TargetIdentity
  readonly #api: AdminApi
  readonly #target: string
  readonly #keys: SchemaKeys
  readonly #edition: string | undefined
  readonly #schemas = new Map<string, Promise<RecordSchema | Problem>>()

  constructor(
    api: AdminApi,
    connection: Connection,
    keys: SchemaKeys,
    edition: string | undefined,
    identity: TargetIdentity,
  ) {
    this.#api = api
    this.#edition = edition
    this.#keys = keys
    this.#target = connection.target
    this.identity = identity
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#api.close()
  }

  async schemas(
    kinds: readonly Kind[],
    variants: ReadonlyMap<Kind, ReadonlySet<string>>,
    signal: AbortSignal,
  ): Promise<SchemaReading> {
    const special = new Map<string, RecordSchema>()
    const schemas = new Map<Kind, KindSchema>()
    const gaps = new Map<Kind, Problem>()
    const readingVariants = [...variants].flatMap(([kind, names]) =>
      [...names].map(async name => {
        const path = `${kindOf(kind)?.schema ?? kind}/${encodeURIComponent(name)}`
        const schema = await this.#schema(path, signal)
        if (!('code' in schema)) special.set(`${kind} ${name}`, schema)
        else if (schema.code !== 'no-schema') gaps.set(kind, schema)
      }),
    )
    const readingKinds = kinds.map(async kind => {
      const definition = kindOf(kind)
      if (!definition) return
      const schema = await this.#schema(definition.schema, signal)
      if ('code' in schema) gaps.set(kind, schema)
      else if (definition.variant === undefined) schemas.set(kind, { record: schema })
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
    if (answer.status === 403) return forbidden(this.#target, `the schema of ${name}`)
    const schema = answer.status === 200 ? parseSchema(answer.body) : undefined
    return (
      schema ?? {
        code: 'no-schema',
        target: this.#target,
        message: `the gateway has no schema of ${name} (${answer.status})`,
      }
    )
  }

  async *read(scope: { readonly kinds: readonly Kind[] }, signal: AbortSignal): AsyncIterable<ReadEvent> {
    const definitions: KindDefinition[] = []
    for (const definition of scope.kinds.flatMap(kind => kindOf(kind) ?? [])) {
      if (this.#has(definition)) definitions.push(definition)
      else yield { type: 'gap', kind: definition.kind, reason: this.#notSupported(definition) }
    }
    const flat = definitions.filter(kind => kind.listedUnder === undefined)
    const pending = new Map(flat.map(kind => [kind.kind, this.#readList(kind, `/${kind.path}`, signal)]))
    for (const kind of definitions) {
      if (kind.listedUnder === undefined) continue
      const parent = kind.foreign[kind.listedUnder]?.kind
      const parents = parent === undefined ? undefined : pending.get(parent)
      if (parents) pending.set(kind.kind, this.#readBelow(kind, parents, signal))
    }
    while (pending.size > 0) {
      const reading = await Promise.race(pending.values())
      pending.delete(reading.kind)
      for (const entity of reading.entities) yield { type: 'entity', entity }
      yield reading.gap
        ? { type: 'gap', kind: reading.kind, reason: reading.gap }
        : { type: 'complete', kind: reading.kind }
    }
  }

  async #readList(kind: KindDefinition, path: string, signal: AbortSignal, parent = ''): Promise<Reading> {
    const entities: RawEntity[] = []
    let offset = ''
    for (;;) {
      const answer = await this.#api.get(`${path}?size=${pageSize}${offset}`, signal)
      const gap = isProblem(answer) ? answer : this.#listProblem(answer, kind)
      if (gap) return { kind: kind.kind, entities: [], gap }
      const listed = readPage(isProblem(answer) ? undefined : answer.body)
      if (!listed) return { kind: kind.kind, entities: [], gap: this.#notAList(kind) }
      for (const item of listed.data) {
        entities.push({ kind: kind.kind, fields: kind.fromList ? kind.fromList(item, parent) : item })
      }
      if (listed.offset === '') return { kind: kind.kind, entities }
      offset = `&offset=${encodeURIComponent(listed.offset)}`
    }
  }

  async #readBelow(kind: KindDefinition, reading: Promise<Reading>, signal: AbortSignal): Promise<Reading> {
    const parents = await reading
    if (parents.gap) return { kind: kind.kind, entities: [], gap: parents.gap }
    const segment = kind.writtenUnder?.segment ?? kind.path
    const parentPath = kindOf(parents.kind)?.path ?? parents.kind
    const readings = await Promise.all(
      parents.entities.map(parent =>
        this.#readList(
          kind,
          `/${parentPath}/${String(parent.fields.id)}/${segment}`,
          signal,
          String(parent.fields.id),
        ),
      ),
    )
    const gap = readings.find(each => each.gap)?.gap
    if (gap) return { kind: kind.kind, entities: [], gap }
    return { kind: kind.kind, entities: readings.flatMap(each => each.entities) }
  }

  #listProblem(answer: Answer, kind: KindDefinition): Problem | undefined {
    if (answer.status === 200) return undefined
    if (answer.status === 403) return forbidden(this.#target, kind.plural)
    // Without WebAssembly, as by default, a gateway answers 400 where filter chains would be.
    const isOff = answer.status === 400 && messageOf(answer).includes('this endpoint is only available when')
    if (answer.status === 404 || isOff) return this.#notSupported(kind)
    return {
      code: 'unreadable',
      target: this.#target,
      message: `reading ${kind.plural} was answered with ${answer.status}${messageOf(answer)}`,
    }
  }

  /** Whether this edition may have a kind: what the open-source one lacks need not be asked for. */
  #has(kind: KindDefinition): boolean {
    return kind.edition === undefined || (kind.edition === 'enterprise' && this.#edition !== 'community')
  }

  #notSupported(kind: KindDefinition): Problem {
    const who =
      kind.edition === undefined
        ? ''
        : `, which only ${kind.edition === 'konnect' ? 'Konnect' : 'Kong Enterprise'} has`
    return {
      code: 'not-supported',
      target: this.#target,
      message: `this gateway has no ${kind.plural.replaceAll('_', ' ')}${who}`,
    }
  }

  #notAList(kind: KindDefinition): Problem {
    return {
      code: 'unreadable',
      target: this.#target,
      message: `the answer to reading ${kind.plural} is no list`,
      hint: 'Check that the address is that of an Admin API.',
    }
  }

  async validate(
    steps: readonly Step<KongPayload>[],
    secrets: SecretResolver,
    signal: AbortSignal,
  ): Promise<readonly Problem[]> {
    const asked = steps.filter(step => step.payload.checked !== null)
    const alike = Map.groupBy(asked, step => shapeOf(step.payload.schema, step.payload.checked ?? {}))
    const found = new Map<Step<KongPayload>, Problem>()
    await inTurns([...alike.values()], 16, async group => {
      const [first] = group
      if (!first) return
      const missing = group.find(
        step => revealSecrets(step.payload.checked ?? {}, secrets).missing.length > 0,
      )
      if (missing) {
        found.set(missing, this.#missingSecret(missing))
        return
      }
      const body = revealSecrets(first.payload.checked ?? {}, secrets).value
      const answer = await this.#api.send('POST', `/schemas/${first.payload.schema}/validate`, body, signal)
      if (isProblem(answer)) found.set(first, answer)
      else if (answer.status === 400) for (const step of group) found.set(step, this.#rejection(step, answer))
    })
    // In the order of the steps, whatever was answered first.
    return steps.flatMap(step => found.get(step) ?? [])
  }

  async current(step: Step<KongPayload>, signal: AbortSignal): Promise<Result<RawEntity | null>> {
    const answer = await this.#api.get(step.payload.entity, signal)
    if (isProblem(answer)) return fail([answer])
    if (answer.status === 404) return succeed(null)
    const { body } = answer
    if (answer.status !== 200 || !isObject(body)) {
      return fail([
        {
          code: 'unreadable',
          target: this.#target,
          message: `reading ${step.payload.entity} was answered with ${answer.status}`,
        },
      ])
    }
    return succeed({ kind: step.payload.kind, fields: body })
  }

  async execute(step: Step<KongPayload>, secrets: SecretResolver, signal: AbortSignal): Promise<Outcome> {
    const { method, path, body } = step.payload
    const clear = body === null ? undefined : revealSecrets(body, secrets)
    if (clear && clear.missing.length > 0) return { type: 'rejected', problem: this.#missingSecret(step) }
    const answer = await this.#api.send(method, path, clear?.value, signal)
    if (isProblem(answer)) {
      if (answer.code === 'throttled') {
        const retryAfterMs = askedToWait(answer)
        return retryAfterMs === undefined ? { type: 'throttled' } : { type: 'throttled', retryAfterMs }
      }
      return lostAnswer.has(answer.code)
        ? { type: 'unknown', problem: answer }
        : { type: 'rejected', problem: answer }
    }
    // What is gone already need not be deleted: it went with what it hung on.
    if (method === 'DELETE' && answer.status === 404) return { type: 'applied', after: [] }
    if (answer.status >= 200 && answer.status < 300) {
      const { body } = answer
      return { type: 'applied', after: isObject(body) ? [{ kind: step.payload.kind, fields: body }] : [] }
    }
    return { type: 'rejected', problem: this.#rejection(step, answer) }
  }

  #rejection(step: Step<KongPayload>, answer: Answer): Problem {
    return {
      code: answer.status === 409 ? 'taken' : 'rejected',
      target: this.#target,
      message: `the gateway refuses ${step.payload.title} (${answer.status})${messageOf(answer)}`,
      hint:
        answer.status === 409
          ? 'Another entity has that name or key; read the gateway again and make a new plan.'
          : 'Correct the manifest and make a new plan.',
    }
  }

  #missingSecret(step: Step<KongPayload>): Problem {
    return {
      code: 'secret-changed',
      target: this.#target,
      message: `a secret of ${step.payload.title} is not the one that the plan was made with, or is not there`,
      hint: 'Make a new plan from the manifest as it is now.',
    }
  }
}

interface Reading {
  readonly kind: Kind
  readonly entities: readonly RawEntity[]
  readonly gap?: Problem
}

/** Kong's own sentence, without values: its messages name fields and rules. */
function messageOf(answer: Answer): string {
  const body = answer.body
  if (!isObject(body)) return ''
  const { message } = body
  return typeof message === 'string' ? `: ${withoutValues(message)}` : ''
}

/** Kong quotes the value of a unique field, which may be a key: only the field's name stays. */
function withoutValues(message: string): string {
  return message.replace(/='?"?[^,}]*"?'?([,}])/g, '$1')
}

async function inTurns<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
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
