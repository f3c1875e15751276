import { isArray, type Json, type JsonObject } from '../model/json.ts'
import type { Place, Problem } from '../model/problem.ts'
import { escapePointer } from './reading/references.ts'

/** A manifest in decK's format 3.0, keys of all objects in order. */
export interface GeneratedManifest extends JsonObject {
  readonly _format_version: '3.0'
  readonly services: readonly JsonObject[]
  readonly upstreams: readonly JsonObject[]
}

/** Where in a specification an entity comes from. */
export interface Origin {
  /** The line that made it: of the operation for a route, of the servers for a service, of the extension for a plugin. */
  readonly place: Place
  readonly level: 'document' | 'path' | 'operation'
  /** The path's template, but for what the document as a whole made. */
  readonly path?: string
  /** In capitals. */
  readonly method?: string
  readonly operationId?: string
}

/** The result of generating from a specification. */
export interface Generated {
  readonly manifest: GeneratedManifest
  /**
   * The origin of every entity, by its JSON Pointer in the manifest: `/services/0/routes/2/plugins/0`. Entities that
   * have an id are there by their id too.
   */
  readonly origins: ReadonlyMap<string, Origin>
  /** What the author should know: colliding routes, changed names, and what got no route. */
  readonly warnings: readonly Problem[]
}

/** An entity while the manifest is being made. */
export interface Draft {
  readonly fields: Record<string, Json>
  readonly origin: Origin
  readonly children: Record<string, Draft[]>
}

/** The manifest of top-level lists of drafts, with the origins of all in them. */
export function assemble(
  lists: Readonly<Record<string, readonly Draft[]>>,
): Pick<Generated, 'manifest' | 'origins'> {
  const origins = new Map<string, Origin>()
  const write = (drafts: readonly Draft[], pointer: string): readonly JsonObject[] =>
    drafts.map((draft, index) => {
      const here = `${pointer}/${index}`
      origins.set(here, draft.origin)
      const { id } = draft.fields
      if (typeof id === 'string') origins.set(id, draft.origin)
      const children = Object.entries(draft.children).map(([name, list]) => [
        name,
        write(list, `${here}/${name}`),
      ])
      return sorted({ ...draft.fields, ...Object.fromEntries(children) })
    })
  const top = Object.entries(lists).map(([name, drafts]) => [name, write(drafts, `/${escapePointer(name)}`)])
  const { services = [], upstreams = [], ...others } = Object.fromEntries(top)
  return { manifest: { _format_version: '3.0', ...others, services, upstreams }, origins }
}

/** A copy with the keys of all objects in order. */
function sorted(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(key => [key, sortedJson(value[key] ?? null)]),
  )
}

function sortedJson(value: Json): Json {
  if (value === null || typeof value !== 'object') return value
  if (isArray(value)) return value.map(sortedJson)
  return sorted(value)
}
