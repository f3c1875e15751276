import type { JsonObject } from '../../../model/json.ts'
import type { RouteConfig } from './configuration/config.ts'

/*
 * A route that nothing can match, whatever a request says: a regular expression that goes on after the end of the path, an
 * address that no connection comes from, a condition that contradicts itself. So nobody need keep a value secret. A sync
 * gives them to a route until all that protects it is there; whoever finds one reads what it is.
 */

const closedPath = '~/$gatewatch-opens-this-route-last'
/** The limited broadcast address (RFC 919): nothing has it as its own. */
const closedSource = '255.255.255.255'
const closedHttp = '(http.path == "/gatewatch-opens-this-route") && (http.path == "/last")'
const closedStream = '(net.dst.port == 0) && (net.dst.port == 1)'

const streamProtocols = new Set(['tcp', 'udp', 'tls', 'tls_passthrough'])

/** What closes a route, in place of what it has in these fields. */
export function closedFields({ protocols, expression }: RouteConfig): JsonObject {
  const isStream = protocols?.some(protocol => streamProtocols.has(protocol)) ?? false
  if (expression) return { expression: isStream ? closedStream : closedHttp }
  return isStream ? { sources: [{ ip: closedSource }] } : { paths: [closedPath] }
}

/** Whether a route was closed until the sync that did it is done. */
export function isClosed({ expression, paths, sources }: RouteConfig): boolean {
  if (expression) return expression === closedHttp || expression === closedStream
  return paths?.[0] === closedPath || sources?.[0]?.ip === closedSource
}
