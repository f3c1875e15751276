import type { Json } from '../../../../model/json.ts'
import type { Shorthand } from '../../../../model/schema/schema.ts'

/*
 * Deprecated names of fields whose meaning no schema tells, by plugin; Kong takes them by functions:
 * https://github.com/Kong/kong/blob/3.9.1/kong/plugins/session/schema.lua
 * https://github.com/Kong/kong/blob/3.9.1/kong/plugins/opentelemetry/schema.lua
 */

const becomes = (field: string, convert?: (value: Json) => Json): Shorthand => ({
  replacedWith: [[field]],
  ...(convert ? { convert } : {}),
})

const shorthands: Readonly<Record<string, Readonly<Record<string, Shorthand>>>> = {
  'plugins/opentelemetry': { endpoint: becomes('traces_endpoint') },
  'plugins/session': {
    cookie_lifetime: becomes('rolling_timeout'),
    cookie_idletime: becomes('idling_timeout'),
    // It does nothing any more.
    cookie_renew: { replacedWith: [] },
    cookie_discard: becomes('stale_ttl'),
    cookie_samesite: becomes('cookie_same_site', value => (value === 'off' ? 'Lax' : value)),
    cookie_httponly: becomes('cookie_http_only'),
    cookie_persistent: becomes('remember'),
  },
}

/** What a deprecated name stands for in a schema, as `plugins/session`; undefined where that is not known. */
export function unlistedShorthand(schema: string, name: string): Shorthand | undefined {
  const known = Object.hasOwn(shorthands, schema) ? shorthands[schema] : undefined
  return known && Object.hasOwn(known, name) ? known[name] : undefined
}
