import type { HeaderEdit } from '../effects/header-edits.ts'
import type { PluginFields } from '../effects/plugin-fields.ts'
import { utf8Bytes } from '../regex/byte-string.ts'
import type { Exchange, PluginModel } from '../requests/exchange.ts'
import type { RequestView } from '../requests/request.ts'
import { notModelled, pluginPatternFits } from './plugin-pattern.ts'

/** Cross-origin resource sharing: answers preflight requests, adds headers to the others. */
export const cors: PluginModel = {
  access(exchange, config) {
    const { view } = exchange
    const preflight =
      view.method === 'OPTIONS' &&
      exchange.header('origin') !== undefined &&
      exchange.header('access-control-request-method') !== undefined
    if (!preflight) return
    exchange.preflight = true
    if (config.flag('preflight_continue', false)) return
    const edits = originEdits(config, view, exchange)
    const headers = config.texts('headers')
    const asked = exchange.header('access-control-request-headers')
    const allowed = headers.length > 0 ? utf8Bytes(headers.join(',')) : asked
    if (allowed !== undefined) edits.push(set('Access-Control-Allow-Headers', allowed))
    edits.push(set('Access-Control-Allow-Methods', config.texts('methods', allMethods).join(',')))
    const maxAge = config.number('max_age')
    if (maxAge !== null) edits.push(set('Access-Control-Max-Age', String(maxAge)))
    if (
      config.flag('private_network', false) &&
      exchange.header('access-control-request-private-network') === 'true'
    ) {
      edits.push(set('Access-Control-Allow-Private-Network', 'true'))
    }
    exchange.response.push(...edits)
    exchange.end(200, { type: 'none' })
  },
  respond(config, edits, view, exchange) {
    if (exchange?.preflight) return
    edits.push(...originEdits(config, view, exchange))
    const exposed = config.texts('exposed_headers')
    if (exposed.length > 0) edits.push(set('Access-Control-Expose-Headers', utf8Bytes(exposed.join(','))))
  },
}

const allMethods = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']
const originHeader = 'Access-Control-Allow-Origin'

function set(name: string, value: string): HeaderEdit {
  return { edit: 'set', name, value }
}

function originEdits(config: PluginFields, view: RequestView, exchange: Exchange | null): HeaderEdit[] {
  const edits: HeaderEdit[] = []
  const origin = view.header('origin')
  const allowed = allowedOrigin(config.texts('origins'), origin, exchange)
  if (!allowed.any) edits.push({ edit: 'append', name: 'Vary', value: 'Origin' })
  edits.push(
    allowed.value === null ? { edit: 'remove', name: originHeader } : set(originHeader, allowed.value),
  )
  if (config.flag('credentials', false)) {
    if (!allowed.any) edits.push(set('Access-Control-Allow-Credentials', 'true'))
    else if (origin !== undefined) {
      edits.push({ edit: 'append', name: 'Vary', value: 'Origin' }, set(originHeader, origin))
      edits.push(set('Access-Control-Allow-Credentials', 'true'))
    }
  }
  return edits
}

/** `any`: whoever asks is allowed, as `*`. A single plain origin is named whoever asks. */
function allowedOrigin(origins: readonly string[], origin: string | undefined, exchange: Exchange | null) {
  const first = origins[0]
  if (first === undefined || (origins.length === 1 && first === '*')) return { any: true, value: '*' }
  if (origins.length === 1 && /^[A-Za-z0-9.:/-]+$/.test(first)) return { any: false, value: utf8Bytes(first) }
  if (origin !== undefined) {
    if (origins.includes('*')) return { any: true, value: '*' }
    const asked = normaliseOrigin(origin)
    const fits = origins.map(entry => ({ entry, fits: originFits(entry, asked) }))
    if (fits.some(each => each.fits)) return { any: false, value: asked.domain }
    for (const { entry } of fits.filter(each => each.fits === undefined))
      exchange?.leaveOpen(notModelled(entry))
  }
  return { any: false, value: null }
}

function originFits(
  entry: string,
  asked: { readonly domain: string; readonly host: string },
): boolean | undefined {
  if (/^[A-Za-z0-9.:/-]+$/.test(entry)) return normaliseOrigin(entry).domain === asked.domain
  const pattern = `^(?:${entry.replace(/^\^/, '').replace(/\$$/, '')})$`
  return pluginPatternFits(pattern, entry.includes(':') ? asked.domain : asked.host)
}

function normaliseOrigin(origin: string): { readonly domain: string; readonly host: string } {
  const parts = /^(?:([A-Za-z][\w+.-]*):)?\/\/(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?/.exec(origin)
  if (!parts?.[2]) return { domain: origin, host: origin }
  const [, scheme, host, port] = parts
  const standard = (scheme === 'http' && port === '80') || (scheme === 'https' && port === '443')
  return { domain: `${scheme ? `${scheme}://` : ''}${host}${port && !standard ? `:${port}` : ''}`, host }
}
