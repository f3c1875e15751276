import { expect, test } from 'vitest'
import type { Result } from '../../src/model/problem.ts'
import { readManifests, readManifestsInSlices } from '../../src/providers/kong/manifest/index.ts'
import type { Manifest } from '../../src/providers/manifest.ts'

/** More than what is read in a thread of its own. */
const services = Array.from(
  { length: 3_000 },
  (_, i) =>
    `- name: service-${i}\n  url: http://\${{ env "DECK_HOST" }}:80\n  routes:\n  - name: route-${i}\n    paths: [/${i}]\n`,
)
const large = `_format_version: "3.0"\nservices:\n${services.join('')}`
const env = { DECK_HOST: 'upstream.internal' }

/** All that a manifest says, places included. */
function said(read: Result<Manifest>): unknown {
  if (!read.ok) return read.error
  const { entities, ...rest } = read.value
  return {
    ...rest,
    entities: entities.map(({ kind, fields, source, variables }) => ({
      kind,
      fields,
      variables,
      at: source?.place(),
      fieldsAt: Object.keys(fields).map(name => source?.place(name)),
    })),
  }
}

async function readBothWays(texts: readonly string[]): Promise<{ here: unknown; elsewhere: unknown }> {
  const files = texts.map((text, i) => ({ path: `${i}.yaml`, text }))
  return {
    here: said(readManifests(files, { env })),
    elsewhere: said(await readManifestsInSlices(files, { env })),
  }
}

test.each([
  ['one large file', [large]],
  ['a large file and a small one', [large, 'consumers: [{username: jane}]']],
  ['a file without anything', [large, '']],
])('a manifest read in a thread gives the same result: %s', async (_, texts) => {
  const { here, elsewhere } = await readBothWays(texts)
  expect(here).toHaveProperty('entities.0.variables.1', ['host'])
  expect(elsewhere).toStrictEqual(here)
})

test.each([
  ['no YAML', `${large}\n]`],
  ['a variable that is not set', large.replace('DECK_HOST', 'DECK_OTHER')],
  ['what no JSON can say', `${large}\nplugins: [{name: p, config: {x: .inf}}]`],
  ['an unknown key', `${large}\nservice: []`],
  ['a wrong type', large.replace('paths: [/7]', 'paths: 7')],
  ['the same twice', `${large}- name: service-7\n  host: h\n`],
  ['an old version', large.replace('3.0', '1.1')],
])('a problem found in a thread is reported with its place: %s', async (_, text) => {
  const { here, elsewhere } = await readBothWays([text])
  expect(here).toHaveProperty('0.place')
  expect(elsewhere).toStrictEqual(here)
})
