import type { Kind, RawEntity } from '../../../../model/entity.ts'
import { asString, isObject, type JsonObject } from '../../../../model/json.ts'
import type { Problem } from '../../../../model/problem.ts'
import type { Sliced } from '../../../../model/time-slices.ts'

/** One thing that no two entities of a kind may share; the text is shown unless it is a secret. */
interface Unique {
  /** As `name`, `username`; for people. */
  readonly what: string
  readonly value: string
  readonly secret?: boolean
}

type Uniques = (fields: JsonObject) => readonly (Unique | undefined)[]

/** What must be unique in each kind, besides the id. */
const uniques: Readonly<Record<Kind, Uniques>> = {
  service: fields => [field(fields, 'name')],
  route: fields => [field(fields, 'name')],
  consumer: fields => [field(fields, 'username'), field(fields, 'custom_id')],
  'consumer-group': fields => [field(fields, 'name')],
  upstream: fields => [field(fields, 'name')],
  target: fields => [within(fields, 'target', ['upstream'])],
  plugin: fields => [
    within(fields, 'name', ['service', 'route', 'consumer', 'consumer_group']),
    field(fields, 'instance_name'),
  ],
  'filter-chain': fields => [within(fields, '', ['service', 'route']), field(fields, 'name')],
  'key-auth': fields => [field(fields, 'key', true)],
  'basic-auth': fields => [field(fields, 'username')],
  'hmac-auth': fields => [field(fields, 'username')],
  'jwt-auth': fields => [field(fields, 'key')],
  'oauth2-cred': fields => [field(fields, 'client_id')],
  'acl-group': fields => [within(fields, 'group', ['consumer'])],
  sni: fields => [field(fields, 'name')],
  'ca-certificate': fields => [field(fields, 'cert', true)],
  vault: fields => [field(fields, 'prefix')],
  'key-set': fields => [field(fields, 'name')],
  key: fields => [field(fields, 'name'), within(fields, 'kid', ['set'])],
  partial: fields => [field(fields, 'name')],
  'rbac-role': fields => [field(fields, 'name')],
  'service-package': fields => [field(fields, 'name')],
  'custom-plugin': fields => [field(fields, 'name')],
  'cloned-plugin': fields => [field(fields, 'name')],
}

/** Entities that are there twice, each told at its second place with its first. */
export function* duplicates(entities: readonly RawEntity[]): Sliced<readonly Problem[]> {
  const seen = new Map<string, RawEntity>()
  const problems: Problem[] = []
  for (const entity of entities) {
    yield
    const { kind, fields } = entity
    const own = Object.hasOwn(uniques, kind) ? uniques[kind] : undefined
    for (const unique of [...(own?.(fields) ?? []), field(fields, 'id')]) {
      if (!unique) continue
      const key = `${kind}\n${unique.what}\n${unique.value}`
      const first = seen.get(key)
      if (!first) {
        seen.set(key, entity)
        continue
      }
      problems.push(duplicate(entity, first, unique))
      break
    }
  }
  return problems
}

function duplicate(entity: RawEntity, first: RawEntity, unique: Unique): Problem {
  const place = entity.source?.place()
  const at = first.source?.place()
  const shown = unique.secret ? `a ${entity.kind} with the same ${unique.what}` : describe(entity, unique)
  const where = at ? `, first at ${at.file}:${at.line}:${at.column}` : ''
  return {
    code: 'duplicate',
    message: `${shown} is there twice${where}`,
    hint: 'Keep one of the two, or give one another name.',
    ...(place ? { place } : {}),
  }
}

function describe(entity: RawEntity, { what, value }: Unique): string {
  if (what === 'name' || what === 'username') return `${entity.kind} ${value}`
  return `the ${entity.kind} with ${what} ${value}`
}

function field(fields: JsonObject, name: string, secret = false): Unique | undefined {
  const value = asString(fields[name])
  return value ? { what: name, value, secret } : undefined
}

/** A value that is unique below what the entity belongs to, as a plugin's name in its scope. */
function within(fields: JsonObject, name: string, owners: readonly string[]): Unique | undefined {
  const own = name === '' ? '' : asString(fields[name])
  if (own === undefined) return undefined
  const scope = owners.flatMap(owner => {
    const ref = fields[owner]
    if (!isObject(ref)) return []
    return [`${owner.replace('_', '-')} ${asString(ref.name) ?? asString(ref.id) ?? ''}`]
  })
  if (name === 'kid' && scope.length === 0) return undefined
  if (name === 'name' && scope.length === 0) return { what: 'name', value: `${own} (global)` }
  return { what: name === '' ? 'scope' : 'name', value: `${own} for ${scope.join(' and ')}`.trim() }
}
