import { notFound, plain } from '../store/problems.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { type AdminResponse, answer, noContent, refuse } from './exchange.ts'

const logLevels = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg']

/** The log level that all gateways of the sandbox report; setting another is accepted and ignored. */
const logLevel = 'notice'

function setLogLevel(call: Call): AdminResponse {
  const level = call.params.log_level ?? ''
  if (call.state.dbless !== undefined)
    return refuse(plain(405, 'cannot change log level when not using a database'))
  if (!logLevels.includes(level)) return refuse(plain(400, `unknown log level: ${level}`))
  return answer(200, { message: level === logLevel ? `log level is already ${level}` : 'log level changed' })
}

const noControlPlane = () =>
  refuse(
    plain(
      400,
      'this endpoint is only available when Kong is configured to run as Control Plane for the cluster',
    ),
  )

const noWasm = () => refuse(plain(400, 'this endpoint is only available when wasm is enabled'))

const missing = () => refuse(notFound)

function metrics(call: Call): AdminResponse {
  const lines = [
    '# HELP kong_node_info Kong Node metadata information',
    '# TYPE kong_node_info gauge',
    `kong_node_info{node_id="${call.state.nodeId}",version="${call.state.facts.version}"} 1`,
    '# HELP kong_datastore_reachable Datastore reachable from Kong, 0 is unreachable',
    '# TYPE kong_datastore_reachable gauge',
    `kong_datastore_reachable ${call.state.isDatabaseReachable ? 1 : 0}`,
  ]
  return {
    status: 200,
    headers: { 'content-type': 'text/plain; charset=UTF-8' },
    text: `${lines.join('\n')}\n`,
  }
}

/** Paths of filter chains: without WebAssembly, as a gateway is by default, they all answer the same. */
export const needsWasm = (path: string): boolean =>
  path.includes('/filter-chains') || path.includes('/filters/')

/** What `needsWasm` answers before anything else. */
export const withoutWasm = noWasm

/** Endpoints about the node and its caches: there is little to report. */
export const nodeEndpoints: readonly Endpoint[] = [
  {
    path: '/acme',
    methods: { POST: missing, PATCH: () => answer(202, { message: 'Renewal process started successfully' }) },
  },
  { path: '/acme/certificates', methods: { GET: missing } },
  { path: '/acme/certificates/{certificates}', methods: { GET: missing } },
  { path: '/cache', methods: { DELETE: () => noContent } },
  { path: '/cache/{key}', methods: { GET: missing, DELETE: () => noContent } },
  { path: '/clustering/data-planes', methods: { GET: noControlPlane } },
  { path: '/clustering/status', methods: { GET: noControlPlane } },
  {
    path: '/debug/node/log-level',
    methods: { GET: () => answer(200, { message: `log level: ${logLevel}` }) },
  },
  { path: '/debug/node/log-level/{log_level}', methods: { PUT: setLogLevel } },
  { path: '/debug/cluster/log-level/{log_level}', methods: { PUT: setLogLevel } },
  { path: '/metrics', methods: { GET: metrics } },
  { path: '/proxy-cache', methods: { DELETE: () => noContent } },
  { path: '/proxy-cache/{cache_key}', methods: { GET: missing, DELETE: missing } },
  { path: '/proxy-cache/{plugin_id}/caches/{cache_key}', methods: { GET: missing, DELETE: missing } },
  ...['all', 'disabled', 'enabled'].map(which => ({
    path: `/routes/{routes}/filters/${which}`,
    methods: { GET: noWasm },
  })),
  {
    path: '/status/dns',
    methods: { GET: () => answer(501, { message: 'not implemented with the legacy DNS client' }) },
  },
  {
    path: '/timers',
    methods: { GET: () => answer(200, { worker: { id: 0, count: 1 }, stats: { timers: {}, sys: {} } }) },
  },
]
