import { SecretDigests } from '../../src/ledger/digests.ts'
import type { RawEntity } from '../../src/model/entity.ts'
import type { JsonObject } from '../../src/model/json.ts'
import type { FieldSchema, KindSchema, RecordSchema, Schemas } from '../../src/model/schema/schema.ts'
import { buildState } from '../../src/model/state/build-state.ts'
import type { State } from '../../src/model/state/state.ts'
import { kinds } from '../../src/providers/kong/kinds/index.ts'
import { routing } from '../../src/providers/kong/routing.ts'

/** Schemas of a small gateway of our own: enough of each sort of field to tell right from wrong. */
function field(type: FieldSchema['type'], more: Partial<FieldSchema> = {}): FieldSchema {
  return { type, required: false, auto: false, secret: false, ...more }
}

function record(
  fields: Readonly<Record<string, FieldSchema>>,
  shorthands: RecordSchema['shorthands'] = new Map(),
): RecordSchema {
  return { fields: new Map(Object.entries(fields)), shorthands }
}

const text = field('string')
const texts = field('set', { elements: text })
const names = { name: text, tags: texts }

const limitConfig = record(
  {
    minute: field('number'),
    policy: field('string', { default: 'local' }),
    redis: field('record', {
      required: true,
      record: record({
        host: text,
        port: field('integer', { default: 6379 }),
        password: field('string', { secret: true }),
      }),
    }),
  },
  new Map([['redis_host', { replacedWith: [['redis', 'host']] }]]),
)

export const schemas: Schemas = new Map<string, KindSchema>([
  [
    'service',
    {
      record: record({
        ...names,
        host: field('string', { required: true }),
        retries: field('integer', { default: 5 }),
        read_timeout: field('integer', { default: 60_000 }),
        enabled: field('boolean', { required: true, default: true }),
      }),
    },
  ],
  [
    'route',
    {
      record: record({
        ...names,
        paths: field('array', { elements: text }),
        protocols: field('set', { required: true, elements: text, default: ['http', 'https'] }),
        headers: field('map', { elements: field('array', { elements: text }) }),
        strip_path: field('boolean', { required: true, default: true }),
        service: field('foreign', { reference: 'services' }),
      }),
    },
  ],
  ['consumer', { record: record({ username: text, custom_id: text, tags: texts }) }],
  ['key-auth', { record: record({ key: field('string', { auto: true }), tags: texts }) }],
  [
    'plugin',
    {
      record: record({
        ...names,
        enabled: field('boolean', { required: true, default: true }),
        config: field('record', { required: true }),
      }),
      variant: name =>
        name === 'rate-limiting'
          ? record({ config: field('record', { required: true, record: limitConfig }) })
          : undefined,
    },
  ],
])

export const digests = new SecretDigests(new Uint8Array(32))

/** A state of entities as an edge would give them, `[kind, fields]`; what it could not place is thrown. */
export function stateOf(...entities: readonly (readonly [string, JsonObject])[]): State {
  const raws = entities.map(([kind, fields]): RawEntity => ({ kind, fields }))
  const coverage = new Map(kinds.all.map(kind => [kind.kind, { state: 'complete' } as const]))
  const { state, problems } = buildState({
    kinds,
    routing,
    from: 'manifest',
    raws,
    coverage,
    schemas,
    secrets: digests,
  })
  if (problems.length > 0) throw new Error(problems.map(problem => problem.message).join('; '))
  return state
}
