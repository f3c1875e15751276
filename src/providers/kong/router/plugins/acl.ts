import { utf8Bytes } from '../regex/byte-string.ts'
import type { PluginModel } from '../requests/exchange.ts'
import { message } from './authentication.ts'

const forbidden = message('You cannot consume this service')

/** Lets consumers of some groups pass, or all but those. */
export const acl: PluginModel = {
  access(exchange, config) {
    if (exchange.consumerUnknown) {
      exchange.leaveOpen('hangs on the consumer, who is not known from here')
      return
    }
    const { consumer, credential } = exchange
    if (!consumer) {
      if (credential) exchange.end(403, forbidden)
      else exchange.end(401, message('Unauthorized'))
      return
    }
    const groups = exchange.credentials.groupsOf(consumer)
    if (!groups) {
      exchange.leaveOpen('the groups of consumers were not read')
      return
    }
    const deny = config.texts('deny')
    const denies = deny.length > 0
    if (groups.length === 0 && !denies) {
      if (credential) exchange.end(403, forbidden)
      else exchange.end(401, message('Unauthorized'))
      return
    }
    const isIn = (denies ? deny : config.texts('allow')).some(group => groups.includes(group))
    if (isIn === denies) exchange.end(403, forbidden)
    else if (!config.flag('hide_groups_header', false)) {
      exchange.setHeader('x-consumer-groups', utf8Bytes(groups.join(', ')))
    }
  },
}
