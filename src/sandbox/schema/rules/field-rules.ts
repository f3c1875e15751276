import { isObject, type Json } from '../../json.ts'
import { validRegex } from '../limits/pcre.ts'
import { readAddress } from './addresses.ts'
import { readKey } from './certificates.ts'
import { hostWithWildcards } from './named-rules.ts'
import { type Rule, textRule } from './rule.ts'
import { splitUrl } from './urls.ts'

const headerForm = /^[A-Za-z0-9_-]+$/

/** Splits `name:value` as the transformer plugins do. */
function pairOf(entry: string): [name: string | undefined, value: string | undefined] {
  const found = /^([^:]+):*(.*)$/s.exec(entry)
  return [found?.[1], found?.[2]]
}

const notAHeader = (text: string | undefined) => `'${text ?? 'nil'}' is not a valid header`

const headerPair = textRule(entry => {
  const [name] = pairOf(entry)
  return name !== undefined && headerForm.test(name) ? undefined : notAHeader(name)
})

const headerRename = textRule(entry => {
  const [name, value] = pairOf(entry)
  if (name === undefined || !headerForm.test(name)) return notAHeader(name)
  return value !== undefined && headerForm.test(value) ? undefined : notAHeader(value)
})

const pairWithValue = textRule(entry => {
  const [name, value] = pairOf(entry)
  return value === undefined || value === '' ? `key '${name ?? 'nil'}' has no value` : undefined
})

const periods = ['second', 'minute', 'hour', 'day', 'month', 'year']

function periodsProblem(limits: Json, the: string): string | undefined {
  if (!isObject(limits)) return undefined
  for (const [i, lower] of periods.entries()) {
    const low = limits[lower]
    for (const upper of periods.slice(i + 1)) {
      const high = limits[upper]
      if (typeof low === 'number' && typeof high === 'number' && high < low) {
        return `${the} limit for ${upper}(${high.toFixed(1)}) cannot be lower than the limit for ${lower}(${low.toFixed(1)})`
      }
    }
  }
  return undefined
}

const rateLimits: Rule = config => {
  const problem = periodsProblem(config, 'The')
  if (problem !== undefined || !isObject(config)) return problem
  const { policy, sync_rate: rate } = config
  if (policy !== 'redis' && rate !== -1) return 'sync_rate can only be used with the redis policy'
  if (policy === 'redis' && typeof rate === 'number' && rate !== -1 && rate < 0.02) {
    return 'Config option sync_rate must not be less than 0.02'
  }
  return undefined
}

const given = (value: Json | undefined) => value !== undefined && value !== null && value !== ''

const termination: Rule = config => {
  if (!isObject(config)) return undefined
  const { message, content_type: type, body, echo } = config
  if (given(message) && (given(type) || given(body)))
    return 'message cannot be used with content_type or body'
  if (given(type) && !given(body)) return 'content_type requires a body'
  if (echo === true && (given(type) || given(body))) return 'echo cannot be used with content_type and body'
  return undefined
}

const upstreamName = textRule(name => {
  const address = readAddress(name)
  const says = (what: string) => `Invalid name ('${name}'); ${what}`
  if (typeof address === 'string') return says('must be a valid hostname')
  if (address.type !== 'name') return says('no ip addresses allowed')
  return address.port === undefined ? undefined : says('no port allowed')
})

const redirectUri = textRule(uri => {
  const parts = splitUrl(uri)
  if (parts?.host === undefined || parts.scheme === undefined) return `cannot parse '${uri}'`
  return parts.fragment === undefined ? undefined : `fragment not allowed in '${uri}'`
})

const flows: Rule = config => {
  const names = [
    'enable_authorization_code',
    'enable_implicit_grant',
    'enable_client_credentials',
    'enable_password_grant',
  ]
  if (!isObject(config) || names.some(name => config[name] === true)) return undefined
  return `at least one of these fields must be true: ${names.join(', ')}`
}

const httpLog: Rule = config => {
  if (!isObject(config) || typeof config.http_endpoint !== 'string' || !isObject(config.headers))
    return undefined
  const user = /^[^/]*\/\/[^/]*@/.test(config.http_endpoint)
  const named = Object.keys(config.headers).some(name => name.toLowerCase() === 'authorization')
  return user && named
    ? "specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed"
    : undefined
}

/** Checks that Kong makes by a function on a field of its own, by the path to the field. */
const byPlace: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['routes.hosts.elements', hostWithWildcards],
  ['plugins/acme.config.domains.elements', hostWithWildcards],
  ['upstreams.name', upstreamName],
  [
    'targets.target',
    textRule(target =>
      typeof readAddress(target) === 'string'
        ? `Invalid target ('${target}'); not a valid hostname or ip address`
        : undefined,
    ),
  ],
  ['jwt_secrets?rsa_public_key', textRule(key => (readKey(key) === undefined ? 'invalid key' : undefined))],
  ['oauth2_credentials.redirect_uris.elements', redirectUri],
  [
    'plugins/cors.config.origins.elements',
    textRule(origin =>
      origin === '*' || validRegex(origin) ? undefined : `'${origin}' is not a valid regex`,
    ),
  ],
  ['plugins/http-log.config', httpLog],
  ['plugins/oauth2.config', flows],
  ['plugins/rate-limiting.config', rateLimits],
  ['plugins/response-ratelimiting.config.limits.values', limits => periodsProblem(limits, 'the')],
  ['plugins/request-termination.config', termination],
  ...['remove', 'rename', 'replace', 'add', 'append'].flatMap((part): [string, Rule][] => [
    [
      `plugins/request-transformer.config.${part}.headers.elements`,
      part === 'rename' ? headerRename : headerPair,
    ],
  ]),
  ['plugins/response-transformer.config.rename.headers.elements', headerRename],
  ...['add', 'append', 'replace'].flatMap((part): [string, Rule][] =>
    ['body', 'querystring'].map((where): [string, Rule] => [
      `plugins/request-transformer.config.${part}.${where}.elements`,
      pairWithValue,
    ]),
  ),
])

/** The rule that belongs to a field's place alone. */
export const fieldRule = (place: string): Rule | undefined => byPlace.get(place)
