import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../src/model/json.ts'
import { orThrow } from '../../src/model/problem.ts'
import { additionOfFlags, addPlugins, readPluginFile } from '../../src/providers/kong/tools/add-plugins.ts'
import { applyNamespace } from '../../src/providers/kong/tools/namespace.ts'
import { patchFile, patchOfFlags, readPatchFile } from '../../src/providers/kong/tools/patch.ts'
import { parseSelectors } from '../../src/providers/kong/tools/selecting/select.ts'
import { describeDeck } from './deck.ts'
import { samples } from './file-tools.ts'
import { edited, editedOrRefused, FileToolsPeer } from './file-tools-peer.ts'

describeDeck('decK’s file tools that edit a file', () => {
  let peer: FileToolsPeer
  const all = samples()

  beforeAll(async () => {
    peer = await FileToolsPeer.start()
  }, 600_000)
  afterAll(() => peer.end())

  it.each([
    [
      ['$..services[*]', '$..routes[?@.paths]'],
      ['read_timeout:10000', '_comment:"patched"', 'tags:'],
    ],
    [
      ['$..routes[*].paths', '$..routes[*].methods'],
      ['["OPTIONS"]', '[1, {"a": [null]}]'],
    ],
    [['$'], ['_info:{"select_tags":["a"]}', 'plugins:', '_format_version:"3.0"']],
  ])(
    'patch --selector %s --value %s',
    async (selectors, flags) => {
      const patch = orThrow(patchOfFlags(selectors, flags))
      const args = [
        ...selectors.flatMap(text => ['--selector', text]),
        ...flags.flatMap(text => ['--value', text]),
      ]
      const found = await peer.differences(
        all.filter((_, i) => i % 3 === 0),
        file => ['patch', '-s', file.path, ...args],
        file => edited(file, value => patchFile(value, [patch])),
      )
      expect(found).toEqual({})
    },
    300_000,
  )

  it('patch with a patch file', async () => {
    const given = peer.file('patches.yaml', patches)
    const read = orThrow(readPatchFile(given))
    const found = await peer.differences(
      all.filter((_, i) => i % 3 === 1),
      file => ['patch', '-s', file.path, given.path],
      file => edited(file, value => patchFile(value, read)),
    )
    expect(found).toEqual({})
  }, 300_000)

  it.each<[string, readonly string[], readonly JsonObject[], boolean]>([
    ['nothing', [], [{ name: 'cors' }, { name: 'cors', service: 'svc1' }, { name: 'rate-limiting' }], false],
    [
      'nothing, overwriting',
      [],
      [
        { name: 'prometheus', config: {} },
        { name: 'cors', tags: [] },
      ],
      true,
    ],
    [
      'services and routes',
      ['$..services[*]', '$..routes[*]'],
      [{ name: 'acl' }, { config: { a: 1 } }],
      false,
    ],
    ['consumers, overwriting', ['$.consumers[*]'], [{ name: 'rate-limiting', config: { minute: 7 } }], true],
    ['consumers, with a scope', ['$.consumers[*]'], [{ name: 'cors', route: 'r1' }], false],
  ])(
    'add-plugins to what is selected by %s',
    async (_name, selectors, plugins, overwrite) => {
      const configs = plugins.map(plugin => JSON.stringify(plugin))
      const addition = orThrow(additionOfFlags(selectors, configs, overwrite))
      const args = [
        ...selectors.flatMap(text => ['--selector', text]),
        ...configs.flatMap(text => ['--config', text]),
        ...(overwrite ? ['--overwrite'] : []),
      ]
      const found = await peer.differences(
        all.filter((_, i) => i % 3 === 2),
        file => ['add-plugins', '-s', file.path, ...args],
        file => editedOrRefused(file, value => addPlugins(value, [addition])),
      )
      expect(found).toEqual({})
    },
    300_000,
  )

  it('add-plugins with a plugin file', async () => {
    const given = peer.file('plugins.yaml', pluginFile)
    const read = orThrow(readPluginFile(given))
    const found = await peer.differences(
      all.filter((_, i) => i % 3 === 0),
      file => ['add-plugins', '-s', file.path, given.path],
      file => editedOrRefused(file, value => addPlugins(value, read)),
    )
    expect(found).toEqual({})
  }, 300_000)

  it.each([
    [['--path-prefix', '/kong'], { prefix: '/kong' }, []],
    [['--path-prefix', '/api/', '--allow-empty-selectors'], { prefix: '/api/', allowEmpty: true }, []],
    [
      ['--path-prefix', '/v1', '--host', 'a.example', '--host', 'b.example', '--clear-hosts'],
      { prefix: '/v1', hosts: ['a.example', 'b.example'], clearHosts: true },
      ['$.services[*].routes[*]'],
    ],
    [
      ['--host', 'a.example'],
      { hosts: ['a.example'] },
      ['$..routes[?@.name == "r1"]', '$.services[0].routes[0]'],
    ],
    [['--clear-hosts'], { clearHosts: true }, ['$..services[*]']],
  ])(
    'namespace %j',
    async (flags, wanted, selectors) => {
      const given = peer.file('routes.yaml', routesFile)
      const withRoutes = all.filter(({ text }) => text.includes('routes:')).filter((_, i) => i % 2 === 0)
      const chosen = orThrow(parseSelectors(selectors))
      const found = await peer.differences(
        [...withRoutes, ...all.slice(0, 3), given],
        file => ['namespace', '-s', file.path, ...flags, ...selectors.flatMap(text => ['--selector', text])],
        file =>
          editedOrRefused(file, value =>
            applyNamespace(value, { hosts: [], clearHosts: false, allowEmpty: false, ...wanted }, chosen),
          ),
        withoutCode,
      )
      expect(found).toEqual({})
    },
    300_000,
  )
})

/** Each writes Lua of its own that takes a prefix away: what counts is where, and that it names the prefix. */
function withoutCode(value: Json): Json {
  const text = JSON.stringify(value, (_key, item) =>
    typeof item === 'string' && item.includes('upstream_uri') ? /'([^']*)'/.exec(item)?.[1] : item,
  )
  return JSON.parse(text)
}

const patches = `_format_version: "1.0"
patches:
- selectors: ["$..services[*]", "$..routes[*]"]
  values: {_comment: injected, retries: 7}
  remove: [tags, protocols]
- values: {_workspace: team}
- selectors: ["$..tags"]
  values: [added, {x: 1}]
- selectors: ["$..plugins[?@.name == 'rate-limiting'].config"]
  remove: [minute]
  values: {}
- selectors: ["$.nothing"]
`

const pluginFile = `_format_version: "1.0"
add-plugins:
- selectors: ["$..services[*]", "$.services[0]"]
  plugins:
  - {name: prometheus}
  - {name: cors, config: {max_age: 1}}
- plugins: [{name: acl, consumer: c}, {name: acl, consumer: c, tags: [second]}]
- selectors: []
  overwrite: true
  plugins: [{name: rate-limiting, config: {minute: 9}}]
- selectors: ["$.nothing"]
`

/** Routes with and without services, that strip their paths and do not, below services with and without paths. */
const routesFile = `_format_version: "3.0"
services:
- name: all-kept # each of its routes keeps its path
  path: /base
  routes:
  - {name: r1, strip_path: false, paths: [/, /x, /x/, "~/y$", "~/", "~/$"], hosts: [a.example]}
  - {name: r2, strip_path: false, paths: []}
- name: cut
  path: /base/kong
  routes:
  - {name: r3, strip_path: false, paths: [/z]}
- name: cut-all
  path: /v1/
  routes:
  - {name: r4, strip_path: false, methods: [GET]}
- name: mixed
  id: 0a0a0a0a-0000-4000-8000-000000000001
  plugins: [{name: cors}]
  routes:
  - {name: r5, strip_path: false, paths: [/a]}
  - {name: r6, paths: [/b]}
- name: named
routes:
- {name: r7, service: named, strip_path: false, paths: [/c]}
- {name: r8, service: 0a0a0a0a-0000-4000-8000-000000000001, strip_path: false, paths: [/d]}
- {name: r9, strip_path: false, paths: [/e], plugins: [{name: acl}]}
- {name: r10, strip_path: true, paths: [/f], hosts: []}
- {name: r11, service: gone, strip_path: false}
`
