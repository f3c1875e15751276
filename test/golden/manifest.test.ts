import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import {
  asString,
  canonicalText,
  isArray,
  isObject,
  type Json,
  type JsonObject,
} from '../../src/model/json.ts'
import { problemText } from '../../src/model/problem.ts'
import { kinds } from '../../src/providers/kong/kinds/index.ts'
import { readManifests } from '../../src/providers/kong/manifest/index.ts'
import type { Manifest } from '../../src/providers/manifest.ts'
import { describeShared, hasShared, shared } from '../shared.ts'

const recordings = resolve(shared, 'golden/kong-3.9.1')

type Lists = Readonly<Record<string, readonly JsonObject[]>>

/** A manifest that decK synced to an empty gateway, and all that the gateway held then. */
interface Synced {
  readonly name: string
  readonly text: string
  readonly live: Lists
  /** What decK did not get to the gateway: it still finds a difference there. */
  readonly left: ReadonlySet<string>
}

/** A manifest that decK or the gateway refused, and what was said. */
interface Refused {
  readonly name: string
  readonly text: string
  readonly said: string
}

function load(): { readonly synced: readonly Synced[]; readonly refused: readonly Refused[] } {
  const synced: Synced[] = []
  const refused: Refused[] = []
  for (const file of readdirSync(resolve(recordings, 'pairs'))) {
    const pair = JSON.parse(readFileSync(resolve(recordings, 'pairs', file), 'utf8'))
    synced.push({ name: file, text: pair.manifest, live: pair.live, left: leftIn(pair.deck_diff_again) })
    // Where decK failed half way, what the gateway holds is not what the manifest says.
    if (!pair.deck_sync_error)
      synced.push({
        name: `${file} next`,
        text: pair.next_manifest,
        live: pair.live_after,
        left: leftIn(pair.deck_diff_again_2),
      })
  }
  for (const file of readdirSync(resolve(recordings, 'deck-cases'))) {
    const found = JSON.parse(readFileSync(resolve(recordings, 'deck-cases', file), 'utf8'))
    if (typeof found.file !== 'string') continue
    const text = readFileSync(
      resolve(shared, 'golden/deck', found.file.replace(/^golden\/deck\//, '')),
      'utf8',
    )
    if (found.live) synced.push({ name: file, text, live: found.live, left: leftIn(found.deck_diff_again) })
    else refused.push({ name: file, text, said: JSON.stringify(found.refused_by_deck_or_gateway) })
  }
  return { synced, refused }
}

/** decK sees an update of every oauth2 credential for ever, wrongly. */
function leftIn(
  diff: { readonly updating?: readonly { kind: string; name: string }[] } | undefined,
): ReadonlySet<string> {
  return new Set(
    (diff?.updating ?? [])
      .filter(({ kind }) => kind !== 'oauth2-cred')
      .map(({ kind, name }) => `${kind} ${name}`),
  )
}

const read = (text: string) => readManifests([{ path: 'kong.yaml', text }], { env: {} })

describeShared('manifests against a real gateway', () => {
  const { synced, refused } = hasShared ? load() : { synced: [], refused: [] }

  it('has the recordings', () => {
    expect(synced.length).toBeGreaterThan(400)
    expect(refused.length).toBeGreaterThan(50)
  })

  it('reads everything that decK could sync', () => {
    const failures = synced.flatMap(({ name, text }) => {
      const result = read(text)
      return result.ok ? [] : [`${name}: ${result.error.map(problemText).join('; ')}`]
    })
    expect(failures).toEqual([])
  })

  it('finds in each the entities that the gateway held after decK synced it, with the same values', () => {
    const differences = synced.flatMap(({ name, text, live, left }) => {
      const result = read(text)
      return result.ok
        ? differencesOf(result.value, live, left).map(difference => `${name}: ${difference}`)
        : []
    })
    expect(differences).toEqual([])
  })

  it('refuses what decK refused because of the file’s text alone', () => {
    const known =
      /Additional property (?!condition|instance_name|custom_plugins|cloned_plugins)|is required|not found in|config format version|building state: (?:service|route|consumer|consumer-group|partial) [^ ]* for plugin|present in state fi/
    const wrong = refused.filter(
      ({ said, text }) => known.test(said) && !text.includes('default_lookup_tags'),
    )
    expect(wrong.length).toBeGreaterThan(10)
    const lenient = wrong
      .filter(({ text }) => read(text).ok)
      .map(({ name, said }) => `${name}: ${said.slice(0, 200)}`)
    expect(lenient).toEqual([])
  })
})

/** Where a manifest and a gateway that it was synced to differ in what the manifest says. */
function differencesOf(manifest: Manifest, live: Lists, left: ReadonlySet<string>): readonly string[] {
  const differences: string[] = []
  for (const {
    kind,
    transport: { path },
  } of kinds.all) {
    const entities = manifest.entities.filter(entity => entity.kind === kind)
    const listed = live[path] ?? []
    if (entities.length !== listed.length) {
      differences.push(`${entities.length} ${path} in the manifest, ${listed.length} at the gateway`)
      continue
    }
    for (const { fields } of entities) {
      if (left.has(`${kind} ${nameOf(fields)}`)) continue
      const expected = { ...manifest.defaults[kind], ...fields, ...tagsOf(manifest, fields) }
      const found = listed.filter(entity => isTwin(kind, fields, entity, live))
      if (found.length === 0) differences.push(`no ${kind} like ${JSON.stringify(nameOf(fields))}`)
      else if (!found.some(entity => mismatch(expected, entity, live) === undefined)) {
        const [first] = found
        differences.push(
          `${kind} ${JSON.stringify(nameOf(fields))}: ${first && mismatch(expected, first, live)}`,
        )
      }
    }
  }
  return differences
}

function tagsOf(manifest: Manifest, fields: JsonObject): JsonObject {
  const own = isArray(fields.tags) ? fields.tags : []
  return manifest.selectTags.length > 0 ? { tags: [...new Set([...own, ...manifest.selectTags])] } : {}
}

const nameOf = ({ id, name, username, custom_id, target, key, group, prefix, client_id }: JsonObject) =>
  name ?? username ?? custom_id ?? target ?? key ?? group ?? prefix ?? client_id ?? id ?? null

/** Whether an entity of the gateway may be the one that the manifest means. */
function isTwin(kind: string, fields: JsonObject, entity: JsonObject, live: Lists): boolean {
  if (!equal(nameOf(fields), nameOf(entity))) return false
  const foreign = Object.keys(kinds.of(kind)?.references.foreign ?? {})
  return foreign.every(field => pointsTo(fields[field], entity[field], kind, field, live))
}

function pointsTo(
  given: Json | undefined,
  found: Json | undefined,
  kind: string,
  field: string,
  live: Lists,
): boolean {
  if (!isObject(given)) return given === undefined || given === null ? !isObject(found) : false
  if (!isObject(found)) return false
  if (asString(given.id) !== undefined) return given.id === found.id
  const list =
    live[kinds.of(kinds.of(kind)?.references.foreign[field]?.kind ?? '')?.transport.path ?? ''] ?? []
  return list.some(
    entity =>
      entity.id === found.id && [entity.name, entity.username, entity.custom_id].includes(given.name ?? null),
  )
}

/** The first field that the gateway holds differently; what it keeps under another name or hashed is left out. */
function mismatch(given: JsonObject, found: JsonObject, live: Lists, path = ''): string | undefined {
  for (const [field, value] of Object.entries(given)) {
    const here = path === '' ? field : `${path}.${field}`
    if (here === 'password' || here === 'client_secret' || !(field in found)) continue
    const other = found[field] ?? null
    if (isObject(value) && 'name' in value && isObject(other) && 'id' in other) continue
    if (isObject(value) && isObject(other)) {
      const below = mismatch(value, other, live, here)
      if (below !== undefined) return below
    } else if (!equal(value, other))
      return `${here} is ${JSON.stringify(value)}, not ${JSON.stringify(other)}`
  }
  return undefined
}

/** Equal, but for the order of lists, and empty ones that the gateway keeps as null. */
function equal(a: Json, b: Json): boolean {
  return ordered(a) === ordered(b)
}

function ordered(value: Json): string {
  if (isArray(value)) return value.length === 0 ? 'null' : [...new Set(value.map(ordered))].sort().join(',')
  return canonicalText(value)
}
