import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { canonicalText, isArray, isObject, type Json } from '../../src/model/json.ts'
import { hasShared, shared } from '../shared.ts'

/** decK's own files, by path from their folder. */
const folder = join(shared, 'golden', 'deck')

/** A decK file of the recordings. */
export interface Sample {
  readonly name: string
  readonly path: string
  readonly text: string
}

/** decK's own files, and manifests that were synced to a real gateway. */
export function samples(): readonly Sample[] {
  if (!hasShared) return []
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(?:ya?ml|json)$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
  return paths.sort().map(path => ({ name: relative(folder, path), path, text: readFileSync(path, 'utf8') }))
}

/** The manifests of the recorded pairs, every `step`th. */
export function pairManifests(step: number): readonly { readonly name: string; readonly text: string }[] {
  if (!hasShared) return []
  const pairs = join(shared, 'golden', 'kong-3.9.1', 'pairs')
  return readdirSync(pairs)
    .filter((_, i) => i % step === 0)
    .map(name => ({ name, text: String(JSON.parse(readFileSync(join(pairs, name), 'utf8')).manifest) }))
}

/**
 * A value in which only meaning counts: order of mappings in lists does not, nor do ids and namespaces that a tool
 * made up.
 */
export function meaning(value: Json, source: string): Json {
  if (isArray(value)) {
    const items = value.map(item => meaning(item, source))
    return items.some(isObject)
      ? items.toSorted((a, b) => (canonicalText(a) < canonicalText(b) ? -1 : 1))
      : items
  }
  if (!isObject(value)) return value
  const entries = Object.entries(value).flatMap(([name, item]): [string, Json][] => {
    // decK's writer can't leave out an empty record in _info.
    if (name === 'defaults' && isObject(item) && Object.keys(item).length === 0) return []
    const madeUp = typeof item === 'string' && !source.includes(item)
    if (name === 'id' && madeUp) return []
    return [[name, name === 'namespace' && madeUp ? '(made up)' : meaning(item, source)]]
  })
  return Object.fromEntries(entries)
}

/** Where two values first differ, as a path with both; undefined where they do not. */
export function firstDifference(a: Json | undefined, b: Json | undefined, path = '$'): string | undefined {
  if (isArray(a) && isArray(b) && a.length === b.length) {
    return a.map((item, i) => firstDifference(item, b[i], `${path}.${i}`)).find(found => found !== undefined)
  }
  if (isObject(a) && isObject(b)) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
    return names
      .map(name => firstDifference(a[name], b[name], `${path}.${name}`))
      .find(found => found !== undefined)
  }
  return a === b ? undefined : `${path}: decK ${JSON.stringify(a)}, ours ${JSON.stringify(b)}`
}

/** Kinds and fields that came to decK's format after 1.55. */
export const newerThanPeer = [
  'conditional',
  'custom-plugin',
  'cloned-plugin',
  'plugin-definitions',
  'instance-name',
]

/** A partial without a name and an id: nothing can ever refer to it, and no gateway takes it. */
export const namelessPartial = 'sync/039-partials/kong-partials-no-name.yaml'
