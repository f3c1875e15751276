import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../command-run.ts'
import { GatewayBed } from '../gateway-bed.ts'
import type { Ended } from '../program.ts'

let bed: GatewayBed
let work: string

beforeAll(async () => {
  bed = await GatewayBed.start()
  work = mkdtempSync(join(tmpdir(), 'gatewatch-tags-'))
  await bed.request('POST', '/services', { name: 'mine', host: 'a.internal', tags: ['mine'] })
  await bed.request('POST', '/services', { name: 'theirs', host: 'b.internal', tags: ['theirs'] })
  manifest()
})
afterAll(async () => {
  await bed[Symbol.asyncDispose]()
  await rm(work, { recursive: true })
})

function manifest(info = ''): void {
  writeFileSync(
    join(work, 'kong.yaml'),
    `_format_version: "3.0"\n${info}services: [{name: q, host: q.internal}]\n`,
  )
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return runCommand(args, {
    cwd: work,
    env: { GATEWATCH_STATE_DIR: join(work, 'state'), HOME: work, ...env },
  })
}

/** What the gateway was asked to write or to take. */
async function nothingAsked(): Promise<void> {
  expect(await bed.control.requests()).toEqual([])
}

describe.each([
  ['an empty text', ''],
  ['only a comma', ','],
  ['blanks', '  '],
  ['a tag and an empty one', 'mine,'],
  ['an empty one between two', 'mine,,theirs'],
])('a select tag that is %s', (_name, tag) => {
  it.each([
    ['diff', ['kong.yaml']],
    ['plan', ['kong.yaml']],
    ['sync', ['--yes', 'kong.yaml']],
    ['undo', ['--yes']],
    ['dump', []],
    ['reset', ['--force', '--allow-deletes', '9']],
    ['fleet', []],
    ['inventory', []],
    ['validate', ['--online', 'kong.yaml']],
  ])('is refused by %s before the gateway is asked anything', async (command, rest) => {
    await bed.control.forgetRequests()
    for (const given of [
      ['--select-tag', tag],
      [`--select-tag=${tag}`],
      ['--select-tag', 'mine', '--select-tag', tag],
    ]) {
      const { code, err, out } = await run([command, '--kong-addr', bed.address, ...given, ...rest])
      expect(code).toBe(1)
      expect(out).toBe('')
      expect(err).toContain('empty tag')
    }
    await nothingAsked()
  })
})

it.each([
  ['in a manifest', '_info: {select_tags: [mine, ""]}\n'],
  ['of blanks in a manifest', '_info: {select_tags: ["  "]}\n'],
  ['from a variable that is empty', '_info:\n  select_tags:\n  - "${{ env "DECK_TEAM" }}"\n'],
  ['for a lookup', '_info: {default_lookup_tags: {services: [""]}}\n'],
])('an empty select tag %s is refused at its line, and nothing is written', async (_name, info) => {
  manifest(info)
  await bed.control.forgetRequests()
  const synced = await run(['sync', '--yes', '--kong-addr', bed.address, 'kong.yaml'], { DECK_TEAM: '' })
  const validated = await run(['validate', 'kong.yaml'], { DECK_TEAM: '' })
  manifest()
  for (const { code, err, out } of [synced, validated]) {
    expect(code).toBe(1)
    expect(err + out).toMatch(/kong\.yaml:\d+:\d+: .*must be a tag, but is empty/)
  }
  expect(await bed.writes()).toEqual([])
})

it('an empty select tag in gatewatch.yaml is refused at its line', async () => {
  const config = (tags: string) =>
    `version: 1\nenvironments: [a]\ntargets:\n  t:\n    environment: a\n    kong: {address: "${bed.address}"}\n    manifests: [kong.yaml]\n    select_tags: ${tags}\n`
  for (const tags of ['[""]', '[mine, " "]']) {
    writeFileSync(join(work, 'fleet.yaml'), config(tags))
    const { code, err } = await run(['diff', '--config', 'fleet.yaml'])
    expect(code).toBe(1)
    expect(err).toMatch(/fleet\.yaml:8:\d+: .*must not be empty/)
  }
})

it.each([
  ['add-tags', ['-s', 'kong.yaml', '']],
  ['remove-tags', ['-s', 'kong.yaml', '--keep-only', '']],
  ['generate', ['--select-tag', '', 'spec.yaml']],
])('%s refuses an empty tag', async (command, args) => {
  const { code, err } = await run([command, ...args])
  expect(code).toBe(1)
  expect(err).toMatch(/empty/)
})

it('tags separated by commas still count one by one', async () => {
  const { code, out } = await run(['dump', '--kong-addr', bed.address, '--select-tag', 'mine'])
  expect(code).toBe(0)
  expect(out).toContain('name: mine')
  expect(out).not.toContain('theirs')
  expect((await run(['dump', '--kong-addr', bed.address, '--select-tag', 'mine,theirs'])).out).not.toContain(
    'name:',
  )
})
