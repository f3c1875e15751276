import { dump } from 'js-yaml'
import type { Json, JsonObject } from '../../src/model/json.ts'
import type { Choices } from './choices.ts'
import { fieldsOf, type RandomEntity, type RandomState } from './entities.ts'

/** What stands in a manifest beside its entities. */
export interface ManifestSettings {
  readonly selectTags?: readonly string[]
  readonly defaults?: JsonObject
}

/** Kinds that a manifest only holds below another one. */
const alwaysNested: ReadonlySet<string> = new Set(['target', 'sni'])
const parentFields = ['upstream', 'certificate', 'consumer', 'route', 'service']

/**
 * A state as the texts of manifest files: nested or flat, in any order, YAML or JSON, in one file or several. What the
 * files say is the same however the choices fall.
 */
export function manifestTexts(
  state: RandomState,
  settings: ManifestSettings,
  choices: Choices,
  files = 1,
): readonly string[] {
  const contents = Array.from({ length: files }, (): Record<string, Json[]> => ({}))
  const isChild = new Map(state.map(entity => [entity.number, parentOf(entity, choices)]))
  for (const entity of choices.shuffled(state)) {
    if (isChild.get(entity.number) !== undefined) continue
    const lists = contents[choices.below(files)] ?? {}
    const { list } = entity.kind
    lists[list] = [...(lists[list] ?? []), written(entity, state, isChild, choices)]
  }
  return contents.map(lists => text(lists, settings, choices))
}

/** The field of the parent that an entity is written below; undefined: at the top. */
function parentOf(entity: RandomEntity, choices: Choices): string | undefined {
  const { kind, refs } = entity
  const field = parentFields.find(each => refs[each] !== undefined)
  if (field === undefined || kind.kind === 'key') return undefined
  const below = alwaysNested.has(kind.kind) || (field === 'consumer' && kind.kind !== 'plugin')
  if (below) return field
  // A plugin with two scopes stands at the top.
  const scopes = Object.keys(refs).filter(each => each !== 'client_certificate')
  return scopes.length === 1 && choices.chance(60) ? field : undefined
}

function written(
  entity: RandomEntity,
  state: RandomState,
  isChild: ReadonlyMap<number, string | undefined>,
  choices: Choices,
): JsonObject {
  const result: Record<string, Json> = {}
  if (entity.id !== undefined) result.id = entity.id
  Object.assign(result, fieldsOf(entity))
  for (const [field, number] of Object.entries(entity.refs)) {
    const to = state.find(each => each.number === number)
    if (to && isChild.get(entity.number) !== field) result[field] = reference(entity, field, to, choices)
  }
  for (const child of choices.shuffled(state)) {
    const field = isChild.get(child.number)
    if (field === undefined || child.refs[field] !== entity.number) continue
    const there = result[child.kind.list]
    const item = written(child, state, isChild, choices)
    result[child.kind.list] = Array.isArray(there) ? [...there, item] : [item]
  }
  return result
}

/** A reference by name or by id, in the form that decK wants. */
function reference(entity: RandomEntity, field: string, to: RandomEntity, choices: Choices): Json {
  const name = to.unique.name ?? to.unique.username ?? null
  const byId = to.id !== undefined && (name === null || field === 'client_certificate' || choices.chance(40))
  const isText =
    entity.kind.kind === 'plugin' || (entity.kind.kind === 'service' && field === 'client_certificate')
  if (isText) return byId ? (to.id ?? null) : name
  return byId ? { id: to.id ?? null } : { name }
}

function text(lists: JsonObject, { selectTags, defaults }: ManifestSettings, choices: Choices): string {
  const info = {
    ...(selectTags ? { select_tags: selectTags } : {}),
    ...(defaults ? { defaults } : {}),
  }
  const content = {
    _format_version: '3.0',
    ...(Object.keys(info).length > 0 ? { _info: info } : {}),
    ...lists,
  }
  return choices.chance(25) ? JSON.stringify(content) : dump(content, { noRefs: true, lineWidth: -1 })
}
