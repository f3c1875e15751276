import type { PluginFields } from '../effects/plugin-fields.ts'
import { parseQuery } from '../matching/uri.ts'
import type { Exchange, PluginModel } from '../requests/exchange.ts'
import { authenticate, presented, type Verdict } from './authentication.ts'

/** What the `WWW-Authenticate` header of a refusal starts with. */
const schemes: Readonly<Record<string, string>> = {
  jwt: 'Bearer',
  'hmac-auth': 'hmac',
  'ldap-auth': 'LDAP',
  oauth2: 'Bearer',
}

/**
 * Authentication plugins whose credentials can't be checked from here (signatures, directories, other
 * servers). A request that presents nothing is refused; one that presents something may pass or not.
 */
export const otherAuthentication: PluginModel = {
  access(exchange, config) {
    const name = exchange.acting?.name ?? ''
    if (name === 'jwt' && exchange.view.method === 'OPTIONS' && !config.flag('run_on_preflight', true)) return
    authenticate(exchange, config, () => verdict(exchange, config, name))
  },
}

function verdict(exchange: Exchange, config: PluginFields, name: string): Verdict {
  const scheme = schemes[name]
  const realm = config.text('realm')
  const refused: Verdict = {
    type: 'refused',
    message: 'Unauthorized',
    challenge: realm ? `${scheme ?? 'Bearer'} realm="${realm}"` : (scheme ?? 'Bearer'),
  }
  const unknown: Verdict = { type: 'unknown', why: 'whether it accepts the request is not known from here' }
  if (scheme !== undefined && presents(exchange, config, name)) return unknown
  const assumed = presented(exchange, name, refused, owned => owned.config.key ?? owned.config.username)
  if (assumed) return assumed
  return name === 'jwt' || name === 'hmac-auth' || name === 'ldap-auth' ? refused : unknown
}

function presents(exchange: Exchange, config: PluginFields, name: string): boolean {
  if (name !== 'jwt') {
    return (
      exchange.header('authorization') !== undefined || exchange.header('proxy-authorization') !== undefined
    )
  }
  const inHeader = config.texts('header_names', ['authorization']).some(header => {
    const value = exchange.header(header)
    return value !== undefined && /[Bb]earer\s+./.test(value)
  })
  const parameters = config.texts('uri_param_names', ['jwt'])
  const inQuery = parseQuery(exchange.query ?? '').some(
    ([key, value]) => parameters.includes(key) && value !== '',
  )
  const cookies = exchange.header('cookie') ?? ''
  return inHeader || inQuery || config.texts('cookie_names').some(cookie => cookies.includes(`${cookie}=`))
}
