import { expect, test } from 'vitest'
import { largeInput } from '../timeouts.ts'
import { manifestOf } from './manifest-reading.ts'

const text = `_format_version: "3.0"
# a comment, which decK takes out
_plugin_configs:
  shared:
    policy: local
    redis:
      host: r
services:
- name: pay
  url: https://pay.internal/v1
  retries: \${{ env "DECK_RETRIES" | toInt }}
  routes:
  # another comment
  - name: list
    paths:
    - /a
    - /b
    headers: {x-version: [v1], x.dotted: [w]}
    plugins:
    - name: rate-limiting
      _config: shared
      config:
        minute: 5
`
const manifest = manifestOf([{ path: 'kong/pay.yaml', text }], { DECK_RETRIES: '123456' })
const [service, route, plugin] = manifest.entities

const at = (entity: typeof service, path?: string) => {
  const place = entity?.source?.place(path)
  return place && `${place.file}:${place.line}:${place.column}`
}

test.each([
  [service, undefined, 'kong/pay.yaml:9:3'],
  [service, 'name', 'kong/pay.yaml:9:3'],
  [service, 'retries', 'kong/pay.yaml:11:3'],
  [service, 'host', 'kong/pay.yaml:10:3'],
  [service, 'path', 'kong/pay.yaml:10:3'],
  [service, 'read_timeout', 'kong/pay.yaml:9:3'],
  [route, undefined, 'kong/pay.yaml:14:5'],
  [route, 'paths', 'kong/pay.yaml:15:5'],
  [route, 'paths.1', 'kong/pay.yaml:17:7'],
  [route, 'paths.7', 'kong/pay.yaml:15:5'],
  [route, 'headers.x-version', 'kong/pay.yaml:18:15'],
  [route, 'headers.x.dotted.0', 'kong/pay.yaml:18:43'],
  [route, 'service', 'kong/pay.yaml:14:5'],
  [plugin, 'config.minute', 'kong/pay.yaml:23:9'],
  [plugin, 'config.policy', 'kong/pay.yaml:5:5'],
  [plugin, 'config.redis.host', 'kong/pay.yaml:7:7'],
])('%#: %s', (entity, path, place) => {
  expect(at(entity, path)).toBe(place)
})

test('places survive when files are merged', () => {
  const merged = manifestOf([
    { path: 'one.yaml', text: '_format_version: "3.0"\nservices:\n- {name: a, host: h}\n' },
    { path: 'two.yaml', text: 'services:\n\n- {name: b, host: h}\nplugins: [{name: p, service: a}]\n' },
  ])
  expect(merged.entities.map(entity => at(entity))).toEqual(['one.yaml:3:3', 'two.yaml:3:3', 'two.yaml:4:11'])
  expect(merged.files).toEqual(['one.yaml', 'two.yaml'])
})

test('a manifest of 50,000 entities takes less than two seconds to read', largeInput, () => {
  const block = (i: number) => `- name: s${i}
  host: h${i}.example
  retries: 5
  tags: [a, b]
  routes:
  - name: r${i}
    paths: [/p${i}]
    strip_path: true
    plugins:
    - {name: rate-limiting, config: {minute: 5, policy: local}}
    - {name: key-auth, config: {key_names: [apikey]}}
  plugins:
  - {name: cors, config: {origins: ["https://x.example"]}}
`
  const large = `_format_version: "3.0"\nservices:\n${Array.from({ length: 10_000 }, (_, i) => block(i)).join('')}`
  // The time of the processor: other programs on the machine have no say in it.
  const start = process.threadCpuUsage()
  const read = manifestOf([large])
  const { user, system } = process.threadCpuUsage(start)
  expect((user + system) / 1000).toBeLessThan(2000)
  expect(read.entities).toHaveLength(50_000)
  expect(at(read.entities.at(-1))).toBe('a.yaml:130002:5')
})
