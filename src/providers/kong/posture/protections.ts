/** Protections beside authentication, read from the plugins in effect on a route. */
import type {
  AccessGroups,
  Cors,
  IpRestriction,
  PluginOrigin,
  SizeLimit,
  Tls,
  UpstreamTls,
} from '../../../model/routing/posture.ts'
import { allowedBytes, PluginFields, type Route, type ScopedPlugin, type Service } from '../router/index.ts'
import { originOf } from './origin.ts'

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
