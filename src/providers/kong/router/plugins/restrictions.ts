import { inRange, parseIpRange } from '../matching/ip.ts'
import { parseQuery } from '../matching/uri.ts'
import type { EndingBody, PluginModel } from '../requests/exchange.ts'
import { message } from './authentication.ts'
import { notModelled, pluginPatternFits } from './plugin-pattern.ts'

/** Lets clients pass by their address. */
export const ipRestriction: PluginModel = {
  access(exchange, config) {
    const ip = exchange.view.clientIp
    if (!ip) {
      exchange.leaveOpen("hangs on the client's address, which the request doesn't give")
      return
    }
    const isIn = (list: readonly string[]) =>
      list.some(entry => {
        const range = parseIpRange(entry)
        return range !== undefined && inRange(ip, range)
      })
    const allow = config.texts('allow')
    if (!isIn(config.texts('deny')) && (allow.length === 0 || isIn(allow))) return
    const text = config.text('message') ?? `IP address not allowed: ${exchange.view.request.clientIp}`
    exchange.end(config.number('status') ?? 403, message(text))
  },
}

/** Refuses user agents. The gateway's own list of bots is not modelled, only what the configuration adds. */
export const botDetection: PluginModel = {
  access(exchange, config) {
    const agents = exchange.headers.get('user-agent')
    if (!agents) return
    if (agents.length > 1) {
      exchange.end(400, message('Only one User-Agent header allowed'))
      return
    }
    const agent = agents[0]?.trim() ?? ''
    const allowed = firstFit(config.texts('allow'), agent)
    if (allowed === true) return
    const denied = firstFit(config.texts('deny'), agent)
    if (typeof allowed === 'string') exchange.leaveOpen(notModelled(allowed))
    else if (denied === true) exchange.end(403, message('Forbidden'))
    else exchange.leaveOpen(denied ? notModelled(denied) : "hangs on the gateway's own list of bots")
  },
}

/** Whether one of several patterns fits; a text: whether that one does can't be told, and no other does. */
function firstFit(patterns: readonly string[], text: string): boolean | string {
  const fits = patterns.map(pattern => pluginPatternFits(pattern, text))
  return fits.includes(true) || (patterns[fits.indexOf(undefined)] ?? false)
}

const unitBytes: ReadonlyMap<string, number> = new Map([
  ['bytes', 1],
  ['kilobytes', 1024],
  ['megabytes', 1024 * 1024],
])

/** The most bytes that a request-size-limiting plugin lets a body have. */
export function allowedBytes(size: number | null, unit: string | null): number {
  return (size ?? 128) * (unitBytes.get(unit ?? 'megabytes') ?? 1)
}

/** Refuses bodies that are too long, by the length that the request declares. */
export const requestSizeLimiting: PluginModel = {
  access(exchange, config) {
    const declared = exchange.header('content-length')
    if (declared === undefined || !/^\d+$/.test(declared)) {
      const chunked = exchange.header('transfer-encoding') === 'chunked'
      if (config.flag('require_content_length', false) && !chunked) {
        exchange.end(411, message('A valid Content-Length header is required'))
      } else if (chunked) exchange.leaveOpen("hangs on the body's length, which the request doesn't declare")
      return
    }
    if (Number(declared) <= allowedBytes(config.number('allowed_payload_size'), config.text('size_unit')))
      return
    const expects = exchange.header('expect')?.trim().toLowerCase() === '100-continue'
    exchange.end(expects ? 417 : 413, message('Request size limit exceeded'))
  },
}

const standardMessages: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  404: 'Not found',
  405: 'Method not allowed',
  500: 'An unexpected error occurred',
  502: 'Bad Gateway',
  503: 'Service unavailable',
}

/** Answers instead of the upstream, always or where a trigger is in the request. */
export const requestTermination: PluginModel = {
  access(exchange, config) {
    const trigger = config.text('trigger')
    if (trigger) {
      const inQuery = parseQuery(exchange.query ?? '').some(([name]) => name === trigger)
      if (!inQuery && !exchange.headers.has(trigger.toLowerCase())) return
    }
    const status = config.number('status_code') ?? 503
    exchange.end(
      status,
      terminationBody(status, config.text('body'), config.text('content_type'), config.text('message')),
    )
  },
}

function terminationBody(
  status: number,
  body: string | null,
  contentType: string | null,
  said: string | null,
): EndingBody {
  if (body !== null) return { type: 'text', text: body, contentType }
  const text = said ?? standardMessages[status]
  return text === undefined ? { type: 'none' } : { type: 'json', value: { message: text } }
}

/** Sends clients to another place. */
export const redirect: PluginModel = {
  access(exchange, config) {
    const target = config.text('location') ?? ''
    const { rawPath, query } = exchange.view
    const origin = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i.exec(target)?.[0]
    const location =
      config.flag('keep_incoming_path', false) && origin
        ? `${origin}${rawPath}${query === null ? '' : `?${query}`}`
        : target
    const body: EndingBody = { type: 'text', text: 'redirecting', contentType: null }
    exchange.end(config.number('status_code') ?? 301, body, { location })
  },
}
