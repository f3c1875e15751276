import type { PluginFields } from '../effects/plugin-fields.ts'
import { capturesOf } from '../matching/matcher.ts'
import { escapeUri, formatQuery, parseQuery } from '../matching/uri.ts'
import { utf8Bytes } from '../regex/byte-string.ts'
import type { Exchange, PluginModel } from '../requests/exchange.ts'
import { splitPair } from './response-transformer.ts'

const changes = ['remove', 'rename', 'replace', 'add', 'append'] as const

/** Changes the request that the upstream sees: path, method, headers and query. Bodies are not modelled. */
export const requestTransformer: PluginModel = {
  access(exchange, config) {
    const uri = config.text('replace.uri')
    const path = uri === null ? null : render(exchange, uri)
    if (path !== null) exchange.path = escapeUri(path)
    const method = config.text('http_method')
    if (method) exchange.method = method.toUpperCase()
    const query = parseQuery(exchange.query ?? '')
    changeHeaders(exchange, config)
    changeQuery(exchange, config, query)
    if (changes.some(change => config.texts(`${change}.body`).length > 0)) {
      exchange.say("request-transformer: how the request's body changes is not modelled")
    }
  },
}

function pairs(exchange: Exchange, config: PluginFields, path: string) {
  return config.texts(path).map(entry => {
    const { name, value } = splitPair(entry)
    return { name, value: value === '' ? null : render(exchange, value) }
  })
}

function changeHeaders(exchange: Exchange, config: PluginFields): void {
  for (const { name } of pairs(exchange, config, 'remove.headers')) {
    if (name.toLowerCase() !== 'host') exchange.setHeader(name, null)
  }
  for (const { name, value } of pairs(exchange, config, 'rename.headers')) {
    const values = exchange.headers.get(name.toLowerCase())
    if (!values || value === null || name.toLowerCase() === value.toLowerCase()) continue
    exchange.setHeader(name, null)
    exchange.setHeader(value, values)
  }
  for (const { name, value } of pairs(exchange, config, 'replace.headers')) {
    const isHost = name.toLowerCase() === 'host'
    if (value !== null && (isHost || exchange.headers.has(name.toLowerCase())))
      exchange.setHeader(name, value)
  }
  for (const { name, value } of pairs(exchange, config, 'add.headers')) {
    const isHost = name.toLowerCase() === 'host'
    if (value !== null && !isHost && !exchange.headers.has(name.toLowerCase()))
      exchange.setHeader(name, value)
  }
  for (const { name, value } of pairs(exchange, config, 'append.headers')) {
    if (value !== null) exchange.setHeader(name, [...(exchange.headers.get(name.toLowerCase()) ?? []), value])
  }
}

function changeQuery(exchange: Exchange, config: PluginFields, query: ReturnType<typeof parseQuery>): void {
  if (changes.every(change => config.texts(`${change}.querystring`).length === 0)) return
  const args = new Map<string, readonly (string | true)[]>()
  for (const [name, value] of query) args.set(name, [...(args.get(name) ?? []), value])
  for (const { name } of pairs(exchange, config, 'remove.querystring')) args.delete(name)
  for (const { name, value } of pairs(exchange, config, 'rename.querystring')) {
    const values = args.get(name)
    if (!values || value === null || name === value) continue
    args.delete(name)
    args.set(value, values)
  }
  for (const { name, value } of pairs(exchange, config, 'replace.querystring')) {
    if (!args.has(name)) continue
    if (value === null) args.delete(name)
    else args.set(name, [value])
  }
  for (const { name, value } of pairs(exchange, config, 'add.querystring')) {
    if (value !== null && !args.has(name)) args.set(name, [value])
  }
  for (const { name, value } of pairs(exchange, config, 'append.querystring')) {
    if (value !== null) args.set(name, [...(args.get(name) ?? []), value])
  }
  exchange.query = [...args]
    .map(([name, values]) => formatQuery(values.map(value => [name, value])))
    .sort()
    .join('&')
}

/** Fills in `$(headers.x)`, `$(query_params["x"])` and `$(uri_captures.x)`; other templates are Lua and left open. */
function render(exchange: Exchange, template: string): string | null {
  if (!template.includes('$(')) return utf8Bytes(template)
  let open = false
  const text = utf8Bytes(template).replace(/\$\(([^)]*)\)/g, (_, expression: string) => {
    const value = evaluate(exchange, expression.trim())
    if (value === undefined) open = true
    return value ?? ''
  })
  if (!open) return text
  exchange.leaveOpen(`what its template ${template} gives is not modelled`)
  return null
}

function evaluate(exchange: Exchange, expression: string): string | undefined {
  const access = /^(headers|query_params|uri_captures)(?:\.(\w+)|\[(?:"([^"]*)"|'([^']*)'|(\d+))\])$/.exec(
    expression,
  )
  if (!access) return undefined
  const name = access[2] ?? access[3] ?? access[4] ?? access[5] ?? ''
  if (access[1] === 'headers')
    return exchange.header(name.replaceAll('_', '-')) ?? exchange.header(name) ?? ''
  if (access[1] === 'query_params') {
    const found = parseQuery(exchange.query ?? '').find(([argument]) => argument === name)?.[1]
    return found === true ? 'true' : (found ?? '')
  }
  const captures = capturesOf(exchange.match.matcher, exchange.view)
  const value = /^\d+$/.test(name) ? captures?.groups[Number(name)] : captures?.named[name]
  return utf8Bytes(value ?? '')
}
