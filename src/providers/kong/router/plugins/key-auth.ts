import type { PluginFields } from '../effects/plugin-fields.ts'
import { parseQuery, withoutArgument } from '../matching/uri.ts'
import type { Exchange, PluginModel } from '../requests/exchange.ts'
import { authenticate, presented, type Verdict, verdictOf } from './authentication.ts'

/** A key in a header or query argument. */
export const keyAuth: PluginModel = {
  access(exchange, config) {
    if (exchange.view.method === 'OPTIONS' && !config.flag('run_on_preflight', true)) return
    authenticate(exchange, config, () => verdict(exchange, config))
  },
}

function verdict(exchange: Exchange, config: PluginFields): Verdict {
  const realm = config.text('realm')
  const challenge = realm ? `Key realm="${realm}"` : 'Key'
  const refused = (message: string): Verdict => ({ type: 'refused', message, challenge })
  const sent = keySent(exchange, config)
  if (sent === 'several') return refused('Duplicate API key found')
  if (sent === '') {
    const missing = refused('No API key found in request')
    const assumed = presented(exchange, 'key-auth', missing, owned => owned.config.id)
    if (assumed) return assumed
    return config.flag('key_in_body', false) && mayHaveBody(exchange)
      ? { type: 'unknown', why: 'the key may be in the body, which is not read here' }
      : missing
  }
  return verdictOf(exchange.credentials.byKey(sent), refused('Unauthorized'), owned => owned.config.id)
}

function keySent(exchange: Exchange, config: PluginFields): string {
  const inHeader = config.flag('key_in_header', true)
  const query = config.flag('key_in_query', true) ? (exchange.query ?? '') : ''
  for (const name of config.texts('key_names', ['apikey'])) {
    const headers = inHeader ? exchange.headers.get(name.toLowerCase()) : undefined
    const values = headers ?? argumentsOf(query, name)
    if (values.length > 1) return 'several'
    const value = values[0]
    if (typeof value !== 'string') continue
    if (config.flag('hide_credentials', false)) {
      if (exchange.query !== null) exchange.query = withoutArgument(exchange.query, name)
      exchange.setHeader(name, null)
    }
    return value
  }
  return ''
}

function argumentsOf(query: string, name: string): readonly (string | true)[] {
  return parseQuery(query)
    .filter(([argument]) => argument === name)
    .map(([, value]) => value)
}

function mayHaveBody(exchange: Exchange): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(exchange.view.method)
}
