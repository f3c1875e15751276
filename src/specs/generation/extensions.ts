import { compareCodePoints } from '../../model/compare-texts.ts'
import { isObject, type JsonObject } from '../../model/json.ts'
import type { Place } from '../../model/problem.ts'
import type { DesignFields, DesignReader } from '../reader.ts'

/** Where references in `x-kong-…` extensions may lead inside a file. */
const COMPONENTS = '#/components/x-kong/'

/** The object in an extension `x-kong-…`, with its reference resolved; undefined if there is none. */
export function extensionObject(
  reader: DesignReader,
  level: DesignFields,
  key: string,
): JsonObject | undefined {
  const field = level.get(key)
  if (field === undefined) return undefined
  const place = reader.placeOf(field)
  const { value } = field
  if (!isObject(value)) {
    reader.problem(`"${key}" must be an object`, place)
    return undefined
  }
  const reference = value.$ref
  if (reference === undefined) return value
  if (typeof reference !== 'string' || !reference.includes(COMPONENTS)) {
    reader.problem(
      `The $ref of "${key}" must lead to ${COMPONENTS}…`,
      reader.spec.positions.key(value, '$ref') ?? place,
    )
    return undefined
  }
  const target = reader.follow(value)
  if (isObject(target)) return target
  if (target !== undefined) reader.problem(`The target of the $ref of "${key}" must be an object`, place)
  return undefined
}

/** The text of `x-kong-name`, undefined if there is none. */
export function kongName(reader: DesignReader, level: DesignFields): string | undefined {
  return reader.text(level.get('x-kong-name'), '"x-kong-name"') || undefined
}

/** The tags of the document's `x-kong-tags`. */
export function kongTags(reader: DesignReader, document: DesignFields): readonly string[] {
  return reader.items(document, 'x-kong-tags', '"x-kong-tags"').flatMap(item => {
    if (typeof item.value === 'string') return [item.value]
    reader.problem('"x-kong-tags" must hold only texts', item.place, 'Put the value in quotes.')
    return []
  })
}

/** A plugin as a level of the document has it. */
export interface PluginSource {
  readonly name: string
  readonly fields: JsonObject
  readonly place: Place | undefined
  /** Made from a security requirement: it has neither id nor tags where it is placed first. */
  readonly bare?: true
}

const PLUGIN = 'x-kong-plugin-'

/** Whether a level has plugins of its own. */
export function hasPlugins(level: DesignFields): boolean {
  return [...level.keys()].some(key => key.startsWith(PLUGIN))
}

/**
 * The plugins of a level (`x-kong-plugin-NAME`), by name. Their references to services and routes are dropped: a plugin
 * belongs to where it is written.
 */
export function pluginsAt(reader: DesignReader, level: DesignFields): readonly PluginSource[] {
  const found: PluginSource[] = []
  for (const field of level.values()) {
    if (!field.key.startsWith(PLUGIN)) continue
    const value = extensionObject(reader, level, field.key)
    if (value === undefined) continue
    const { service: _service, route: _route, ...fields } = value
    const name = field.key.slice(PLUGIN.length)
    found.push({ name, fields: { ...fields, name }, place: reader.placeOf(field) })
  }
  return byName(found)
}

/** Plugins of an outer and an inner level combined: of two with the same name, the inner one wins. */
export function mergePlugins(
  outer: readonly PluginSource[],
  inner: readonly PluginSource[],
): readonly PluginSource[] {
  const merged = new Map([...outer, ...inner].map(plugin => [plugin.name, plugin]))
  return byName([...merged.values()])
}

function byName(plugins: PluginSource[]): readonly PluginSource[] {
  return plugins.sort((a, b) => compareCodePoints(a.name, b.name))
}
