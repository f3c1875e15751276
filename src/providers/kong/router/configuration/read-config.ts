import type {
  AclConfig,
  AddressConfig,
  ConfigReference,
  ConsumerConfig,
  CredentialConfig,
  GatewayConfig,
  GroupMemberConfig,
  PluginConfig,
  RouteConfig,
  ServiceConfig,
  UpstreamConfig,
  UpstreamTarget,
} from './config.ts'

type Check = (value: unknown) => boolean
type Fields = Readonly<Record<string, Check>>

const text: Check = value => typeof value === 'string'
const number: Check = value => typeof value === 'number'
const flag: Check = value => typeof value === 'boolean'
const listOf =
  (check: Check): Check =>
  value =>
    Array.isArray(value) && value.every(check)
const texts = listOf(text)
const record: Check = value => isRecord(value)
const reference: Check = value => isReference(value)
const textLists: Check = value => isRecord(value) && Object.values(value).every(texts)

const references: Fields = { id: text, name: text, username: text }
const addresses: Fields = { ip: text, port: number }
const routes: Fields = {
  id: text,
  gateway_id: text,
  name: text,
  service: reference,
  protocols: texts,
  methods: texts,
  hosts: texts,
  paths: texts,
  headers: textLists,
  snis: texts,
  sources: listOf(value => isAddress(value)),
  destinations: listOf(value => isAddress(value)),
  regex_priority: number,
  strip_path: flag,
  preserve_host: flag,
  path_handling: text,
  https_redirect_status_code: number,
  expression: text,
  tags: texts,
}
const services: Fields = {
  id: text,
  name: text,
  protocol: text,
  host: text,
  port: number,
  path: text,
  url: text,
  enabled: flag,
  tls_verify: flag,
  tls_verify_depth: number,
  ca_certificates: listOf(() => true),
  client_certificate: reference,
  tags: texts,
}
const plugins: Fields = {
  id: text,
  instance_name: text,
  route: reference,
  service: reference,
  consumer: reference,
  consumer_group: reference,
  enabled: flag,
  protocols: texts,
  config: record,
  tags: texts,
}
const consumers: Fields = { id: text, username: text, custom_id: text }
const credentials: Fields = { id: text, consumer: reference }
const acls: Fields = { id: text, group: text, consumer: reference }
const upstreams: Fields = { id: text, name: text, host_header: text }
const targets: Fields = { target: text, weight: number, upstream: reference }
const members: Fields = { consumer: reference, consumer_group: reference }

const isReference = (value: unknown): value is ConfigReference =>
  typeof value === 'string' || fits(value, references)
const isAddress = (value: unknown): value is AddressConfig => fits(value, addresses)
const isRoute = (value: unknown): value is RouteConfig => fits(value, routes)
const isService = (value: unknown): value is ServiceConfig => fits(value, services)
const isPlugin = (value: unknown): value is PluginConfig =>
  fits(value, plugins) && isRecord(value) && typeof value.name === 'string'
const isConsumer = (value: unknown): value is ConsumerConfig => fits(value, consumers)
const isCredential = (value: unknown): value is CredentialConfig => fits(value, credentials)
const isAcl = (value: unknown): value is AclConfig => fits(value, acls)
const isUpstream = (value: unknown): value is UpstreamConfig => fits(value, upstreams)
const isTarget = (value: unknown): value is UpstreamTarget => fits(value, targets)
const isMember = (value: unknown): value is GroupMemberConfig => fits(value, members)

/**
 * Takes the lists of a gateway (by Admin API path, items as JSON) for a configuration. Lists of kinds that
 * play no part in routing are passed over; an item whose known fields have wrong types is left out and told.
 */
export function readConfig(lists: Readonly<Record<string, readonly unknown[] | undefined>>): {
  readonly config: GatewayConfig
  readonly problems: readonly string[]
} {
  const problems: string[] = []
  function take<T>(list: string, guard: (value: unknown) => value is T): readonly T[] | undefined {
    const items = lists[list]
    if (!items) return undefined
    const good = items.filter(guard)
    if (good.length < items.length) {
      items.forEach((item, index) => {
        if (!guard(item))
          problems.push(`${list}: item ${index + 1} (${labelOf(item)}) can't be read and is left out`)
      })
    }
    return good
  }
  return {
    config: {
      routes: take('routes', isRoute) ?? [],
      services: take('services', isService) ?? [],
      plugins: take('plugins', isPlugin),
      consumers: take('consumers', isConsumer),
      'key-auths': take('key-auths', isCredential),
      'basic-auths': take('basic-auths', isCredential),
      'hmac-auths': take('hmac-auths', isCredential),
      jwts: take('jwts', isCredential),
      oauth2: take('oauth2', isCredential),
      acls: take('acls', isAcl),
      upstreams: take('upstreams', isUpstream),
      targets: take('targets', isTarget),
      consumer_group_members: take('consumer_group_members', isMember),
    },
    problems,
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fits(value: unknown, fields: Fields): boolean {
  if (!isRecord(value)) return false
  for (const name in fields) {
    const item = value[name]
    if (item !== undefined && item !== null && !fields[name]?.(item)) return false
  }
  return true
}

function labelOf(item: unknown): string {
  if (!isRecord(item)) return typeof item
  const label = item.name ?? item.username ?? item.id
  return typeof label === 'string' ? label : 'without a name'
}
