/** A value that is missing or null counts as the gateway's default. */
type Maybe<T> = T | null | undefined

/** A foreign key as the Admin API gives it (`{id}`), or by name; a text is an id or a name. */
export type ConfigReference =
  | string
  | { readonly id?: Maybe<string>; readonly name?: Maybe<string>; readonly username?: Maybe<string> }

/** An address that a route's `sources` or `destinations` asks for. */
export interface AddressConfig {
  readonly ip?: Maybe<string>
  readonly port?: Maybe<number>
}

/** A route, as `GET /routes` lists it. What is missing or null counts as the gateway's default. */
export interface RouteConfig {
  readonly id?: Maybe<string>
  /** The UUID that the gateway knows the route by, where `id` is something else; decides between equal priorities. */
  readonly gateway_id?: Maybe<string>
  readonly name?: Maybe<string>
  readonly service?: Maybe<ConfigReference>
  readonly protocols?: Maybe<readonly string[]>
  readonly methods?: Maybe<readonly string[]>
  readonly hosts?: Maybe<readonly string[]>
  readonly paths?: Maybe<readonly string[]>
  readonly headers?: Maybe<Readonly<Record<string, readonly string[]>>>
  readonly snis?: Maybe<readonly string[]>
  readonly sources?: Maybe<readonly AddressConfig[]>
  readonly destinations?: Maybe<readonly AddressConfig[]>
  readonly regex_priority?: Maybe<number>
  readonly strip_path?: Maybe<boolean>
  readonly preserve_host?: Maybe<boolean>
  /** Has no effect in the `traditional_compatible` router: `v0` is used always. */
  readonly path_handling?: Maybe<string>
  readonly https_redirect_status_code?: Maybe<number>
  readonly expression?: Maybe<string>
  readonly tags?: Maybe<readonly string[]>
}

/** A service; `url` is the short form that the Admin API accepts in a body. */
export interface ServiceConfig {
  readonly id?: Maybe<string>
  readonly name?: Maybe<string>
  readonly protocol?: Maybe<string>
  readonly host?: Maybe<string>
  readonly port?: Maybe<number>
  readonly path?: Maybe<string>
  readonly url?: Maybe<string>
  readonly enabled?: Maybe<boolean>
  readonly tls_verify?: Maybe<boolean>
  readonly tls_verify_depth?: Maybe<number>
  readonly ca_certificates?: Maybe<readonly unknown[]>
  readonly client_certificate?: Maybe<ConfigReference>
  readonly tags?: Maybe<readonly string[]>
}

/** A plugin in any scope. `config` may leave out fields that have their default. */
export interface PluginConfig {
  readonly id?: Maybe<string>
  readonly name: string
  readonly instance_name?: Maybe<string>
  readonly route?: Maybe<ConfigReference>
  readonly service?: Maybe<ConfigReference>
  readonly consumer?: Maybe<ConfigReference>
  readonly consumer_group?: Maybe<ConfigReference>
  readonly enabled?: Maybe<boolean>
  readonly protocols?: Maybe<readonly string[]>
  readonly config?: Maybe<Readonly<Record<string, unknown>>>
  readonly ordering?: unknown
  readonly tags?: Maybe<readonly string[]>
}

export interface ConsumerConfig {
  readonly id?: Maybe<string>
  readonly username?: Maybe<string>
  readonly custom_id?: Maybe<string>
}

/** A credential of any kind. A value that isn't a text (a secret's mark, a vault reference) can't be compared. */
export interface CredentialConfig {
  readonly id?: Maybe<string>
  readonly consumer?: Maybe<ConfigReference>
  readonly key?: unknown
  readonly username?: unknown
  readonly password?: unknown
  readonly client_id?: unknown
}

export interface AclConfig {
  readonly id?: Maybe<string>
  readonly group?: Maybe<string>
  readonly consumer?: Maybe<ConfigReference>
}

export interface UpstreamConfig {
  readonly id?: Maybe<string>
  readonly name?: Maybe<string>
  readonly host_header?: Maybe<string>
}

export interface UpstreamTarget {
  readonly target?: Maybe<string>
  readonly weight?: Maybe<number>
  readonly upstream?: Maybe<ConfigReference>
}

export interface GroupMemberConfig {
  readonly consumer?: Maybe<ConfigReference>
  readonly consumer_group?: Maybe<ConfigReference>
}

/**
 * What a gateway is configured with, keyed by Admin API path. A list of credentials, ACL groups or
 * consumers that is absent was not read: answers that hang on it are unknown, which an empty list is not.
 */
export interface GatewayConfig {
  readonly routes: readonly RouteConfig[]
  readonly services: readonly ServiceConfig[]
  readonly plugins?: readonly PluginConfig[] | undefined
  readonly consumers?: readonly ConsumerConfig[] | undefined
  readonly 'key-auths'?: readonly CredentialConfig[] | undefined
  readonly 'basic-auths'?: readonly CredentialConfig[] | undefined
  readonly 'hmac-auths'?: readonly CredentialConfig[] | undefined
  readonly jwts?: readonly CredentialConfig[] | undefined
  readonly oauth2?: readonly CredentialConfig[] | undefined
  readonly acls?: readonly AclConfig[] | undefined
  readonly upstreams?: readonly UpstreamConfig[] | undefined
  readonly targets?: readonly UpstreamTarget[] | undefined
  readonly consumer_group_members?: readonly GroupMemberConfig[] | undefined
}

/** The lists of credentials, by the plugin that checks them. */
export const credentialLists = {
  'key-auth': 'key-auths',
  'basic-auth': 'basic-auths',
  'hmac-auth': 'hmac-auths',
  jwt: 'jwts',
  oauth2: 'oauth2',
} as const
