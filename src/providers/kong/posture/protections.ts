/** Protections beside authentication, read from the plugins in effect on a route. */
import { allowedBytes, PluginFields, type Route, type ScopedPlugin, type Service } from '../router/index.ts'
import { originOf, type PluginOrigin } from './origin.ts'

/** Which ACL groups may pass, or may not. */
export interface AccessGroups extends PluginOrigin {
  readonly allow: readonly string[]
  readonly deny: readonly string[]
}

export interface SizeLimit extends PluginOrigin {
  readonly bytes: number
}

/** Addresses and ranges that may pass, or may not. */
export interface IpRestriction extends PluginOrigin {
  readonly allow: readonly string[]
  readonly deny: readonly string[]
}

export interface Cors extends PluginOrigin {
  readonly origins: readonly string[]
  readonly anyOrigin: boolean
  readonly credentials: boolean
}

/** How plain HTTP is dealt with. */
export interface Tls {
  readonly only: boolean
  /** What a plain request is answered with (426 or a redirect); null: it is served. */
  readonly plainStatus: number | null
}

/** How the gateway talks to the upstream. */
export interface UpstreamTls {
  readonly protocol: string
  readonly encrypted: boolean
  /** Whether the upstream's certificate is verified; null: as the gateway is set, which is off by default. */
  readonly verified: boolean | null
  /** Whether the gateway shows a client certificate. */
  readonly clientCertificate: boolean
}

export function accessGroupsOf(effective: readonly ScopedPlugin[]): AccessGroups | null {
  return read(effective, 'acl', fields => ({ allow: fields.texts('allow'), deny: fields.texts('deny') }))
}

export function sizeLimitOf(effective: readonly ScopedPlugin[]): SizeLimit | null {
  return read(effective, 'request-size-limiting', fields => ({
    bytes: allowedBytes(fields.number('allowed_payload_size'), fields.text('size_unit')),
  }))
}

export function ipRestrictionOf(effective: readonly ScopedPlugin[]): IpRestriction | null {
  return read(effective, 'ip-restriction', fields => ({
    allow: fields.texts('allow'),
    deny: fields.texts('deny'),
  }))
}

/** Without origins, all of them are allowed, as the plugin has it. */
export function corsOf(effective: readonly ScopedPlugin[]): Cors | null {
  return read(effective, 'cors', fields => {
    const origins = fields.texts('origins')
    return {
      origins,
      anyOrigin: origins.length === 0 || origins.includes('*'),
      credentials: fields.flag('credentials', false),
    }
  })
}

export function tlsOf({ protocols, httpsRedirectStatus }: Route): Tls {
  const only = protocols.every(protocol => protocol === 'https' || protocol === 'grpcs')
  return { only, plainStatus: only ? httpsRedirectStatus : null }
}

export function upstreamTlsOf({ protocol, config }: Service): UpstreamTls {
  const encrypted = ['https', 'grpcs', 'tls', 'wss'].includes(protocol)
  return {
    protocol,
    encrypted,
    verified: encrypted ? (config.tls_verify ?? null) : false,
    clientCertificate: Boolean(config.client_certificate),
  }
}

function read<T>(
  effective: readonly ScopedPlugin[],
  name: string,
  take: (fields: PluginFields) => T,
): (PluginOrigin & T) | null {
  const plugin = effective.find(each => each.name === name)
  return plugin ? { ...originOf(plugin), ...take(new PluginFields(plugin.plugin.config)) } : null
}
