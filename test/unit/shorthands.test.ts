import { afterAll, beforeAll, expect, it } from 'vitest'
import { GatewayBed } from '../gateway-bed.ts'

let bed: GatewayBed
beforeAll(async () => {
  bed = await GatewayBed.start()
})
afterAll(() => bed[Symbol.asyncDispose]())

const configs: readonly (readonly [plugin: string, old: string, now: string])[] = [
  ['opentelemetry', 'endpoint: "http://x:4318"', 'traces_endpoint: "http://x:4318"'],
  [
    'session',
    'secret: abc, cookie_lifetime: 30, cookie_idletime: 5, cookie_renew: 9, cookie_discard: 2, cookie_samesite: "off", cookie_httponly: false, cookie_persistent: true',
    'secret: abc, rolling_timeout: 30, idling_timeout: 5, stale_ttl: 2, cookie_same_site: Lax, cookie_http_only: false, remember: true',
  ],
  [
    'acme',
    'account_email: a@b.example, tos_accepted: true, storage: redis, storage_config: {redis: {host: h, port: 1, auth: p, namespace: "n_", ssl_server_name: x.example}}',
    'account_email: a@b.example, tos_accepted: true, storage: redis, storage_config: {redis: {host: h, port: 1, password: p, extra_options: {namespace: "n_"}, server_name: x.example}}',
  ],
  [
    'rate-limiting',
    'minute: 5, policy: redis, redis_host: h, redis_port: 7, redis_ssl: true',
    'minute: 5, policy: redis, redis: {host: h, port: 7, ssl: true}',
  ],
  [
    'response-ratelimiting',
    'limits: {a: {minute: 5}}, policy: redis, redis_host: h, redis_database: 3',
    'limits: {a: {minute: 5}}, policy: redis, redis: {host: h, database: 3}',
  ],
]

it.each(configs)('deprecated names of %s are what replaced them', async (plugin, old, now) => {
  await bed.clear()
  const manifest = (config: string): string =>
    `_format_version: "3.0"\nplugins:\n- name: ${plugin}\n  config: {${config}}\n`
  expect((await bed.sync(manifest(old))).problems).toEqual([])
  expect(await bed.changes(manifest(old))).toEqual([])
  expect(await bed.changes(manifest(now))).toEqual([])
  expect((await bed.sync(manifest(now))).writes).toEqual([])
})
