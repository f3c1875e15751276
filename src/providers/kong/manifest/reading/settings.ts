import type { FieldPath, Kind } from '../../../../model/entity.ts'
import { asString, isArray, isObject, type Json, type JsonObject } from '../../../../model/json.ts'
import type { Place, Problem } from '../../../../model/problem.ts'
import type { Manifest, ManifestOptions } from '../../../manifest.ts'
import { lists } from '../deck-format.ts'
import type { ReadFile } from './source.ts'

/** What files say about themselves, merged. */
export type Settings = Pick<
  Manifest,
  'selectTags' | 'defaults' | 'defaultVariables' | 'lookupTags' | 'workspace' | 'controlPlane'
>

const convertHint =
  'Convert it first: gatewatch convert --from kong-gateway-2.x --to kong-gateway-3.x --input-file OLD --output-file NEW.'

/** Problems of the format's version in one file; other checks make no sense where it has one. */
export function checkVersion(content: JsonObject, place: (path: string) => Place): Problem | undefined {
  const version = content._format_version
  if (version === undefined || version === '3.0') return undefined
  const at = place('_format_version')
  const code = 'format-version'
  if (typeof version === 'number' && version === 3) {
    return {
      code,
      message: '"_format_version" must be a text',
      hint: 'Write _format_version: "3.0".',
      place: at,
    }
  }
  const text = typeof version === 'string' || typeof version === 'number' ? String(version) : ''
  if (/^[12](?:\.\d+)?$/.test(text)) {
    const message = `format ${text} is for Kong before 3.0`
    return { code: 'old-format', message, hint: convertHint, place: at }
  }
  const message = "this version of decK's format is not known"
  return { code, message, hint: 'Write _format_version: "3.0".', place: at }
}

/**
 * Merges the settings of files: lists are joined, and of single values the first wins, as in decK. Problems are what
 * they ask for that is not supported, unless that is tolerated.
 */
export function mergeSettings(
  files: readonly ReadFile[],
  { tolerant = false }: Pick<ManifestOptions, 'tolerant'>,
): {
  readonly settings: Settings
  readonly problems: readonly Problem[]
} {
  const problems: Problem[] = []
  const tags = new Set<string>()
  const defaults: Record<Kind, JsonObject> = {}
  const defaultVariables: Record<Kind, readonly FieldPath[]> = {}
  const lookupTags: Record<Kind, readonly string[]> = {}
  for (const { content, document } of files) {
    const info = isObject(content._info) ? content._info : {}
    for (const tag of textsIn(info.select_tags)) tags.add(tag)
    if (info.skip_hash_for_basic_auth === true && !tolerant) {
      problems.push(hashSkipped(document.place(info, 'skip_hash_for_basic_auth')))
    }
    for (const [kind, fields] of Object.entries(isObject(info.defaults) ? info.defaults : {})) {
      if (!isObject(fields)) continue
      const filled = document.filledIn(fields)
      if (filled.length > 0) defaultVariables[kind] = [...filled, ...(defaultVariables[kind] ?? [])]
      defaults[kind] = { ...fields, ...defaults[kind] }
    }
    const lookups = isObject(info.default_lookup_tags) ? info.default_lookup_tags : {}
    for (const [list, given] of Object.entries(lookups)) {
      const kind = Object.hasOwn(lists, list) ? lists[list]?.kind : undefined
      if (kind !== undefined) lookupTags[kind] = [...(lookupTags[kind] ?? []), ...textsIn(given)]
    }
    if (content._transform === false) {
      const hint = 'Take the line away, or set it to true.'
      const place = document.place(content, '_transform')
      problems.push({ code: 'transform', message: '"_transform: false" is not supported', hint, place })
    }
  }
  const workspace = agreed(files, '_workspace', content => content._workspace, problems)
  const controlPlane = agreed(
    files,
    '_konnect',
    ({ _konnect: konnect }) =>
      isObject(konnect) ? (konnect.control_plane_name ?? konnect.runtime_group_name) : undefined,
    problems,
  )
  const settings: Settings = {
    selectTags: [...tags],
    defaults,
    defaultVariables,
    lookupTags,
    ...(workspace === undefined ? {} : { workspace }),
    ...(controlPlane === undefined ? {} : { controlPlane }),
  }
  return { settings, problems }
}

/** Only Konnect takes a hash as it is, and decK refuses this too where it speaks to a gateway. */
function hashSkipped(place: Place): Problem {
  return {
    code: 'hash-skipped',
    message:
      '"skip_hash_for_basic_auth" is for Konnect: a gateway hashes each password that it is sent, and a hash would become the password',
    hint: 'Take the line away and give passwords in clear, as by ${{ env "DECK_…" }}, or none: a basic-auth without one keeps what the gateway has.',
    place,
  }
}

/** A value that files must not say differently. */
function agreed(
  files: readonly ReadFile[],
  name: string,
  read: (content: JsonObject) => Json | undefined,
  problems: Problem[],
): string | undefined {
  let first: { readonly value: string; readonly place: Place } | undefined
  for (const { content, document } of files) {
    const value = asString(read(content))
    if (!value) continue
    const place = document.place(content, name)
    first ??= { value, place }
    if (first.value === value) continue
    const message = `"${name}" is ${value} here and ${first.value} in ${first.place.file}:${first.place.line}`
    problems.push({ code: 'workspace', message, hint: 'Compare and sync one of them at a time.', place })
  }
  return first?.value
}

function textsIn(value: Json | undefined): readonly string[] {
  return isArray(value) ? value.filter(item => typeof item === 'string') : []
}
