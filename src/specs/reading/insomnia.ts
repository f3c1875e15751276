import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import { embeddedText } from './embedded.ts'
import type { Positions, SourceText } from './source.ts'

/** A design document in a file of Insomnia: an OpenAPI document as a text, as a value, or in a file of its own. */
export interface Design {
  readonly name: string
  readonly id: string | undefined
  readonly content:
    | { readonly type: 'text'; readonly source: SourceText }
    | { readonly type: 'value'; readonly value: Json }
    /** A path, relative to the file that names it. */
    | { readonly type: 'file'; readonly path: string }
}

/**
 * The design documents in a file of Insomnia: an export (formats 4 and 5), or a file of the folder `.insomnia` that its
 * Git sync keeps. Undefined where the value is none of these.
 */
export function designsOf(
  value: Json,
  source: SourceText,
  positions: Positions,
): readonly Design[] | undefined {
  if (!isObject(value)) return undefined
  const { _type, type, resources } = value
  if (_type === 'export' && isArray(resources)) return exportedDesigns(resources, source, positions)
  if (type === 'ApiSpec') return textDesign(value, 'contents', nameOf(value), source, positions)
  if (typeof type === 'string' && /^[a-z]+\.insomnia\.rest\/5\./i.test(type))
    return version5(value, source, positions)
  return undefined
}

/** Format 4: a list of resources; a design's name is that of its workspace. */
function exportedDesigns(
  resources: readonly Json[],
  source: SourceText,
  positions: Positions,
): readonly Design[] {
  const objects = resources.filter(isObject)
  const workspaces = new Map(
    objects.filter(({ _type }) => _type === 'workspace').map(({ _id, name }) => [_id, name]),
  )
  return objects
    .filter(({ _type }) => _type === 'api_spec')
    .flatMap(design => {
      const workspace = workspaces.get(design.parentId ?? null)
      const name = nameOf(design) || (typeof workspace === 'string' ? workspace : '')
      return textDesign(design, 'contents', name, source, positions)
    })
}

/** Format 5: one workspace in a file; its contents are written as YAML, or as a text where they could not be read. */
function version5(value: JsonObject, source: SourceText, positions: Positions): readonly Design[] {
  const { spec, name, meta } = value
  if (!isObject(spec)) return []
  const id = isObject(meta) && typeof meta.id === 'string' ? meta.id : undefined
  const common = { name: typeof name === 'string' ? name : '', id }
  const { file, contents } = spec
  if (typeof file === 'string') return [{ ...common, content: { type: 'file', path: file } }]
  if (typeof contents === 'string') return textDesign(spec, 'contents', common.name, source, positions, id)
  return isObject(contents) ? [{ ...common, content: { type: 'value', value: contents } }] : []
}

function textDesign(
  holder: JsonObject,
  key: string,
  name: string,
  source: SourceText,
  positions: Positions,
  givenId?: string,
): readonly Design[] {
  const text = holder[key]
  // Insomnia keeps an empty text for each workspace that has no design.
  if (typeof text !== 'string' || text.trim() === '') return []
  const start = positions.mark(holder, key)?.value ?? 0
  const id = givenId ?? (typeof holder._id === 'string' ? holder._id : undefined)
  return [{ name, id, content: { type: 'text', source: embeddedText(source, start, text) } }]
}

function nameOf(design: JsonObject): string {
  return typeof design.fileName === 'string' ? design.fileName : ''
}
