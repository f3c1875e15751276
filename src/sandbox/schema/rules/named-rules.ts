import { regexProblem } from '../limits/pcre.ts'
import { isIp, isIpOrCidr, readAddress } from './addresses.ts'
import { certificateProblem, keyProblem, pemPairProblem } from './certificates.ts'
import { type Rule, textRule } from './rule.ts'
import { normalizedPath, splitUrl } from './urls.ts'

const badPort = 'invalid port number'

function hostProblem(host: string): string | undefined {
  const address = readAddress(host)
  if (typeof address === 'string')
    return address === badPort ? 'must not have a port' : `invalid value: ${host}`
  return address.port === undefined ? undefined : 'must not have a port'
}

function sniProblem(host: string): string | undefined {
  const address = readAddress(host)
  if (typeof address === 'string')
    return address === badPort ? 'must not have a port' : `invalid value: ${host}`
  if (address.type !== 'name') return 'must not be an IP'
  return address.port === undefined ? undefined : 'must not have a port'
}

function wildcardHostProblem(host: string): string | undefined {
  const star = host.indexOf('*')
  if (star < 0) return sniProblem(host)
  if (star !== 0 && star !== host.length - 1) return 'wildcard must be leftmost or rightmost character'
  if (host.indexOf('*', star + 1) >= 0) return 'only one wildcard must be specified'
  return sniProblem(host.replace('*', 'wildcard'))
}

/** A host with an optional port, in which `*` may stand for anything. */
export const hostWithWildcards: Rule = textRule(host => {
  const address = readAddress(host.replaceAll('*', 'abc'))
  return typeof address === 'string' ? address : undefined
})

function percentProblem(path: string): string | undefined {
  const wrong = /%(?![0-9a-f]{2}).{0,2}/is.exec(path)
  return wrong === null ? undefined : `invalid url-encoded value: '${wrong[0]}'`
}

const rfc3986 = /^\/[A-Za-z0-9.\-_~/%:@!$&'()*+,;=]*$/

function pathProblem(path: string): string | undefined {
  if (!rfc3986.test(path))
    return `invalid path: '${path}' (characters outside of the reserved list of RFC 3986 found)`
  return percentProblem(path)
}

function routerPathProblem(path: string): string | undefined {
  // A bad escape only counts where all characters are allowed: that is the order of Kong's own checks.
  const percent = rfc3986.test(path) ? percentProblem(path) : undefined
  if (percent !== undefined) return percent
  if (path.startsWith('~')) {
    const problem = regexProblem(path.slice(1))
    return problem === undefined ? undefined : `invalid regex: '${path.slice(1)}' (PCRE returned: ${problem})`
  }
  const bytes = Buffer.from(path, 'utf8').toString('latin1')
  const normalized = normalizedPath(bytes)
  if (bytes === normalized) return undefined
  return `non-normalized path, consider use '${Buffer.from(normalized, 'latin1').toString('utf8')}' instead`
}

function urlProblem(url: string): string | undefined {
  const parts = splitUrl(url)
  if (parts === undefined) return 'could not parse url. invalid url'
  if (parts.host === undefined) return 'missing host in url'
  return parts.scheme === undefined ? 'missing scheme in url' : undefined
}

const nameProblem = (name: string): string | undefined =>
  /^[A-Za-z0-9.\-_~\u0080-\u{10ffff}]+$/u.test(name)
    ? undefined
    : `invalid value '${name}': the only accepted ascii characters are alphanumerics or ., -, _, and ~`

const tagProblem = (tag: string): string | undefined =>
  /^[ -+\-.0-~\u0080-\u{10ffff}]+$/u.test(tag)
    ? undefined
    : `invalid tag '${tag}': expected printable ascii (except \`,\` and \`/\`) or valid utf-8 sequences`

const headerProblem = (name: string): string | undefined =>
  /^[A-Za-z0-9_-]+$/.test(name)
    ? undefined
    : `bad header name '${name}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`

const cookieProblem = (name: string): string | undefined =>
  /^[!-~]*$/.test(name) && !/[()<>@,;:\\"/?={}[\]]/.test(name)
    ? undefined
    : 'contains one or more invalid characters. ASCII control characters (0-31;127), space, tab and the ' +
      'characters ()<>@,;:\\"/?={}[] are not allowed.'

/** The checks of Kong's named types; see `namedType`. */
const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['host', textRule(hostProblem)],
  [
    'hostWithOptionalPort',
    textRule(host => {
      const address = readAddress(host)
      return typeof address === 'string' ? address : undefined
    }),
  ],
  ['wildcardHost', textRule(wildcardHostProblem)],
  ['sni', textRule(sniProblem)],
  ['ip', textRule(ip => (isIp(ip) ? undefined : `not an ip address: ${ip}`))],
  ['ipOrCidr', textRule(ip => (isIpOrCidr(ip) ? undefined : `invalid ip or cidr range: '${ip}'`))],
  ['cidrV4', textRule(ip => (isIpOrCidr(ip) ? undefined : `invalid ipv4 cidr range: '${ip}'`))],
  ['path', textRule(pathProblem)],
  ['routerPath', textRule(routerPathProblem)],
  ['url', textRule(urlProblem)],
  ['headerName', textRule(headerProblem)],
  ['cookieName', textRule(cookieProblem)],
  ['utf8Name', textRule(nameProblem)],
  ['tag', textRule(tagProblem)],
  ['certificate', textRule(certificateProblem)],
  ['privateKey', textRule(keyProblem)],
  ['pemPair', pemPairProblem],
])

/** The rule of a named type. */
export const namedRule = (name: string): Rule | undefined => rules.get(name)
