import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/model/json.ts'
import { runCommand } from '../command-run.ts'
import { GatewayBed } from '../gateway-bed.ts'
import { hostile } from '../hostile-texts.ts'
import type { Ended } from '../program.ts'

let work: string
let bed: GatewayBed
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-dump-'))
  bed = await GatewayBed.start()
})
afterAll(async () => {
  await bed[Symbol.asyncDispose]()
  await rm(work, { recursive: true })
})
beforeEach(() => bed.clear())

const run = (...args: string[]): Promise<Ended> =>
  runCommand([...args, '--kong-addr', bed.address], {
    cwd: work,
    env: { GATEWATCH_STATE_DIR: join(work, 'state') },
  })

async function synced(manifest: JsonObject, ...args: string[]): Promise<void> {
  writeFileSync(
    join(work, 'first.json'),
    JSON.stringify({ _format_version: '3.0', ...manifest }).replaceAll('${{', '\\u0024{{'),
  )
  const ended = await run('sync', '--yes', '--allow-deletes', '1000', ...args, 'first.json')
  expect(ended.err + ended.out).toContain('in sync')
}

async function expectSame(...files: string[]): Promise<void> {
  const seen = await run('diff', ...files)
  expect(seen.out).toContain('in sync')
  expect(seen.code).toBe(0)
}

const consumers = hostile.map((username, i) => ({
  username,
  custom_id: `custom ${username}`,
  keyauth_credentials: [{ key: `key ${i} ${username}` }],
  acls: [{ group: username }],
}))
const plugins = [
  { name: 'pre-function', config: { access: ['--[[ a\n# no comment of YAML\n]] local x = "${{"\n'] } },
  {
    name: 'request-transformer',
    config: {
      add: { headers: hostile.filter(text => !/[\n\r]/.test(text)).map((text, i) => `x-${i}:${text}`) },
    },
  },
]

describe('a dump of hostile names and values', () => {
  it.each(['yaml', 'json'])('as %s leaves no difference', async form => {
    await synced({ consumers, plugins })
    const ended = await run('dump', '--format', form, '-o', `dumped.${form}`, '--yes')
    expect(ended.code).toBe(0)
    await expectSame(`dumped.${form}`)
  })

  it('into a folder leaves no difference, with a file for each entity that keeps its name', async () => {
    await synced({ consumers, plugins })
    expect((await run('dump', '--split', 'folder')).code).toBe(0)
    await expectSame('folder')
    const names = readdirSync(join(work, 'folder', 'consumers'))
    expect(names).toHaveLength(hostile.length)
    expect(new Set(names.map(name => name.toLowerCase())).size).toBe(hostile.length)
    for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9._-]{0,90}\.yaml$/)
    expect(statSync(join(work, 'folder', 'consumers', 'a.yaml')).mode & 0o077).toBe(0)
    await bed.request('DELETE', '/consumers/a')
    await bed.request('POST', '/consumers', { username: 'zz' })
    const again = await run('dump', '--split', 'folder')
    expect(again.err).toContain('1 file removed')
    const after = readdirSync(join(work, 'folder', 'consumers'))
    expect(after.toSorted()).toEqual([...names.filter(name => name !== 'a.yaml'), 'zz.yaml'].toSorted())
    await expectSame('folder')
  })

  it('into a folder with other files is refused, and removes none of them', async () => {
    mkdirSync(join(work, 'mine', 'services'), { recursive: true })
    writeFileSync(join(work, 'mine', 'services', 'own.yaml'), '_format_version: "3.0"\n')
    const ended = await run('dump', '--split', 'mine')
    expect(ended.err).toContain('mine holds other files')
    expect(ended.code).toBe(1)
    writeFileSync(join(work, 'mine', '.gatewatch-dump'), '../first.json\nservices/own.yaml\n../../x.yaml\n')
    expect((await run('dump', '--split', 'mine')).code).toBe(0)
    expect(existsSync(join(work, 'first.json'))).toBe(true)
  })
})

describe('a dump', () => {
  it('leaves out what is kept as a hash, and syncing the dump does not change it', async () => {
    await synced({
      consumers: [
        {
          username: 'joe',
          basicauth_credentials: [{ username: 'joe', password: 'CANARY-PASSWORD', tags: ['a'] }],
          oauth2_credentials: [
            {
              name: 'app',
              client_id: 'id',
              client_secret: 'CANARY-SECRET',
              hash_secret: true,
              redirect_uris: ['https://h/'],
            },
            { name: 'open', client_id: 'id2', client_secret: 'in-clear', redirect_uris: ['https://h/'] },
          ],
        },
      ],
    })
    const { out } = await run('dump')
    expect(out).toContain('in-clear')
    expect(out).not.toMatch(/CANARY|pbkdf2|password/)
    writeFileSync(join(work, 'dumped.yaml'), out)
    await expectSame('dumped.yaml')
    const before = await bed.request('GET', '/basic-auths')
    writeFileSync(join(work, 'dumped.yaml'), out.replace(/- a\n/, '- b\n'))
    const ended = await run('sync', '--yes', 'dumped.yaml')
    expect(ended.err).toContain('0 to create, 1 to update, 0 to delete')
    const after = await bed.request('GET', '/basic-auths')
    const [old, now] = [before, after].map(list =>
      JSON.stringify(list).replace(/"(?:tags|updated_at)":[^,}]*,?/g, ''),
    )
    expect(now).toBe(old)
    const checked = await run('validate', 'dumped.yaml')
    expect(checked.out).toContain('all valid')
    await bed.clear()
    const fresh = await run('validate', 'dumped.yaml')
    expect(fresh.out).toMatch(/dumped\.yaml:\d+:\d+: .*password/)
  })

  it('holds entities with the tags, and lookup tags for what they need', async () => {
    await synced({
      services: [
        {
          name: 'far',
          host: 'h',
          tags: ['team', 'shared'],
          routes: [{ name: 'near', paths: ['/'], tags: ['mine'] }],
        },
        { name: 'bare', host: 'h', routes: [{ name: 'lost', paths: ['/x'], tags: ['other'] }] },
      ],
    })
    const near = await run('dump', '--select-tag', 'mine')
    expect(near.out).toContain('default_lookup_tags')
    expect(near.out).not.toContain('host: h')
    writeFileSync(join(work, 'dumped.yaml'), near.out)
    await expectSame('dumped.yaml')
    const lost = await run('dump', '--select-tag', 'other')
    expect(lost.err).toContain('1 of the services that don’t carry them')
    expect((await run('dump', '--select-tag', 'mine,other')).out).not.toContain('routes')
  })

  it('can leave out consumers and CA certificates', async () => {
    await synced({
      services: [{ name: 'a', host: 'h' }],
      consumers: [{ username: 'c', plugins: [{ name: 'request-termination' }] }],
    })
    const { out } = await run('dump', '--skip-consumers', '--skip-ca-certificates')
    expect(out).toBe("_format_version: '3.0'\nservices:\n  - host: h\n    name: a\n")
    // What is known by its name and place needs none.
    expect((await run('dump')).out).not.toMatch(/^[ -]*id:/m)
    expect((await run('dump', '--with-id')).out).toMatch(/- id: [0-9a-f-]{36}/)
  })

  it('asks before it overwrites a file', async () => {
    writeFileSync(join(work, 'there.yaml'), 'mine')
    const ended = await run('dump', '-o', 'there.yaml')
    expect(ended.err).toContain('there.yaml exists already')
    expect(readFileSync(join(work, 'there.yaml'), 'utf8')).toBe('mine')
    expect((await run('dump', '-o', 'there.yaml', '--yes')).code).toBe(0)
  })
})
