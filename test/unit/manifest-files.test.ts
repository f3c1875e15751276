import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemText } from '../../src/model/problem.ts'
import { findManifestFiles, loadManifestFiles } from '../../src/providers/kong/manifest/index.ts'
import { renderFiles } from '../../src/providers/kong/tools/render.ts'
import { manifestOf, problemsOf, v3 } from './manifest-reading.ts'

let folder = ''
const path = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-manifests-'))
  await mkdir(path('kong/deep'), { recursive: true })
  await mkdir(path('empty'))
  await mkdir(path('kong/.git'))
  const files = [
    'kong/b.yaml',
    'kong/a.YML',
    'kong/deep/c.json',
    'kong/notes.txt',
    'kong/.git/x.yaml',
    'single.conf',
  ]
  await Promise.all(files.map(file => writeFile(path(file), '{}')))
  await writeFile(path('latin1.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9]))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('files behind paths', () => {
  test('are all .yaml, .yml and .json files of folders, by name, and files as given', async () => {
    const found = await findManifestFiles([path('kong'), path('single.conf'), path('kong/b.yaml')])
    expect(found.ok && found.value).toEqual(
      ['kong/a.YML', 'kong/b.yaml', 'kong/deep/c.json', 'single.conf'].map(path),
    )
  })

  test('are reported by name if they are missing, empty or not text', async () => {
    const found = await findManifestFiles([path('nowhere'), path('empty')])
    expect(found.ok ? [] : found.error.map(problemText)).toEqual([
      `the manifest ${path('nowhere')} can't be read: it does not exist. Check the path.`,
      `the folder ${path('empty')} holds no manifest. Manifests are decK files that end in .yaml, .yml or .json.`,
    ])
    const loaded = await loadManifestFiles([path('latin1.yaml')])
    expect(loaded.ok ? [] : loaded.error.map(problemText)).toEqual([
      `the manifest ${path('latin1.yaml')} can't be read: it isn’t UTF-8 text. Check the path.`,
    ])
  })
})

describe('settings of several files', () => {
  test('are joined, and the first wins for single values', () => {
    const manifest = manifestOf([
      v3(
        '_info: {select_tags: [a, b], defaults: {service: {retries: 1}, route: {strip_path: false}}}\n_workspace: w\n',
      ),
      v3(
        '_info: {select_tags: [b, c], defaults: {service: {retries: 9, port: 80}}}\n_konnect: {control_plane_name: cp}\n',
      ),
    ])
    expect(manifest).toMatchObject({
      selectTags: ['a', 'b', 'c'],
      defaults: { service: { retries: 1, port: 80 }, route: { strip_path: false } },
      workspace: 'w',
      controlPlane: 'cp',
      entities: [],
      warnings: [],
    })
  })

  test('make shared plugin configurations available across files', () => {
    const manifest = manifestOf([v3('plugins: [{name: p, _config: x}]'), '_plugin_configs: {x: {a: 1}}'])
    expect(manifest.entities[0]?.fields.config).toEqual({ a: 1 })
    expect(manifest.entities[0]?.source?.place('config.a').file).toBe('b.yaml')
  })

  test('do not allow password hashes unless files are only transformed', () => {
    const text = v3('_info: {skip_hash_for_basic_auth: true}\nconsumers: [{username: ann}]')
    expect(problemsOf([text])).toEqual([
      expect.stringMatching(/^a\.yaml:2:9: "skip_hash_for_basic_auth" is for Konnect: .* Take the line away/),
    ])
    expect(problemsOf([text.replace('true', 'false')])).toEqual([])
    const rendered = renderFiles([{ path: 'a.yaml', text }], { env: {} })
    expect(rendered).toMatchObject({ ok: true, value: { value: { consumers: [{ username: 'ann' }] } } })
  })
})
