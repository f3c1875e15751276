import { utf8Bytes } from '../regex/byte-string.ts'
import type { PluginModel } from '../requests/exchange.ts'

const standardHeader = 'Kong-Request-ID'

/** Gives requests an id, unless they bring one. The id is only known to a caller that makes it. */
export const correlationId: PluginModel = {
  access(exchange, config) {
    const name = config.text('header_name') ?? standardHeader
    const brought = exchange.header(name)
    if (brought) return
    const made = exchange.options.newId?.(config.text('generator') ?? 'uuid#counter')
    if (made !== undefined) exchange.setHeader(name, utf8Bytes(made))
  },
  respond(config, edits, _view, exchange) {
    const name = config.text('header_name') ?? standardHeader
    if (!config.flag('echo_downstream', false)) return
    const value = exchange?.header(name)
    if (value) edits.push({ edit: 'set', name, value })
  },
}
