import { compareTexts } from '../../../../model/compare-texts.ts'
import type { Kind, RawEntity } from '../../../../model/entity.ts'
import { asString, isArray, isObject, type Json, type JsonObject } from '../../../../model/json.ts'
import { kinds } from '../../kinds/index.ts'
import { lists, shapes } from '../deck-format.ts'

/** A list that entities of a kind can be nested in. */
interface Nesting {
  readonly parent: Kind
  /** The list's name in the parent. */
  readonly list: string
  /** The field of the child that points to the parent. */
  readonly field: string
}

const topLists: ReadonlyMap<Kind, string> = new Map(
  Object.entries(lists).map(([list, { kind }]) => [kind, list]),
)

const nestings = new Map<Kind, Nesting[]>()
for (const [parent, { children }] of shapes) {
  for (const [list, { shape, parent: field }] of Object.entries(children)) {
    if (field === undefined) continue
    nestings.set(shape.kind, [...(nestings.get(shape.kind) ?? []), { parent, list, field }])
  }
}

/** What an entity shows of itself in a file: its fields without those that point to others. */
export type ShownFields = (raw: RawEntity, references: readonly string[]) => Record<string, Json>

/**
 * The lists of a decK file with these entities, nested as decK nests them and in order of their names. Entities
 * point to others by id or by name; what points to one that is not here, or to several, stays at the top.
 */
export function nest(raws: readonly RawEntity[], shown: ShownFields): Record<string, Json> {
  const index = indexOf(raws)
  const file: Record<string, Json> = {}
  const nodes = new Map<RawEntity, Record<string, Json>>()
  for (const raw of raws) {
    const pointing = references.get(raw.kind)
    if (pointing) nodes.set(raw, shown(raw, Object.keys(pointing)))
  }
  const into = new Map<Record<string, Json>, Map<string, JsonObject[]>>()
  for (const raw of inOrderOfNames(nodes.keys())) {
    const node = nodes.get(raw)
    if (!node) continue
    const home = homeOf(raw, index)
    const parent = home && nodes.get(home.entity)
    const list = parent ? home.nesting.list : topLists.get(raw.kind)
    if (list === undefined) continue
    writeReferences(raw, node, index, parent ? home.nesting.field : undefined, nodes)
    const byList = into.get(parent ?? file) ?? new Map<string, JsonObject[]>()
    into.set(parent ?? file, byList)
    const items = byList.get(list)
    if (items) items.push(node)
    else byList.set(list, [node])
  }
  for (const [holder, byList] of into) for (const [list, items] of byList) holder[list] = items
  writeGroups(raws, nodes, index, file)
  return file
}

/** The fields of each kind that point to others, and to which kind. */
const references: ReadonlyMap<Kind, Readonly<Record<string, Kind>>> = new Map(
  Array.from(shapes, ([kind, { refs }]) => [
    kind,
    Object.fromEntries(Object.entries(refs).map(([field, to]) => [field, to.kind])),
  ]),
)

/** Finds entities by kind, and id or name. */
type Index = (kind: Kind, reference: Json | undefined) => RawEntity | undefined

function indexOf(raws: readonly RawEntity[]): Index {
  const found = new Map<string, RawEntity>()
  for (const [kind, ofKind] of Map.groupBy(raws, raw => raw.kind)) {
    // The best names of all come first: one consumer's custom_id may be another's username.
    for (const field of new Set([...(shapes.get(kind)?.known ?? []), 'id'])) {
      for (const raw of ofKind) {
        const name = asString(raw.fields[field])
        if (name && !found.has(`${kind} ${name}`)) found.set(`${kind} ${name}`, raw)
      }
    }
  }
  return (kind, reference) => {
    const name = nameIn(reference)
    return name === undefined ? undefined : found.get(`${kind} ${name}`)
  }
}

function nameIn(reference: Json | undefined): string | undefined {
  if (!isObject(reference)) return asString(reference)
  return asString(reference.id) ?? asString(reference.name) ?? asString(reference.username)
}

/** Where an entity is nested; undefined where it stands at the top. */
function homeOf(
  raw: RawEntity,
  index: Index,
): { readonly entity: RawEntity; readonly nesting: Nesting } | undefined {
  const scopes = (nestings.get(raw.kind) ?? []).filter(({ field }) => isGiven(raw.fields[field]))
  // A plugin of several scopes stays on top, with all its references.
  const [nesting, more] = scopes
  if (!nesting || more) return undefined
  const entity = index(nesting.parent, raw.fields[nesting.field])
  return entity && { entity, nesting }
}

function isGiven(value: Json | undefined): boolean {
  return value !== undefined && value !== null
}

/** The references that nesting does not already tell. */
function writeReferences(
  raw: RawEntity,
  node: Record<string, Json>,
  index: Index,
  nested: string | undefined,
  nodes: ReadonlyMap<RawEntity, Record<string, Json>>,
): void {
  const isText = kinds.of(raw.kind)?.manifest?.referencesAsText
  for (const [field, kind] of Object.entries(references.get(raw.kind) ?? {})) {
    const value = raw.fields[field]
    const written = nameIn(value)
    if (field === nested || written === undefined) continue
    const found = index(kind, value)
    const name = found && soleName(found, index)
    const target = found && nodes.get(found)
    // What is pointed to by its id must say it.
    if (target && name === undefined && found.fields.id !== undefined) target.id = found.fields.id
    if (isText) node[field] = name ?? written
    else if (name !== undefined) node[field] = { name }
    else node[field] = isObject(value) && value.id === undefined ? { name: written } : { id: written }
  }
}

/** The groups that consumers are in; a consumer that only a group names is added. */
function writeGroups(
  raws: readonly RawEntity[],
  nodes: ReadonlyMap<RawEntity, Record<string, Json>>,
  index: Index,
  file: Record<string, Json>,
): void {
  const groupsOf = new Map<Record<string, Json>, JsonObject[]>()
  const named = new Map<string, Record<string, Json>>()
  for (const raw of raws) {
    if (raw.kind !== 'consumer-group-consumer') continue
    const consumer = index('consumer', raw.fields.consumer)
    const group = index('consumer-group', raw.fields.consumer_group)
    const node = consumer && nodes.get(consumer)
    const name = (group && nameOf(group)) ?? nameIn(raw.fields.consumer_group)
    const username = nameIn(raw.fields.consumer)
    if (name === undefined || username === undefined) continue
    const holder = node ?? named.get(username) ?? { username }
    if (!node) named.set(username, holder)
    groupsOf.set(holder, [...(groupsOf.get(holder) ?? []), { name, ...tagsOf(group) }])
  }
  for (const [holder, groups] of groupsOf) {
    holder.groups = groups.toSorted((a, b) => compareTexts(String(a.name), String(b.name)))
  }
  if (named.size > 0) file.consumers = [...(isArray(file.consumers) ? file.consumers : []), ...named.values()]
}

function tagsOf(raw: RawEntity | undefined): JsonObject {
  const tags = raw?.fields.tags
  return isArray(tags) && tags.length > 0 ? { tags } : {}
}

/** What others call an entity by, where that is not its id. */
function nameOf(raw: RawEntity): string | undefined {
  const field = (shapes.get(raw.kind)?.known ?? []).find(each => Boolean(asString(raw.fields[each])))
  return field === undefined || field === 'id' ? undefined : asString(raw.fields[field])
}

/** The same, unless that name leads to another entity. */
function soleName(raw: RawEntity, index: Index): string | undefined {
  const name = nameOf(raw)
  return name !== undefined && index(raw.kind, name) === raw ? name : undefined
}

function inOrderOfNames(raws: Iterable<RawEntity>): readonly RawEntity[] {
  const named = Array.from(raws, raw => ({ raw, text: sortText(raw) }))
  return named.sort((a, b) => compareTexts(a.text, b.text)).map(({ raw }) => raw)
}

function sortText(raw: RawEntity): string {
  const { name, username, custom_id, key, target, group, prefix, cert, client_id, id } = raw.fields
  const own = String(
    name ?? username ?? custom_id ?? target ?? group ?? prefix ?? key ?? client_id ?? cert ?? id,
  )
  if (raw.kind !== 'plugin') return own
  const scopes = ['consumer', 'route', 'service', 'consumer_group'].map(
    field => nameIn(raw.fields[field]) ?? '',
  )
  return own + scopes.join('')
}
