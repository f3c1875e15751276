import { isDraftList, isDraftObject } from '../selecting/select.ts'
import type { DraftObject, EditedValue } from '../tool-file.ts'

/** A plugin's name where it is known, and its configuration. */
export interface ConvertedConfig {
  readonly name: string | undefined
  readonly config: DraftObject
}

/** Names and fields that went between Kong 2.8 and 3.4. */
export function convertPluginTo34(plugin: ConvertedConfig, done: string[]): void {
  move(plugin, 'blacklist', 'deny', done)
  move(plugin, 'whitelist', 'allow', done)
  if (plugin.name === 'pre-function' || plugin.name === 'post-function')
    move(plugin, 'functions', 'access', done)
  if (plugin.name === 'aws-lambda' && Object.hasOwn(plugin.config, 'proxy_scheme')) {
    delete plugin.config.proxy_scheme
    done.push('aws-lambda: config.proxy_scheme is gone, as Kong has it no more')
  }
}

const withRedis = new Set([
  'rate-limiting-advanced',
  'ai-rate-limiting-advanced',
  'graphql-proxy-cache-advanced',
  'graphql-rate-limiting-advanced',
  'proxy-cache-advanced',
])
const withModel = new Set([
  'ai-proxy',
  'ai-proxy-advanced',
  'ai-rag-injector',
  'ai-request-transformer',
  'ai-response-transformer',
  'ai-semantic-cache',
  'ai-semantic-prompt-guard',
])

/** Names and fields that went between Kong 3.4 and 3.10. */
export function convertPluginTo310(plugin: ConvertedConfig, done: string[]): void {
  const { name = '', config } = plugin
  if (withRedis.has(name)) {
    move(plugin, 'redis.cluster_addresses', 'redis.cluster_nodes', done, addresses =>
      nodesOf(addresses, 'ip'),
    )
    move(plugin, 'redis.sentinel_addresses', 'redis.sentinel_nodes', done, addresses =>
      nodesOf(addresses, 'host'),
    )
  }
  if (name === 'ai-rate-limiting-advanced') {
    const providers = isDraftList(config.llm_providers) ? config.llm_providers : [config.llm_providers]
    for (const provider of providers) {
      if (!isDraftObject(provider)) continue
      for (const field of ['window_size', 'limit']) {
        const value = provider[field]
        if (typeof value !== 'number' && typeof value !== 'string') continue
        provider[field] = [value]
        done.push(`${name}: config.llm_providers.${field} is a list now`)
      }
    }
  }
  if (withModel.has(name)) move(plugin, 'model.options.upstream_path', 'model.options.upstream_url', done)
}

/** Moves a value to another name in the same mapping of a configuration. */
function move(
  plugin: ConvertedConfig,
  from: string,
  to: string,
  done: string[],
  change: (value: EditedValue) => EditedValue = value => value,
): void {
  const path = from.split('.')
  const oldName = path.pop() ?? ''
  const newName = to.split('.').at(-1) ?? ''
  let holder: DraftObject = plugin.config
  for (const name of path) {
    const below = holder[name]
    if (!isDraftObject(below)) return
    holder = below
  }
  const value = holder[oldName]
  if (value === undefined) return
  delete holder[oldName]
  holder[newName] = change(value)
  done.push(`${plugin.name ?? 'a shared plugin configuration'}: config.${from} is config.${to} now`)
}

/** `host:port` as the record that Kong takes in its place. */
function nodesOf(addresses: EditedValue, host: 'ip' | 'host'): EditedValue {
  if (!isDraftList(addresses)) return addresses
  return addresses.map(address => {
    const [, name, port] = typeof address === 'string' ? (/^(.*):(\d+)$/.exec(address) ?? []) : []
    return name === undefined ? address : { [host]: name, port: Number(port) }
  })
}
