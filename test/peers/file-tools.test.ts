import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { convertText } from '../../src/manifest/tools/convert-file.ts'
import type { DestinationFormat, SourceFormat } from '../../src/manifest/tools/formats.ts'
import { mergeFiles } from '../../src/manifest/tools/merge.ts'
import { patchFile, patchOfFlags, readPatchFile } from '../../src/manifest/tools/patch.ts'
import { renderFiles } from '../../src/manifest/tools/render.ts'
import { parseSelectors } from '../../src/manifest/tools/select.ts'
import { addTags, listTags, removeTags } from '../../src/manifest/tools/tags.ts'
import { editedText, readToolFile } from '../../src/manifest/tools/tool-file.ts'
import type { Json, JsonObject } from '../../src/model/json.ts'
import { orThrow, problemText, type Result } from '../../src/model/problem.ts'
import { deck, describeDeck } from './deck.ts'
import {
  firstDifference,
  meaning,
  namelessPartial,
  newerThanPeer,
  pairManifests,
  type Sample,
  samples,
} from './file-tools.ts'

/** Nobody listens there: file tools ask no gateway. */
const nowhere = 'http://127.0.0.1:9'

describeDeck('decK’s file tools', () => {
  let work: string
  const all = samples()

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'gatewatch-tools-'))
    // Built on first use.
    expect((await deck(nowhere, ['version'])).code).toBe(0)
  }, 600_000)
  afterAll(() => rmSync(work, { recursive: true }))

  /** What decK makes; undefined where it refuses. */
  async function peer(...args: string[]): Promise<Json | undefined> {
    const out = join(work, 'out.json')
    const ended = await deck(nowhere, ['file', ...args, '--format', 'json', '--output-file', out])
    if (ended.code !== 0) return undefined
    return JSON.parse(readFileSync(out, 'utf8'))
  }

  /** Where the two differ, over files; undefined from us means that we refuse. */
  async function differences(
    files: readonly Sample[],
    args: (file: Sample) => readonly string[],
    ours: (file: Sample) => Result<JsonObject>,
  ): Promise<Readonly<Record<string, string>>> {
    const found: Record<string, string> = {}
    for (const file of files) {
      const theirs = await peer(...args(file))
      const result = ours(file)
      if (theirs === undefined && result.ok) found[file.name] = 'decK refuses'
      else if (theirs !== undefined && !result.ok) {
        found[file.name] = `we refuse: ${result.error.map(problemText).join(' ')}`
      } else if (theirs !== undefined && result.ok) {
        const [a, b] = [theirs, result.value].map(value => meaning(value, file.text))
        const difference = firstDifference(a, b)
        if (difference !== undefined) found[file.name] = difference
      }
    }
    return found
  }

  it('render', async () => {
    const manifests = pairManifests(8).map(({ name, text }) => {
      const path = join(work, `${name}.yaml`)
      writeFileSync(path, text)
      return { name, path, text }
    })
    const found = await differences(
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
      const file = (name: string, text: string): Sample => {
        const path = join(work, name)
        writeFileSync(path, text)
        return { name, path, text }
      }
      const files = [...all.filter(each => !each.text.includes('${{')), file('old.yaml', oldFile)]
      const found = await differences(
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

  const values = (text: string): JsonObject => orThrow(readToolFile({ path: 'kong.yaml', text })).value

  it('add-tags, remove-tags and list-tags, and what is written keeps each comment', async () => {
    const files = all.filter((file, i) => i % 2 === 0 || file.text.includes('#'))
    for (const texts of [[], ['$.services[*]', '$..routes[?@.name]']]) {
      const selectors = orThrow(parseSelectors(texts))
      const flags = texts.flatMap(text => ['--selector', text])
      const added = await differences(
        files,
        file => ['add-tags', '-s', file.path, ...flags, 'one', 'tag1'],
        file => changed(file, value => addTags(value, ['one', 'tag1'], selectors).value),
      )
      expect(added).toEqual({})
      const removal = { tags: ['tag1', 'tag2'], keepOnly: texts.length > 0, keepEmpty: false }
      const removed = await differences(
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
        file => changed(file, value => removeTags(value, removal, selectors).value),
      )
      expect(removed).toEqual({})
      const listed = await differences(
        files,
        file => ['list-tags', '-s', file.path, ...flags],
        file => changed(file, value => ({ tags: listTags(value, selectors) })),
      )
      expect(listed).toEqual({})
    }
  }, 600_000)

  /** What we make of a file; what can be edited is also written into its text, and read from there again. */
  function changed(file: Sample, change: (value: JsonObject) => JsonObject): Result<JsonObject> {
    const read = readToolFile({ path: file.name, text: file.text })
    if (!read.ok) return read
    const after = change(read.value.value)
    if (!('tags' in after && Object.keys(after).length === 1)) {
      const written = editedText(read.value, after, 'yaml')
      const comments = file.text.match(/^\s*#.*$/gm) ?? []
      for (const comment of comments) expect(written.text).toContain(comment)
      expect(values(written.text)).toEqual(after)
    }
    return { ok: true, value: after }
  }

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
      const found = await differences(
        all.filter((_, i) => i % 3 === 0),
        file => ['patch', '-s', file.path, ...args],
        file => changed(file, value => patchFile(value, [patch])),
      )
      expect(found).toEqual({})
    },
    300_000,
  )

  it('patch with a patch file', async () => {
    const path = join(work, 'patches.yaml')
    writeFileSync(path, patches)
    const read = orThrow(readPatchFile({ path, text: patches }))
    const found = await differences(
      all.filter((_, i) => i % 3 === 1),
      file => ['patch', '-s', file.path, path],
      file => changed(file, value => patchFile(value, read)),
    )
    expect(found).toEqual({})
  }, 300_000)

  it('merge', async () => {
    const others = all.filter((_, i) => i % 5 === 0)
    const found = await differences(
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
