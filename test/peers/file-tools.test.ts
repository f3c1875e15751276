import { afterAll, beforeAll, expect, it } from 'vitest'
import { orThrow } from '../../src/model/problem.ts'
import { convertText } from '../../src/providers/kong/tools/converting/convert-file.ts'
import type { DestinationFormat, SourceFormat } from '../../src/providers/kong/tools/formats.ts'
import { mergeFiles } from '../../src/providers/kong/tools/merge.ts'
import { renderFiles } from '../../src/providers/kong/tools/render.ts'
import { parseSelectors } from '../../src/providers/kong/tools/selecting/select.ts'
import { addTags, listTags, removeTags } from '../../src/providers/kong/tools/tags.ts'
import { readToolFile } from '../../src/providers/kong/tools/tool-file.ts'
import { describeDeck } from './deck.ts'
import { namelessPartial, newerThanPeer, pairManifests, samples } from './file-tools.ts'
import { edited, FileToolsPeer } from './file-tools-peer.ts'

describeDeck('decK’s file tools', () => {
  let peer: FileToolsPeer
  const all = samples()

  beforeAll(async () => {
    peer = await FileToolsPeer.start()
  }, 600_000)
  afterAll(() => peer.end())

  it('render', async () => {
    const manifests = pairManifests(8).map(({ name, text }) => {
      return { ...peer.file(`${name}.yaml`, text), name }
    })
    const found = await peer.differences(
      [...all, ...manifests],
      file => ['render', file.path],
      file => {
        const rendered = renderFiles([{ path: file.name, text: file.text }], { env: {}, mocked: true })
        return rendered.ok ? { ok: true, value: rendered.value.value } : rendered
      },
    )
    expect(Object.keys(found).filter(name => !isKnownToRender(name, found[name] ?? ''))).toEqual([])
  }, 300_000)

  it.each<[SourceFormat, DestinationFormat]>([
    ['kong-gateway-2.x', 'kong-gateway-3.x'],
    ['2.8', '3.4'],
    ['3.4', '3.10'],
  ])(
    'convert --from %s --to %s',
    async (from, to) => {
      const files = [...all.filter(each => !each.text.includes('${{')), peer.file('old.yaml', oldFile)]
      const found = await peer.differences(
        files,
        each => ['convert', '--from', from, '--to', to, '--yes', '--input-file', each.path],
        each => {
          const options = { from, to, format: 'json', env: {} } as const
          const converted = convertText({ path: each.name, text: each.text }, options)
          return converted.ok ? { ok: true, value: JSON.parse(converted.value.text) } : converted
        },
      )
      expect(Object.entries(found).filter(([name, what]) => !isKnownToConvert(name, what))).toEqual([])
    },
    300_000,
  )

  it('add-tags, remove-tags and list-tags, and what is written keeps each comment', async () => {
    const files = all.filter((file, i) => i % 2 === 0 || file.text.includes('#'))
    for (const texts of [[], ['$.services[*]', '$..routes[?@.name]']]) {
      const selectors = orThrow(parseSelectors(texts))
      const flags = texts.flatMap(text => ['--selector', text])
      const added = await peer.differences(
        files,
        file => ['add-tags', '-s', file.path, ...flags, 'one', 'tag1'],
        file => edited(file, value => addTags(value, ['one', 'tag1'], selectors).value),
      )
      expect(added).toEqual({})
      const removal = { tags: ['tag1', 'tag2'], keepOnly: texts.length > 0, keepEmpty: false }
      const removed = await peer.differences(
        files,
        file => [
          'remove-tags',
          '-s',
          file.path,
          ...flags,
          ...(removal.keepOnly ? ['--keep-only'] : []),
          'tag1',
          'tag2',
        ],
        file => edited(file, value => removeTags(value, removal, selectors).value),
      )
      expect(removed).toEqual({})
      const listed = await peer.differences(
        files,
        file => ['list-tags', '-s', file.path, ...flags],
        file => edited(file, value => ({ tags: listTags(value, selectors) })),
      )
      expect(listed).toEqual({})
    }
  }, 600_000)

  it('merge', async () => {
    const others = all.filter((_, i) => i % 5 === 0)
    const found = await peer.differences(
      others,
      file => ['merge', file.path, others[0]?.path ?? '', others.at(-1)?.path ?? ''],
      file => {
        const files = [file, others[0], others.at(-1)].flatMap(each => (each ? [each] : []))
        const read = files.map(each => orThrow(readToolFile({ path: each.name, text: each.text })))
        return mergeFiles(read, {})
      },
    )
    expect(found).toEqual({})
  }, 300_000)
})

/** Why a file is converted differently, or by one of the two only. */
function isKnownToConvert(name: string, what: string): boolean {
  if (what === 'decK refuses') return newerThanPeer.some(part => name.includes(part))
  // decK leaves plugins of consumer groups as they are.
  return name === namelessPartial || what.startsWith('$.consumer_groups.0.plugins.0.config.redis.cluster_')
}

/** Why a file is rendered differently, or by one of the two only. */
function isKnownToRender(name: string, what: string): boolean {
  if (what.startsWith('we refuse')) return name === namelessPartial
  // What tags look up is left to the gateway; decK refuses it without one.
  const text = samples().find(sample => sample.name === name)?.text ?? ''
  const open = text.includes('default_lookup_tags')
  return what === 'decK refuses' && (open || newerThanPeer.some(part => name.includes(part)))
}

/** A file as people had them before Kong 3. decK leaves routes and their plugins alone that are not below a service. */
const oldFile = `_format_version: "1.1"
_info: {select_tags: [a], defaults: {service: {retries: 3}}}
_plugin_configs:
  shared: {minute: 5, empty: {}, nothing: null}
# a comment
services:
- name: pay # the first
  url: https://host/path
  tags: []
  client_certificate: 0a0a0a0a-0000-4000-8000-000000000001
  routes:
  - name: r1
    paths: ['/a/\\d+', "~/b(c)", /plain, "/e^"]
    headers: {}
  - id: 0a0a0a0a-0000-4000-8000-000000000002
    paths: ["/x[0-9]"]
  plugins:
  - {name: rate-limiting, _config: shared}
  - name: rate-limiting-advanced
    config: {limit: [1], redis: {timeout: 5}}
routes:
- name: top
  paths: [/t]
  service: {name: pay}
  plugins:
  - name: acl
    config: {whitelist: [a], blacklist: null}
plugins:
- {name: key-auth, route: top, config: {}}
- {name: aws-lambda, config: {proxy_scheme: http, x: {}}}
- {name: pre-function, config: {functions: ["return 1"]}}
- {name: http-log, config: {headers: {a: [b]}}}
- {name: ai-proxy, config: {model: {options: {upstream_path: /v1, other: 1}}}}
consumers:
- username: joe
  keyauth_credentials: [{key: k}]
upstreams:
- name: u
  healthchecks: {active: {}}
  targets: []
`
