import type { Kind, RawEntity } from '../../../model/entity.ts'
import { asString, isArray, isObject, type Json, type JsonObject } from '../../../model/json.ts'
import { type Problem, type Result, succeed } from '../../../model/problem.ts'
import type { ManifestFile, ManifestOptions } from '../../manifest.ts'
import { kinds } from '../kinds/index.ts'
import { readManifests } from '../manifest/reading/read.ts'
import { nest } from '../manifest/writing/nest.ts'
import { compactFields } from './compact.ts'
import { withDefaults } from './defaults.ts'
import { type DraftObject, draftValue } from './tool-file.ts'

/** Several complete files as one. */
export interface RenderedFile {
  readonly value: JsonObject
  readonly warnings: readonly Problem[]
}

/** The field that an entity is known by besides its id: where it is given, the id is left out. */
const namedBy: ReadonlyMap<Kind, string> = new Map(
  kinds.all.flatMap(({ kind, identity, references, manifest }) => {
    const name = identity.unique[0]?.find(field => !Object.hasOwn(references.foreign, field))
    return name === undefined || manifest?.keepsId ? [] : [[kind, name] as const]
  }),
)

/**
 * Several complete files as one, as decK renders them: shared configurations and defaults filled in, entities nested
 * and in order, ids left out where a name says as much.
 */
export function renderFiles(files: readonly ManifestFile[], options: ManifestOptions): Result<RenderedFile> {
  const read = readManifests(files, { ...options, tolerant: true })
  if (!read.ok) return read
  const { entities, defaults, selectTags, workspace, warnings } = read.value
  // decK keeps ids beside passwords of basic-auth.
  const withIds = entities.some(({ kind }) => kind === 'basic-auth')
  const value = {
    _format_version: '3.0',
    ...nest(withPartialNames(entities), (raw, references) =>
      shownFields(raw, references, withIds, defaults[raw.kind] ?? {}),
    ),
  }
  return succeed({ value, warnings: [...warnings, ...leftOut(selectTags, workspace)] })
}

/** Plugins name the partials that they use by both id and name, as far as files tell. */
function withPartialNames(entities: readonly RawEntity[]): readonly RawEntity[] {
  const partials = entities.flatMap(({ kind, fields }) => (kind === 'partial' ? [fields] : []))
  if (partials.length === 0) return entities
  return entities.map(entity => {
    const links = entity.fields.partials
    if (entity.kind !== 'plugin' || !isArray(links)) return entity
    const named = links.map(link => {
      if (!isObject(link)) return link
      const found = partials.find(({ id, name }) => isSame(link.id, id) || isSame(link.name, name))
      return { ...link, ...only('id', found?.id), ...only('name', found?.name) }
    })
    return { ...entity, fields: { ...entity.fields, partials: named } }
  })
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return typeof a === 'string' && a === b
}

function only(name: string, value: Json | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value }
}

function shownFields(
  { kind, fields }: RawEntity,
  references: readonly string[],
  withIds: boolean,
  defaults: JsonObject,
): Record<string, Json> {
  const own: DraftObject = {}
  const named = asString(fields[namedBy.get(kind) ?? ''])
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'created_at' || name === 'updated_at' || references.includes(name)) continue
    if (name === 'id' && named && !withIds) continue
    own[name] = draftValue(value)
  }
  compactFields(own)
  const filled = withDefaults(withDefaults(own, defaults), kinds.of(kind)?.manifest?.defaults ?? {})
  return kind === 'route' ? routeFields(own, filled) : { ...filled }
}

/** What decK does with the defaults of routes by expressions, and of those that speak gRPC. */
function routeFields(given: JsonObject, filled: JsonObject): Record<string, Json> {
  const fields = { ...filled }
  const protocols = isArray(given.protocols) ? given.protocols : []
  const isGrpc = protocols.includes('grpc') || protocols.includes('grpcs')
  if (isGrpc && given.strip_path === undefined) fields.strip_path = false
  if (fields.expression === undefined) return fields
  const { regex_priority: _, path_handling: __, ...others } = fields
  return { priority: 0, ...others }
}

/** Settings that decK leaves out of what it renders, though a sync would need them. */
function leftOut(selectTags: readonly string[], workspace: string | undefined): readonly Problem[] {
  const lost = [
    ...(selectTags.length > 0 ? [`--select-tag ${selectTags.join(' --select-tag ')}`] : []),
    ...(workspace === undefined ? [] : [`--workspace ${workspace}`]),
  ]
  if (lost.length === 0) return []
  const message = 'the select tags or the workspace of the files are not in what is rendered, as with decK'
  return [{ code: 'left-out', message, hint: `Say ${lost.join(' ')} when you sync it.` }]
}
