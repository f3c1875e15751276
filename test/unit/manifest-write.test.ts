import { dump as yamlText } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import type { RawEntity } from '../../src/model/entity.ts'
import { orThrow } from '../../src/model/problem.ts'
import { readManifests } from '../../src/providers/kong/manifest/index.ts'
import { splitManifest } from '../../src/providers/kong/manifest/writing/split.ts'
import { manifestJson, manifestOf, manifestYaml } from '../../src/providers/kong/manifest/writing/write.ts'
import { hostile } from '../hostile-texts.ts'

/** Entities as an Enterprise gateway gives them. */
const enterprise: readonly RawEntity[] = [
  { kind: 'consumer', fields: { id: 'c1', username: 'foo' } },
  { kind: 'consumer', fields: { id: 'c2', custom_id: 'foo' } },
  { kind: 'consumer-group', fields: { id: 'g1', name: 'gold' } },
  { kind: 'consumer-group-consumer', fields: { consumer_group: { id: 'g1' }, consumer: { id: 'c1' } } },
  { kind: 'partial', fields: { id: 'p1', name: 'redis', type: 'redis-ce', config: { host: 'h' } } },
  {
    kind: 'plugin',
    fields: {
      id: 'x1',
      name: 'rate-limiting-advanced',
      consumer_group: { id: 'g1' },
      partials: [{ id: 'p1', path: 'config.redis' }],
    },
  },
  { kind: 'plugin', fields: { id: 'x2', name: 'cors', consumer: { id: 'c2' }, service: { id: 's1' } } },
  { kind: 'service', fields: { id: 's1', name: 'pay', host: 'h' } },
  { kind: 'route', fields: { id: 'r1', service: { id: 's1' }, paths: ['/'] } },
  { kind: 'plugin', fields: { id: 'x3', name: 'cors', route: { id: 'r1' } } },
  {
    kind: 'mtls-auth',
    fields: { id: 'm1', subject_name: 'x', consumer: { id: 'c1' }, ca_certificate: { id: 'ca1' } },
  },
  { kind: 'ca-certificate', fields: { id: 'ca1', cert: 'PEM' } },
  { kind: 'key-set', fields: { id: 'ks1', name: 'set' } },
  { kind: 'key', fields: { id: 'k1', name: 'key', kid: '1', set: { id: 'ks1' } } },
  { kind: 'filter-chain', fields: { id: 'f1', route: { id: 'r1' }, filters: [{ name: 'f' }] } },
  { kind: 'custom_entity', fields: { id: 'd1', type: 'degraphql_routes', service: { id: 's1' }, uri: '/x' } },
]

describe('kinds of Kong Enterprise', () => {
  const manifest = manifestOf(enterprise, {
    selectTags: [],
    lookupTags: {},
    withIds: false,
    shown: (_kind, _field, value) => value,
  })

  it('nest as decK nests them', () => {
    expect(manifest).toMatchObject({
      consumers: [
        {
          username: 'foo',
          groups: [{ name: 'gold' }],
          mtls_auth_credentials: [{ id: 'm1', ca_certificate: { id: 'ca1' } }],
        },
        { id: 'c2', custom_id: 'foo' },
      ],
      consumer_groups: [
        {
          name: 'gold',
          plugins: [{ name: 'rate-limiting-advanced', partials: [{ name: 'redis', path: 'config.redis' }] }],
        },
      ],
      services: [
        {
          name: 'pay',
          routes: [{ id: 'r1', plugins: [{ name: 'cors' }], filter_chains: [{ filters: [{ name: 'f' }] }] }],
        },
      ],
      plugins: [{ name: 'cors', consumer: 'c2', service: 'pay' }],
      keys: [{ name: 'key', set: { name: 'set' } }],
      custom_entities: [{ type: 'degraphql_routes', fields: { service: { id: 's1' }, uri: '/x' } }],
    })
  })

  it('are read back unchanged, from one file and from many', () => {
    const read = (files: readonly { readonly path: string; readonly text: string }[]) =>
      orThrow(readManifests(files, { env: {} }))
        .entities.map(({ kind, fields }) => JSON.stringify([kind, fields]))
        .toSorted()
    const one = read([{ path: 'kong.yaml', text: manifestYaml(manifest) }])
    expect(one).toHaveLength(enterprise.length)
    const many = [...splitManifest(manifest)].map(([path, content]) => ({
      path,
      text: manifestYaml(content),
    }))
    expect(read(many)).toEqual(one)
    expect(many.map(({ path }) => path)).toContain('consumer_groups/gold.yaml')
  })
})

it('are written so that neither YAML nor decK’s templates interpret their texts', () => {
  const manifest = {
    _format_version: '3.0',
    plugins: [{ name: 'p', config: Object.fromEntries(hostile.map(text => [text, [text]])) }],
  }
  for (const text of [manifestYaml(manifest, { literal: true }), manifestJson(manifest, { literal: true })]) {
    const read = orThrow(readManifests([{ path: 'kong.yaml', text }], { env: {} }))
    expect(read.entities[0]?.fields).toEqual(manifest.plugins[0])
  }
  // An expression that is meant stays one.
  expect(manifestYaml({ host: '${{ env "DECK_HOST" }}' })).toBe(yamlText({ host: '${{ env "DECK_HOST" }}' }))
})
