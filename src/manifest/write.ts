import { dump as yamlText } from 'js-yaml'
import type { Kind, RawEntity } from '../model/entity.ts'
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts'
import type { KindDefinition } from '../model/kinds/definition.ts'
import { kindOf, kinds } from '../model/kinds/index.ts'

/** Which kinds stand below which in a file, as decK writes them: the child, the parent, the child's foreign field. */
const nesting: readonly {
  readonly child: Kind
  readonly parent: Kind
  readonly field: string
  readonly key?: string
}[] = [
  { child: 'plugin', parent: 'consumer', field: 'consumer' },
  { child: 'plugin', parent: 'route', field: 'route' },
  { child: 'plugin', parent: 'service', field: 'service' },
  { child: 'filter-chain', parent: 'route', field: 'route' },
  { child: 'filter-chain', parent: 'service', field: 'service' },
  { child: 'route', parent: 'service', field: 'service' },
  { child: 'target', parent: 'upstream', field: 'upstream' },
  { child: 'sni', parent: 'certificate', field: 'certificate' },
  { child: 'key-auth', parent: 'consumer', field: 'consumer' },
  { child: 'basic-auth', parent: 'consumer', field: 'consumer' },
  { child: 'hmac-auth', parent: 'consumer', field: 'consumer' },
  { child: 'jwt-auth', parent: 'consumer', field: 'consumer' },
  { child: 'oauth2-cred', parent: 'consumer', field: 'consumer' },
  { child: 'acl-group', parent: 'consumer', field: 'consumer' },
]

/** What a dump leaves out or in. */
export interface DumpOptions {
  readonly selectTags: readonly string[]
  /** With the gateway's ids; needed where entities have no names. */
  readonly withIds: boolean
  /** The value that stands for a field of an entity: undefined leaves it out. */
  readonly shown: (kind: KindDefinition, field: string, value: Json, entity: RawEntity) => Json | undefined
}

/**
 * A decK file of what a gateway holds, nested as decK nests it, names in order. Fields that the gateway fills in
 * anyway are left out by `shown`.
 */
export function manifestOf(raws: readonly RawEntity[], options: DumpOptions): JsonObject {
  const nodes = new Map<RawEntity, Record<string, Json>>()
  const byId = new Map<string, RawEntity>()
  for (const raw of raws) {
    const kind = kindOf(raw.kind)
    if (!kind) continue
    byId.set(`${raw.kind} ${String(raw.fields.id)}`, raw)
    nodes.set(raw, fieldsOf(raw, kind, options))
  }
  const file: Record<string, Json> = { _format_version: '3.0' }
  if (options.selectTags.length > 0) file._info = { select_tags: [...options.selectTags] }
  const lists = new Map<Record<string, Json>, Map<string, JsonObject[]>>()
  for (const kind of kinds) {
    for (const raw of [...nodes.keys()].filter(each => each.kind === kind.kind).sort(byName)) {
      const node = nodes.get(raw)
      if (!node) continue
      const parent = parentOf(raw, byId)
      const home = parent ? (nodes.get(parent.entity) ?? file) : file
      for (const [field, value] of foreignsOf(raw, kind, byId, parent?.field)) node[field] = value
      const into = lists.get(home) ?? new Map<string, JsonObject[]>()
      lists.set(home, into)
      into.set(kind.plural, [...(into.get(kind.plural) ?? []), node])
    }
  }
  for (const [home, byPlural] of lists) for (const [plural, items] of byPlural) home[plural] = items
  return file
}

/** Several manifests as one: lists one after the other, all else from the first that has it. */
export function mergedManifest(manifests: readonly JsonObject[]): JsonObject {
  const merged: Record<string, Json> = {}
  for (const [key, value] of manifests.flatMap(manifest => Object.entries(manifest))) {
    const before = merged[key]
    if (before === undefined) merged[key] = value
    else if (isArray(before) && isArray(value)) merged[key] = before.concat(value)
  }
  return merged
}

/** A manifest as YAML text. */
export function manifestYaml(manifest: JsonObject): string {
  return yamlText(manifest, { lineWidth: -1, noRefs: true })
}

function fieldsOf(raw: RawEntity, kind: KindDefinition, options: DumpOptions): Record<string, Json> {
  const node: Record<string, Json> = {}
  const named = raw.fields.name ?? raw.fields.username ?? raw.fields.custom_id
  if (raw.fields.id !== undefined && (options.withIds || needsId(kind, named))) node.id = raw.fields.id
  for (const [field, value] of Object.entries(raw.fields)) {
    if (['id', 'created_at', 'updated_at', 'ws_id'].includes(field) || field in kind.foreign) continue
    const shown = options.shown(kind, field, value, raw)
    if (shown !== undefined) node[field] = shown
  }
  return node
}

function needsId(kind: KindDefinition, named: Json | undefined): boolean {
  if (kind.kind === 'certificate' || kind.kind === 'ca_certificate') return true
  return (
    (kind.kind === 'route' || kind.kind === 'service' || kind.kind === 'key') &&
    (named === undefined || named === null)
  )
}

function parentOf(
  raw: RawEntity,
  byId: ReadonlyMap<string, RawEntity>,
): { readonly entity: RawEntity; readonly field: string } | undefined {
  for (const { child, parent, field } of nesting) {
    if (child !== raw.kind) continue
    const entity = referenced(raw, field, parent, byId)
    // A plugin of several scopes stays on top, with all its references.
    if (entity && scopesOf(raw) <= 1) return { entity, field }
  }
  return undefined
}

function scopesOf(raw: RawEntity): number {
  const kind = kindOf(raw.kind)
  return Object.keys(kind?.foreign ?? {}).filter(field => isObject(raw.fields[field])).length
}

function referenced(
  raw: RawEntity,
  field: string,
  kind: Kind,
  byId: ReadonlyMap<string, RawEntity>,
): RawEntity | undefined {
  const value = raw.fields[field]
  return isObject(value) ? byId.get(`${kind} ${String(value.id)}`) : undefined
}

/** The references that nesting does not already tell. */
function foreignsOf(
  raw: RawEntity,
  kind: KindDefinition,
  byId: ReadonlyMap<string, RawEntity>,
  nested: string | undefined,
): readonly (readonly [string, Json])[] {
  return Object.entries(kind.foreign).flatMap(([field, foreign]): (readonly [string, Json])[] => {
    const value = raw.fields[field]
    if (field === nested || !isObject(value)) return []
    const entity = byId.get(`${foreign.kind} ${String(value.id)}`)
    const name = entity?.fields.name ?? entity?.fields.username ?? entity?.fields.custom_id
    if (field === 'client_certificate') return [[field, { id: value.id ?? null }]]
    if (typeof name === 'string')
      return [[field, raw.kind === 'route' || raw.kind === 'key' ? { name } : name]]
    return [
      [field, raw.kind === 'route' || raw.kind === 'key' ? { id: value.id ?? null } : (value.id ?? null)],
    ]
  })
}

function byName(a: RawEntity, b: RawEntity): number {
  return nameOf(a).localeCompare(nameOf(b))
}

function nameOf(raw: RawEntity): string {
  const { name, username, custom_id, key, target, group, prefix, id } = raw.fields
  return String(name ?? username ?? custom_id ?? target ?? group ?? prefix ?? key ?? id)
}
