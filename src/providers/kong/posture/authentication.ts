import {
  type AuthenticationState,
  authenticates,
  authenticationOf,
  PluginFields,
  type Route,
  type Router,
} from '../router/index.ts'
import { originOf, type PluginOrigin } from './origin.ts'

/** A plugin that authenticates the callers of a route. */
export interface AuthenticationPluginPosture extends PluginOrigin {
  /** The consumer that requests without credentials pass as; null: they are refused. */
  readonly anonymous: string | null
  /** Whether credentials are kept from the upstream; null where the plugin has no such setting. */
  readonly hidesCredentials: boolean | null
  /** Whether it takes a key from the query, where it ends up in logs. */
  readonly keyInQuery: boolean
}

/** How a route authenticates. */
export interface AuthenticationPosture {
  /** `unknown`: a plugin that runs code may authenticate. See `AuthenticationState`. */
  readonly state: AuthenticationState
  readonly plugins: readonly AuthenticationPluginPosture[]
  /** What else decides the state: a termination, an ACL, a plugin that runs code. */
  readonly because: readonly PluginOrigin[]
  /** Plugins that would authenticate if they were enabled. */
  readonly disabled: readonly PluginOrigin[]
}

/** Authentication plugins without `hide_credentials`; with it, it is off by default. */
const cannotHide = new Set(['jwt', 'mtls-auth', 'header-cert-auth', 'jwt-signer', 'saml'])
const keyPlugins = new Set(['key-auth', 'key-auth-enc'])

export function authenticationPosture(router: Router, route: Route): AuthenticationPosture {
  const { state, plugins, because } = authenticationOf(router, route)
  return {
    state,
    plugins: plugins.map(({ plugin, anonymous }) => {
      const fields = new PluginFields(plugin.plugin.config)
      return {
        ...originOf(plugin),
        anonymous,
        hidesCredentials: cannotHide.has(plugin.name) ? null : fields.flag('hide_credentials', false),
        keyInQuery: keyPlugins.has(plugin.name) && fields.flag('key_in_query', true),
      }
    }),
    because: because.map(originOf),
    disabled: router.scopes
      .disabledOn(route)
      .filter(plugin => authenticates(plugin.name))
      .map(originOf),
  }
}

/** An authentication in words: `key-auth`, `nothing authenticates`, `key-auth, else anonymous`. */
export function authenticationText({ state, plugins, because }: AuthenticationPosture): string {
  const names = plugins.map(({ plugin }) => plugin).join(' and ')
  const reasons = because.map(({ plugin }) => plugin).join(', ')
  if (state === 'open') return 'nothing authenticates'
  if (state === 'closed') return `nobody passes (${reasons})`
  if (state === 'unknown') return `${reasons} may authenticate`
  return state === 'anonymous' ? `${names}, else anonymous` : names
}
