import { createHash } from 'node:crypto'
import { isComparable, type OwnedCredential } from '../configuration/credentials.ts'
import { referenceKey } from '../configuration/entities.ts'
import type { PluginFields } from '../effects/plugin-fields.ts'
import type { Exchange, PluginModel } from '../requests/exchange.ts'
import { authenticate, presented, type Verdict, verdictOf } from './authentication.ts'

/** User name and password in `Proxy-Authorization` or `Authorization`. */
export const basicAuth: PluginModel = {
  access(exchange, config) {
    authenticate(exchange, config, () => verdict(exchange, config))
  },
}

const usernameOf = (owned: OwnedCredential) => owned.config.username

function verdict(exchange: Exchange, config: PluginFields): Verdict {
  const refused: Verdict = {
    type: 'refused',
    message: 'Unauthorized',
    challenge: `Basic realm="${config.text('realm') ?? 'service'}"`,
  }
  if (
    exchange.header('authorization') === undefined &&
    exchange.header('proxy-authorization') === undefined
  ) {
    return presented(exchange, 'basic-auth', refused, usernameOf) ?? refused
  }
  const first = sent(exchange, config, 'proxy-authorization')
  let pair = first
  let found = first ? exchange.credentials.byUsername(first.username) : 'none'
  if (found === 'none') {
    pair = sent(exchange, config, 'authorization')
    if (!pair) return refused
    found = exchange.credentials.byUsername(pair.username)
  }
  if (found !== 'none' && found !== 'unknown' && pair) {
    const fits = passwordFits(found, pair.password)
    if (fits === undefined)
      return { type: 'unknown', why: 'the password can not be compared with the one known here' }
    if (!fits) return refused
  }
  return verdictOf(found, refused, usernameOf)
}

function sent(exchange: Exchange, config: PluginFields, header: string) {
  const value = exchange.header(header)
  if (config.flag('hide_credentials', false)) exchange.setHeader(header, null)
  const encoded = value === undefined ? null : /\s*[Bb]asic\s*(.+)/.exec(value)
  const decoded = encoded?.[1] ? Buffer.from(encoded[1], 'base64').toString('latin1') : ''
  const pair = /([^:]+):([^\n]*)/.exec(decoded)
  return pair ? { username: pair[1] ?? '', password: pair[2] ?? '' } : undefined
}

/** Stored is SHA-1 of the password and the consumer's id; a manifest may hold the password itself. */
function passwordFits(owned: OwnedCredential, password: string): boolean | undefined {
  const stored = owned.config.password
  if (!isComparable(stored)) return undefined
  const salt = owned.consumer?.id ?? referenceKey(owned.config.consumer) ?? ''
  const hashed = createHash('sha1').update(Buffer.from(password, 'latin1')).update(salt).digest('hex')
  return stored === hashed || (!/^[\da-f]{40}$/.test(stored) && stored === password)
}
