import { compareCodePoints } from '../../model/compare-texts.ts'
import { isArray, isObject, type JsonObject } from '../../model/json.ts'
import type { Place } from '../../model/problem.ts'
import type { OpenApi, Requirement } from '../document.ts'
import type { DesignReader } from '../reader.ts'
import { extensionObject, type PluginSource } from './extensions.ts'

/** A security scheme that can't be a plugin is an error, or a warning if the option says so. */
interface SecurityOptions {
  readonly ignoreSecurityErrors?: boolean
}

/**
 * The plugin `openid-connect` for the security requirements of a level; undefined where there is none to be made.
 * One requirement with one scheme of type openIdConnect can be a plugin, nothing else.
 */
export function securityPlugin(
  reader: DesignReader,
  api: OpenApi,
  requirements: readonly Requirement[],
  options: SecurityOptions,
): PluginSource | undefined {
  const [requirement, ...more] = requirements
  const [scheme, ...others] = requirement?.schemes ?? []
  if (requirement === undefined || scheme === undefined) return undefined
  const { place } = requirement
  const refuse = (message: string, hint: string): undefined => {
    if (options.ignoreSecurityErrors) reader.warn('security', `${message}: it gets no plugin`, place)
    else reader.problem(message, place, `${hint} Or pass --ignore-security-errors.`)
  }
  if (more.length > 0) {
    return refuse(
      'Only a single security requirement can be a plugin',
      'Keep the one that the gateway should check.',
    )
  }
  if (others.length > 0) {
    const hint = 'Keep the one that the gateway should check.'
    return refuse('Only a single security scheme in a requirement can be a plugin', hint)
  }
  const schemes = reader.fieldsIn(api.components, 'securitySchemes', '"securitySchemes"')
  const field = schemes.get(scheme.name)
  if (field === undefined) {
    return refuse(`There is no security scheme "${scheme.name}"`, 'Add it under components.securitySchemes.')
  }
  const fields = reader.fields(field.value, 'A security scheme', reader.placeOf(field))
  const type = reader.text(fields.get('type'), 'The type of a security scheme') ?? ''
  if (type.toLowerCase().replace(/[-_]/g, '') !== 'openidconnect') {
    const message = `Only security schemes of type openIdConnect can be a plugin, not "${type}"`
    return refuse(message, 'Add the plugin as x-kong-plugin-… instead.')
  }
  const url = reader.text(fields.get('openIdConnectUrl'), '"openIdConnectUrl"')
  const base = extensionObject(reader, fields, 'x-kong-security-openid-connect') ?? {}
  return {
    name: 'openid-connect',
    fields: pluginFields(reader, base, scheme.scopes, url, place),
    place,
    bare: true,
  }
}

/**
 * The extension's content, with the scopes of both. The extension's issuer takes precedence: it decides what the
 * gateway does.
 */
function pluginFields(
  reader: DesignReader,
  base: JsonObject,
  scopes: readonly string[],
  url: string | undefined,
  place: Place | undefined,
): JsonObject {
  const given = base.config ?? {}
  if (!isObject(given))
    reader.problem('The "config" of "x-kong-security-openid-connect" must be an object', place)
  const config = isObject(given) ? given : {}
  const own = config.scopes_required ?? []
  if (!isArray(own)) reader.problem('"scopes_required" must be a list', place)
  const all = new Set([...(isArray(own) ? own.filter(scope => typeof scope === 'string') : []), ...scopes])
  const issuer = url && (config.issuer ?? null) === null ? { issuer: url } : {}
  return {
    ...base,
    name: 'openid-connect',
    config: { ...config, ...issuer, scopes_required: [...all].sort(compareCodePoints) },
  }
}
