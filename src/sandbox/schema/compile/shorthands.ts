import { isObject, type Json, type JsonObject, jsonObject } from '../../json.ts'
import type { Field, Shorthand } from '../field.ts'
import { splitUrl } from '../rules/urls.ts'

type Expand = (value: Json) => JsonObject

function atPath(path: readonly string[], value: Json): JsonObject {
  const made = jsonObject()
  const [first = '', ...rest] = path
  made[first] = rest.length === 0 ? value : atPath(rest, value)
  return made
}

function serviceUrl(value: Json): JsonObject {
  const parts = splitUrl(String(value))
  if (parts === undefined) return {}
  const number = parts.port !== undefined && /^\s*\d+\s*$/.test(parts.port) ? Number(parts.port) : undefined
  const guessed = number === 443 ? 'https' : 'http'
  const protocol = parts.scheme ?? guessed
  return {
    protocol,
    host: parts.host ?? null,
    port: number ?? parts.port ?? (protocol === 'https' ? 443 : 80),
    path: parts.path ?? null,
  }
}

const upstreamAlgorithm: Expand = value =>
  value === 'least-connections' || value === 'latency'
    ? { algorithm: value, hash_on: null }
    : { algorithm: value }

const upstreamHashOn: Expand = value =>
  value === null
    ? { hash_on: 'none' }
    : { hash_on: value, algorithm: value === 'none' ? 'round-robin' : 'consistent-hashing' }

/** What shorthand fields that no schema explains stand for, by place and name. */
const expansions: ReadonlyMap<string, Expand> = new Map<string, Expand>([
  ['services.url', serviceUrl],
  ['upstreams.algorithm', upstreamAlgorithm],
  ['upstreams.hash_on', upstreamHashOn],
  ['plugins/opentelemetry.config.endpoint', value => ({ traces_endpoint: value })],
  ['plugins/session.config.cookie_lifetime', value => ({ rolling_timeout: value })],
  ['plugins/session.config.cookie_idletime', value => ({ idling_timeout: value ?? 0 })],
  ['plugins/session.config.cookie_renew', () => ({})],
  ['plugins/session.config.cookie_discard', value => ({ stale_ttl: value })],
  [
    'plugins/session.config.cookie_samesite',
    value => ({ cookie_same_site: value === 'off' ? 'Lax' : value }),
  ],
  ['plugins/session.config.cookie_httponly', value => ({ cookie_http_only: value })],
  ['plugins/session.config.cookie_persistent', value => ({ remember: value })],
])

/** Shorthand fields of entities: no schema lists them. */
export const entityShorthands: ReadonlyMap<string, readonly JsonObject[]> = new Map([
  ['services', [{ url: { type: 'string' } }]],
  ['upstreams', [{ algorithm: { type: 'string' } }, { hash_on: { type: 'string' } }]],
])

function replacement(raw: JsonObject): string[] | undefined {
  const deprecation = raw.deprecation
  const replacements = isObject(deprecation) ? deprecation.replaced_with : undefined
  const first = Array.isArray(replacements) ? replacements[0] : undefined
  const path = isObject(first) ? first.path : undefined
  return Array.isArray(path) ? path.filter(step => typeof step === 'string') : undefined
}

/** The shorthand field `name` of a schema at `place`; undefined if its meaning is unknown. */
export function shorthandOf(
  place: string,
  name: string,
  raw: JsonObject,
  field: Field,
): Shorthand | undefined {
  const replacedWith = replacement(raw)
  const expand = expansions.get(`${place}.${name}`)
  const deprecated = isObject(raw.deprecation)
  if (replacedWith !== undefined) {
    return { name, field, deprecated, replacedWith, expand: value => atPath(replacedWith, value) }
  }
  return expand === undefined ? undefined : { name, field, deprecated, replacedWith, expand }
}
