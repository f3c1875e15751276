import type { NamedRef } from './answer.ts'

/** The plugin that something comes from, and the scope that won for it. */
export interface PluginOrigin {
  readonly plugin: string
  readonly id: string | null
  /** What it is attached to, such as `route`, `consumer+service`, `global`. */
  readonly scope: string
}

/**
 * Whether a route's upstream can be reached without credentials: `required`: no; `anonymous`: yes, as an anonymous
 * consumer; `open`: yes, nothing authenticates; `closed`: nobody passes at all (terminated, or an ACL without a plugin
 * that identifies callers); `unknown`: a plugin that runs code may authenticate.
 */
export type AuthenticationState = 'required' | 'anonymous' | 'open' | 'closed' | 'unknown'

/** A plugin that authenticates the callers of a route. */
export interface AuthenticationPluginPosture extends PluginOrigin {
  /** The consumer that requests without credentials are treated as; null: they are refused. */
  readonly anonymous: string | null
  /** Whether credentials are kept from the upstream; null where the plugin has no such setting. */
  readonly hidesCredentials: boolean | null
  /** Whether it takes a key from the query, where it ends up in logs. */
  readonly keyInQuery: boolean
}

/** How a route authenticates. */
export interface AuthenticationPosture {
  /** `unknown`: a plugin that runs code may authenticate. */
  readonly state: AuthenticationState
  readonly plugins: readonly AuthenticationPluginPosture[]
  /** What else decides the state: a termination, an ACL, a plugin that runs code. */
  readonly because: readonly PluginOrigin[]
  /** Plugins that would authenticate if they were enabled. */
  readonly disabled: readonly PluginOrigin[]
}

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
  /** The response to a plain request (426 or a redirect); null: it is served. */
  readonly plainStatus: number | null
}

/** How the gateway talks to the upstream. */
export interface UpstreamTls {
  readonly protocol: string
  readonly encrypted: boolean
  /** Whether the upstream's certificate is verified; null: as the gateway is configured, which is off by default. */
  readonly verified: boolean | null
  /** Whether the gateway shows a client certificate. */
  readonly clientCertificate: boolean
}

/** So many requests in so many seconds. */
export interface RateWindow {
  readonly limit: number
  readonly seconds: number
  /** `minute`, or `30 seconds` where the window has no name. */
  readonly name: string
}

/** A rate limit in effect on a route. */
export interface RateLimitPosture extends PluginOrigin {
  readonly windows: readonly RateWindow[]
  /** Whom it counts, such as `consumer`, `ip`. */
  readonly by: string
  /** Where it counts: `local` (each node for itself), or for example `redis`. */
  readonly policy: string
}

/** What protects one route. Null or an empty list: nothing of that kind is in effect. */
export interface RoutePosture {
  readonly routeId: string | null
  readonly routeName: string | null
  readonly serviceId: string | null
  readonly serviceName: string | null
  readonly hosts: readonly string[]
  readonly paths: readonly string[]
  readonly methods: readonly string[]
  readonly tags: readonly string[]
  /** What the route answers: `GET api.pay.example/disputes`. */
  readonly exposes: readonly string[]
  readonly authentication: AuthenticationPosture
  /** Requests without credentials reach an upstream: nothing authenticates, or anyone passes as anonymous. */
  readonly open: boolean
  readonly accessGroups: AccessGroups | null
  readonly rateLimits: readonly RateLimitPosture[]
  readonly sizeLimit: SizeLimit | null
  readonly ipRestriction: IpRestriction | null
  readonly cors: Cors | null
  readonly tls: Tls
  /** Null: the route has no service. */
  readonly upstreamTls: UpstreamTls | null
  readonly logging: readonly PluginOrigin[]
  readonly metrics: readonly PluginOrigin[]
  readonly wildcardHosts: readonly string[]
  /** Whether it answers whatever host is asked for. */
  readonly anyHost: boolean
  /** Disabled plugins in a scope of the route. */
  readonly disabled: readonly PluginOrigin[]
  /** Plugins that run code or are unknown: their effect can't be known from here. */
  readonly unknown: readonly PluginOrigin[]
  /** Why no request can reach the route, and what wins instead; null: requests can. */
  readonly unreachable: { readonly reason: string; readonly by: readonly NamedRef[] } | null
}

export type PostureAspect =
  | 'authentication'
  | 'access groups'
  | 'rate limit'
  | 'size limit'
  | 'IP restriction'
  | 'CORS'
  | 'TLS'
  | 'upstream TLS'
  | 'logging'
  | 'hosts'
  | 'reachability'

/** A change in how one route is protected. */
export interface PostureChange {
  readonly aspect: PostureAspect
  readonly routeId: string | null
  readonly routeName: string | null
  readonly serviceName: string | null
  /** Whether the route is protected less, or more; `other`: neither. */
  readonly effect: 'weaker' | 'stronger' | 'other'
  /** For limits: how many times more passes than before; infinite if the limit is gone. */
  readonly factor: number | null
  /**
   * In words: `key-auth`, `nothing authenticates`, `10 per minute by consumer`, `none`; `no route` before it existed.
   */
  readonly before: string
  readonly after: string
  /** What the route answers now, or answered if it is gone. */
  readonly exposes: readonly string[]
}
