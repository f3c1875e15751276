/** What a plugin can do to a request, as far as it matters here. */
export type PluginEffect =
  /** Modelled in `plugins/`. */
  | 'modelled'
  /** Checks who calls; a request without its kind of credential is refused, one with it can't be checked from here. */
  | 'authentication'
  /** Watches only: logs, metrics, traces. The answer stays the same. */
  | 'observes'
  /** May answer the request itself or change it in ways that configuration alone doesn't tell. */
  | 'opaque'

interface PluginFacts {
  /** Plugins run by this number, the highest first. */
  readonly priority: number
  readonly effect: PluginEffect
}

const facts = (effect: PluginEffect, priorities: Readonly<Record<string, number>>) =>
  Object.entries(priorities).map(([name, priority]): [string, PluginFacts] => [name, { priority, effect }])

/**
 * The plugins of Kong 3.9 (`PRIORITY` of each handler) and the Enterprise plugins that authenticate or limit
 * (Kong's plugin documentation, "plugin execution order").
 */
const known: ReadonlyMap<string, PluginFacts> = new Map([
  ...facts('modelled', {
    acl: 950,
    'basic-auth': 1100,
    'bot-detection': 2500,
    'correlation-id': 100001,
    cors: 2000,
    'ip-restriction': 990,
    'key-auth': 1250,
    'rate-limiting': 910,
    redirect: 779,
    'request-size-limiting': 951,
    'request-termination': 2,
    'request-transformer': 801,
    'response-transformer': 800,
  }),
  ...facts('authentication', {
    'header-cert-auth': 1009,
    'hmac-auth': 1030,
    jwt: 1450,
    'jwt-signer': 1020,
    'key-auth-enc': 1250,
    'ldap-auth': 1200,
    'ldap-auth-advanced': 1200,
    'mtls-auth': 1600,
    oauth2: 1400,
    'oauth2-introspection': 1700,
    'openid-connect': 1050,
    saml: 1010,
    'vault-auth': 1350,
  }),
  ...facts('observes', {
    datadog: 10,
    'file-log': 9,
    'http-log': 12,
    loggly: 6,
    opentelemetry: 14,
    prometheus: 13,
    statsd: 11,
    syslog: 4,
    'tcp-log': 7,
    'udp-log': 8,
    zipkin: 100000,
  }),
  ...facts('opaque', {
    acme: 1705,
    'ai-prompt-decorator': 772,
    'ai-prompt-guard': 771,
    'ai-prompt-template': 773,
    'ai-proxy': 770,
    'ai-request-transformer': 777,
    'ai-response-transformer': 768,
    'aws-lambda': 750,
    'azure-functions': 749,
    'grpc-gateway': 998,
    'grpc-web': 3,
    'post-function': -1000,
    'pre-function': 1000000,
    'proxy-cache': 100,
    'rate-limiting-advanced': 910,
    'request-validator': 999,
    'response-ratelimiting': 900,
    session: 1900,
    'standard-webhooks': 760,
  }),
])

/** What is known of a plugin by name; undefined for one that is not in this list (a custom plugin). */
export function factsOf(plugin: string): PluginFacts | undefined {
  return known.get(plugin)
}

/** Whether a plugin authenticates: it decides which consumer a request comes from, or refuses it. */
export function authenticates(plugin: string): boolean {
  return plugin === 'key-auth' || plugin === 'basic-auth' || known.get(plugin)?.effect === 'authentication'
}

/** Orders plugins as they run: by priority, and by name backwards where it is the same; unknown ones last. */
export function compareExecution(a: string, b: string): number {
  const first = known.get(a)?.priority ?? Number.NEGATIVE_INFINITY
  const second = known.get(b)?.priority ?? Number.NEGATIVE_INFINITY
  if (first === second) return a < b ? 1 : a > b ? -1 : 0
  return second - first
}
