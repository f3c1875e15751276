import { createHash, randomUUID } from 'node:crypto'
import { isObject, type JsonObject } from '../json.ts'
import type { SchemaLibrary } from '../schema/compile/library.ts'
import { type Kind, kinds } from '../store/kinds.ts'

/** The namespace of ids that Kong makes from names. */
const entities = 'fd02801f-0957-4a15-a55a-c8d9606f30b5'

/** A UUID of version 5: always the same for the same namespace and name. */
function namedUuid(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/** The entity that a nested one stands in. */
export interface Parent {
  readonly kind: Kind
  readonly id: string | undefined
}

/** The field by which a kind points to its parent. */
export const childField = (library: SchemaLibrary, child: Kind, parent: Kind): string | undefined =>
  library.of(child.name)?.fields.find(field => field.reference === parent.name)?.name

/** The combined parts of a key that are unique together; undefined if one of them is unknown. */
function togetherKey(
  library: SchemaLibrary,
  kind: Kind,
  item: JsonObject,
  parent: Parent | undefined,
): string | undefined {
  const schema = library.of(kind.name)
  const own = parent && childField(library, kind, parent.kind)
  const parts = [kind.name, '*']
  for (const name of kind.cacheKey) {
    const value = item[name]
    const field = schema?.byName.get(name)
    if (field?.auto === true) return undefined
    if (typeof value === 'string') parts.push(value)
    else if (value !== undefined) continue
    else if (parent !== undefined && name === own) {
      if (parent.id === undefined) return undefined
      parts.push(parent.id)
    } else if (field?.required === true) return undefined
    else parts.push('')
  }
  return parts.join(':')
}

/** What an entity's id is derived from; undefined if it gets a random one. */
function idKey(
  library: SchemaLibrary,
  kind: Kind,
  item: JsonObject,
  parent: Parent | undefined,
): string | undefined {
  if (kind.cacheKey.length > 0) return togetherKey(library, kind, item, parent)
  const name = kind.endpointKey === undefined ? undefined : item[kind.endpointKey]
  return typeof name === 'string' ? name : undefined
}

/** The lists of entities in an entity or a file, with their kinds. */
export function listsIn(
  item: JsonObject,
  parent: Kind | undefined,
  library: SchemaLibrary,
): [Kind, JsonObject[]][] {
  return kinds.flatMap(kind => {
    const list = item[kind.name]
    if (!Array.isArray(list)) return []
    if (parent !== undefined && childField(library, kind, parent) === undefined) return []
    return [[kind, list.filter(isObject)] satisfies [Kind, JsonObject[]]]
  })
}

/**
 * Gives ids to entities without one: derived from what names them, or, with `all`, random ones otherwise. Modifies the
 * entities.
 */
export function giveIds(library: SchemaLibrary, file: JsonObject, all: boolean, parent?: Parent): void {
  for (const [kind, list] of listsIn(file, parent?.kind, library)) {
    for (const item of list) {
      if (item.id === undefined) {
        const key = idKey(library, kind, item, parent)
        if (key !== undefined) item.id = namedUuid(namedUuid(entities, kind.name), key)
        else if (all) item.id = randomUUID()
      }
      giveIds(library, item, all, { kind, id: typeof item.id === 'string' ? item.id : undefined })
    }
  }
}
