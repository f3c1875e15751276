import fc from 'fast-check'
import type { Json } from '../../src/sandbox/json.ts'
import type { SchemaLibrary } from '../../src/sandbox/schema/compile/library.ts'
import type { Field, Schema } from '../../src/sandbox/schema/field.ts'
import { kinds } from '../../src/sandbox/store/kinds.ts'

/** A few ids, so that requests meet each other's entities. */
export const ids = Array.from({ length: 4 }, (_, i) => `0000000${i}-0000-4000-8000-00000000000${i}`)
export const names = [
  'a',
  'b',
  'c.example',
  '10.0.0.1:80',
  'é',
  'not a name!',
  '__proto__',
  'constructor',
  '',
]

const hostile: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    -1,
    0,
    1.5,
    1e20,
    '',
    'x',
    '~/re(',
    '{vault://env/x}',
    '*',
    [],
    {},
    [null],
    [[]],
    { id: 1 },
  ),
  fc.string({ maxLength: 8, unit: 'binary' }),
  fc.jsonValue({ maxDepth: 2 }).map(value => JSON.parse(JSON.stringify(value))),
  fc.constant<Json>(JSON.parse('{"__proto__": {"x": 1}}')),
)

const words = fc.constantFrom('a', 'b', 'c.example', '/a', '/b/c', 'GET', 'x:y', '1.2.3.4', ...names)

function wanted(field: Field, depth: number): fc.Arbitrary<Json> {
  const choices = field.limits.find(limit => limit.name === 'one_of')?.to
  const between = field.limits.find(limit => limit.name === 'between')?.to
  if (Array.isArray(choices) && choices.length > 0) return fc.constantFrom(...choices)
  switch (field.type) {
    case 'string':
      return field.uuid ? fc.constantFrom(...ids) : words
    case 'integer':
    case 'number': {
      const [low = 0, high = 10] = Array.isArray(between) ? between.map(Number) : []
      return fc.integer({ min: Math.ceil(low), max: Math.floor(high) })
    }
    case 'boolean':
      return fc.boolean()
    case 'array':
    case 'set':
      return fc.array(field.elements === undefined ? hostile : fieldValue(field.elements, depth + 1), {
        maxLength: 3,
      })
    case 'map':
      return fc.dictionary(
        words,
        field.values === undefined ? hostile : fieldValue(field.values, depth + 1),
        {
          maxKeys: 2,
        },
      )
    case 'record':
      return field.record === undefined || depth > 3 ? fc.constant({}) : recordOf(field.record, depth + 1)
    case 'foreign':
      return fc.oneof(
        fc.constant(null),
        fc.constantFrom(...ids).map((id): Json => ({ id })),
        fc.constantFrom(...names).map((name): Json => ({ name })),
      )
    default:
      return hostile
  }
}

/** Mostly what the field wants, sometimes anything. */
const fieldValue = (field: Field, depth: number): fc.Arbitrary<Json> =>
  fc.oneof({ weight: 30, arbitrary: wanted(field, depth) }, { weight: 1, arbitrary: hostile })

/** A record with what it needs and few of the other fields: too many at once are never accepted. */
function recordOf(schema: Schema, depth: number): fc.Arbitrary<Json> {
  const needed = schema.fields.filter(field => field.required && field.default === undefined && !field.auto)
  const others = schema.fields.filter(field => !needed.includes(field))
  return fc.subarray(others, { maxLength: Math.min(3, others.length) }).chain(chosen => {
    const fields = [...needed, ...chosen].map(field => [field.name, fieldValue(field, depth)] as const)
    return fc.record(Object.fromEntries(fields))
  })
}

/** Bodies for one kind of entity; plugins and vaults with the configuration of one that there is. */
export function bodyOf(library: SchemaLibrary, kind: string): fc.Arbitrary<Json> {
  const schema = library.of(kind)
  if (schema === undefined) return hostile
  const variants: readonly string[] =
    kind === 'plugins'
      ? ['cors', 'key-auth', 'rate-limiting', 'request-transformer', 'acl', 'session']
      : kind === 'vaults'
        ? ['env']
        : []
  if (variants.length === 0)
    return fc.oneof({ weight: 10, arbitrary: recordOf(schema, 0) }, { weight: 1, arbitrary: hostile })
  return fc
    .constantFrom(...variants)
    .chain(name =>
      recordOf(schema.variants?.of(name) ?? schema, 0).map(body =>
        typeof body === 'object' ? { ...body, name } : body,
      ),
    )
}

interface RandomRequest {
  readonly method: string
  readonly target: string
  readonly body: Json
}

const anyMethod = fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'GET')
const mostly = (...methods: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 15, arbitrary: fc.constantFrom(...methods) }, { weight: 1, arbitrary: anyMethod })

const onLists = mostly('POST', 'POST', 'POST', 'POST', 'GET')
const onOne = mostly('PUT', 'PUT', 'PUT', 'PUT', 'PATCH', 'PATCH', 'DELETE', 'GET')

/** Entities that others may point to, so that requests about those can succeed. */
export const parents: readonly RandomRequest[] = [
  { method: 'PUT', target: `/services/${ids[0]}`, body: { name: 'a', host: 'a.example' } },
  { method: 'PUT', target: `/routes/${ids[0]}`, body: { name: 'a', paths: ['/a'], service: { name: 'a' } } },
  { method: 'PUT', target: `/consumers/${ids[0]}`, body: { username: 'a' } },
  { method: 'PUT', target: `/upstreams/${ids[0]}`, body: { name: 'a.example' } },
  { method: 'PUT', target: `/key-sets/${ids[0]}`, body: { name: 'a' } },
]

/** One request about any kind of entity, to any path that the kind has. */
export function requestOf(library: SchemaLibrary): fc.Arbitrary<RandomRequest> {
  const key = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...ids, ids[0] ?? '') },
    { weight: 2, arbitrary: fc.constantFrom('a', 'a.example') },
    { weight: 1, arbitrary: fc.constantFrom(...names.map(encodeURIComponent)) },
  )
  return fc.constantFrom(...kinds).chain(kind => {
    const fields = library.of(kind.name)?.fields ?? []
    const references = fields.flatMap(field => {
      const parent = kinds.find(one => one.name === field.reference)
      return parent === undefined ? [] : [{ field: field.name, parent }]
    })
    const lists = [
      fc.constant(`/${kind.path}`),
      ...references.map(({ parent }) => key.map(text => `/${parent.path}/${text}/${kind.nestedPath}`)),
    ]
    const single = [
      key.map(text => `/${kind.path}/${text}`),
      ...references.flatMap(({ field, parent }) => [
        fc.tuple(key, key).map(([a, b]) => `/${parent.path}/${a}/${kind.nestedPath}/${b}`),
        key.map(text => `/${kind.path}/${text}/${field}`),
      ]),
    ]
    const body = bodyOf(library, kind.name)
    const validation = fc.constant(`/schemas/${kind.name}/validate`)
    return fc.oneof(
      { weight: 1, arbitrary: fc.record({ method: fc.constant('POST'), target: validation, body }) },
      { weight: 5, arbitrary: fc.record({ method: onLists, target: fc.oneof(...lists), body }) },
      { weight: 5, arbitrary: fc.record({ method: onOne, target: fc.oneof(...single), body }) },
    )
  })
}
