import type { Kind, RawEntity } from '../../../../model/entity.ts'
import { asString, isArray, isObject, type Json, type JsonObject } from '../../../../model/json.ts'
import { hasUnsafe, safeJson } from '../../../../model/safe-text.ts'
import { quotedText } from '../../../../yaml/index.ts'
import type { DumpOptions, WriteOptions } from '../../../manifest.ts'
import { kinds } from '../../kinds/index.ts'
import { lists, shapes } from '../deck-format.ts'
import { blockYaml } from './block-yaml.ts'
import { nest } from './nest.ts'

/** The field that an entity of a kind is best known by, where that is not its id. */
const knownBy: ReadonlyMap<Kind, readonly string[]> = new Map(
  Object.values(lists).map(shape => [shape.kind, (shape.known ?? []).filter(field => field !== 'id')]),
)

/** Fields of the gateway's own. */
const own = new Set(['created_at', 'updated_at', 'ws_id'])

/**
 * A decK file of what a gateway holds, nested as decK nests it, names in order. Fields that the gateway fills in
 * anyway are left out by `shown`.
 */
export function manifestOf(raws: readonly RawEntity[], options: DumpOptions): JsonObject {
  const names = new Map<string, Json>()
  for (const { kind, fields } of raws) {
    if (typeof fields.id === 'string' && fields.name) names.set(`${kind} ${fields.id}`, fields.name)
  }
  const info = {
    ...(options.selectTags.length > 0 ? { select_tags: [...options.selectTags] } : {}),
    ...(Object.keys(options.lookupTags).length > 0 ? { default_lookup_tags: options.lookupTags } : {}),
  }
  return {
    _format_version: '3.0',
    ...(Object.keys(info).length > 0 ? { _info: info } : {}),
    ...nest(raws, (raw, references) => shownFields(raw, references, names, options)),
  }
}

function shownFields(
  raw: RawEntity,
  references: readonly string[],
  names: ReadonlyMap<string, Json>,
  options: DumpOptions,
): Record<string, Json> {
  const kind = kinds.of(raw.kind)
  if (!kind) return {}
  const node: Record<string, Json> = {}
  if (raw.fields.id !== undefined && (options.withIds || needsId(raw))) node.id = raw.fields.id
  // A gateway gives fields in any order, and differently each time.
  for (const field of Object.keys(raw.fields).sort()) {
    if (field === 'id' || own.has(field) || references.includes(field)) continue
    const shown = options.shown(kind, field, raw.fields[field] ?? null, raw)
    const to = kind.references.links?.[field]
    if (shown !== undefined) node[field] = inOrder(to === undefined ? shown : named(shown, to, names))
  }
  return kind.manifest?.toManifest ? { ...kind.manifest.toManifest(node) } : node
}

/** The same with the keys of all mappings in order. */
function inOrder(value: Json): Json {
  if (isArray(value)) return value.map(inOrder)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(name => [name, inOrder(value[name] ?? null)]),
  )
}

/** Whether nothing but its id tells an entity from others of its kind in decK's format. */
function needsId({ kind, fields }: RawEntity): boolean {
  const shape = shapes.get(kind)
  if (shape?.required?.includes('id')) return true
  if (shape?.calledBy !== undefined) return false
  const fieldsOf = knownBy.get(kind)
  return fieldsOf !== undefined && !fieldsOf.some(field => asString(fields[field]))
}

/** A list of references with names in place of ids, where they are known. */
function named(list: Json, kind: Kind, names: ReadonlyMap<string, Json>): Json {
  if (!isArray(list)) return list
  return list.map(item => {
    const name = isObject(item) ? names.get(`${kind} ${String(item.id)}`) : undefined
    if (!isObject(item) || name === undefined) return item
    const { id: _, ...rest } = item
    return { ...rest, name }
  })
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

/**
 * A manifest as YAML text. Lines that begin with # are comments to decK wherever they stand, and so is `${{ … }}` an
 * expression: a text that holds one is written in quotes, in which neither is seen. So is one that would turn or hide
 * what stands around it on a screen.
 */
export function manifestYaml(manifest: JsonObject, { literal = false }: WriteOptions = {}): string {
  const isTrap = (text: string): boolean =>
    (text.includes('#') && /^[ \t]*#/m.test(text)) || (literal && text.includes('${{')) || hasUnsafe(text)
  return blockYaml(manifest, text => (isTrap(text) ? quoted(text, literal) : undefined))
}

/** A manifest as JSON text. */
export function manifestJson(manifest: JsonObject, { literal = false }: WriteOptions = {}): string {
  const text = safeJson(JSON.stringify(manifest, null, 2))
  return `${literal ? text.replaceAll('${{', '\\u0024{{') : text}\n`
}

function quoted(text: string, literal: boolean): string {
  const json = quotedText(text)
  return literal ? json.replaceAll('${{', '\\u0024{{') : json
}
