import type { Kind, RawEntity } from '../../../../model/entity.ts'
import { asString, isObject, type JsonObject } from '../../../../model/json.ts'
import type { Problem } from '../../../../model/problem.ts'
import type { Sliced } from '../../../../model/time-slices.ts'
import { kinds } from '../../kinds/index.ts'
import type { KongKind, KongManifest } from '../../kinds/kong-kind.ts'

/** One thing that no two entities of a kind may share; the text is shown unless it is a secret. */
interface Unique {
  /** As `name`, `username`; for people. */
  readonly what: string
  readonly value: string
  readonly secret?: boolean
}

/** What must be unique in an entity, besides its id; undefined where it does not say that. */
type UniqueIn = (fields: JsonObject) => Unique | undefined

/** What must be unique in each kind. */
const uniques: ReadonlyMap<Kind, readonly UniqueIn[]> = new Map(
  kinds.all.flatMap(kind =>
    kind.manifest && !kind.manifest.mayRepeat ? [[kind.kind, uniquesOf(kind, kind.manifest)] as const] : [],
  ),
)

function uniquesOf(
  { identity, references: { foreign }, secrets }: KongKind,
  manifest: KongManifest,
): readonly UniqueIn[] {
  const hidden = [...(secrets?.fields ?? []), ...(manifest.untold ?? [])]
  const found = identity.unique.map(together => {
    const own = together.find(name => !Object.hasOwn(foreign, name))
    const owners = Object.keys(foreign).filter(name => together.includes(name))
    if (own !== undefined && owners.length === 0) {
      return { own, of: (fields: JsonObject) => field(fields, own, hidden.includes(own)) }
    }
    const isGlobal = owners.some(owner => foreign[owner]?.unset !== undefined)
    return { own, of: (fields: JsonObject) => within(fields, own, owners, isGlobal) }
  })
  // What an entity is for tells more than a name that it may have besides.
  return [
    ...found.filter(({ own }) => own === undefined),
    ...found.filter(({ own }) => own !== undefined),
  ].map(({ of }) => of)
}

/** Entities that are there twice, each told at its second place with its first. */
export function* duplicates(entities: readonly RawEntity[]): Sliced<readonly Problem[]> {
  const seen = new Map<string, RawEntity>()
  const problems: Problem[] = []
  for (const entity of entities) {
    yield
    const { kind, fields } = entity
    const own = uniques.get(kind) ?? []
    for (const unique of [...own.map(of => of(fields)), field(fields, 'id')]) {
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
    message: `${shown} is defined twice${where}`,
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

/**
 * A value that is unique below what the entity belongs to, as a plugin's name in its scope, or that it is alone there.
 * `isGlobal`: an entity that belongs to none acts everywhere.
 */
function within(
  fields: JsonObject,
  name: string | undefined,
  owners: readonly string[],
  isGlobal: boolean,
): Unique | undefined {
  const own = name === undefined ? '' : asString(fields[name])
  if (own === undefined) return undefined
  const scope = owners.flatMap(owner => {
    const ref = fields[owner]
    if (!isObject(ref)) return []
    return [`${owner.replace('_', '-')} ${asString(ref.name) ?? asString(ref.id) ?? ''}`]
  })
  if (name !== undefined && scope.length === 0) {
    return isGlobal ? { what: 'name', value: `${own} (global)` } : undefined
  }
  return { what: name === undefined ? 'scope' : 'name', value: `${own} for ${scope.join(' and ')}`.trim() }
}
