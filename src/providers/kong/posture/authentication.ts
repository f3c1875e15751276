import type { AuthenticationPosture } from '../../../model/routing/posture.ts'
import { authenticates, authenticationOf, PluginFields, type Route, type Router } from '../router/index.ts'
import { originOf } from './origin.ts'

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
