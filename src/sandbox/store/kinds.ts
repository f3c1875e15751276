/** A kind of entity: how the Admin API names it and how its entities are found. */
export interface Kind {
  /** Kong's own name: `keyauth_credentials`. */
  readonly name: string
  /** In paths: `/key-auths`. */
  readonly path: string
  /** Below another entity: `/consumers/{c}/key-auth`. */
  readonly nestedPath: string
  /** The field that may stand in a path in place of the id. */
  readonly endpointKey: string | undefined
  /** Fields that are unique together. */
  readonly together: readonly string[]
  /** Whether the database looks at fields that are unique of their own before those. */
  readonly uniqueFirst: boolean
  /** Fields that an id is made from where a file gives none. */
  readonly cacheKey: readonly string[]
  /** Entities may expire. */
  readonly ttl: boolean
  /** Columns that the database refuses to hold null, though the schema does not. */
  readonly notNull: readonly string[]
}

const kind = (name: string, more: Partial<Kind> = {}): Kind => {
  const path = more.path ?? name
  return {
    name,
    path,
    nestedPath: path,
    endpointKey: undefined,
    together: [],
    uniqueFirst: false,
    cacheKey: more.together ?? [],
    ttl: false,
    notNull: [],
    ...more,
  }
}

const credential = (
  name: string,
  nestedPath: string,
  path: string,
  endpointKey: string,
  more: Partial<Kind> = {},
): Kind => kind(name, { path, nestedPath, endpointKey, cacheKey: [endpointKey], ...more })

/** All kinds, each after the kinds that it points to. */
export const kinds: readonly Kind[] = [
  kind('certificates'),
  kind('ca_certificates'),
  kind('snis', { endpointKey: 'name' }),
  kind('services', { endpointKey: 'name' }),
  kind('routes', { endpointKey: 'name' }),
  kind('consumers', { endpointKey: 'username' }),
  kind('upstreams', { endpointKey: 'name', notNull: ['slots'] }),
  kind('targets', { endpointKey: 'target', together: ['upstream', 'target'], notNull: ['weight'] }),
  kind('plugins', { endpointKey: 'instance_name', together: ['name', 'route', 'service', 'consumer'] }),
  kind('vaults', { endpointKey: 'prefix', cacheKey: ['prefix'] }),
  kind('key_sets', { path: 'key-sets', endpointKey: 'name' }),
  kind('keys', { endpointKey: 'name', together: ['kid', 'set'], uniqueFirst: true }),
  kind('filter_chains', { path: 'filter-chains', endpointKey: 'name', cacheKey: ['route', 'service'] }),
  kind('acls', { together: ['consumer', 'group'] }),
  credential('basicauth_credentials', 'basic-auth', 'basic-auths', 'username'),
  credential('hmacauth_credentials', 'hmac-auth', 'hmac-auths', 'username'),
  credential('jwt_secrets', 'jwt', 'jwts', 'key'),
  credential('keyauth_credentials', 'key-auth', 'key-auths', 'key', { ttl: true }),
  credential('oauth2_credentials', 'oauth2', 'oauth2', 'client_id'),
  kind('oauth2_tokens', { endpointKey: 'access_token', cacheKey: ['access_token'], ttl: true }),
  kind('sessions', { endpointKey: 'session_id', cacheKey: ['session_id'], ttl: true }),
  kind('acme_storage', { cacheKey: ['key'], ttl: true }),
]

const byName = new Map(kinds.map(one => [one.name, one]))
const byPath = new Map(kinds.map(one => [one.path, one]))

/** The kind of Kong's own name. */
export const kindNamed = (name: string): Kind | undefined => byName.get(name)

/** The kind of a name or of an Admin API path. */
export const kindOf = (nameOrPath: string): Kind | undefined =>
  byName.get(nameOrPath) ?? byPath.get(nameOrPath)
