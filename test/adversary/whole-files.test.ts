// What is unknown is not written down: a file is whole, or what was there before stays. Gateways that can't be read
// completely, and disks that take no more, are met by every command that writes a file.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFile, replaceFiles } from '../../src/repo/replace-file.ts'
import { runCommand } from '../command-run.ts'
import { GatewayBed } from '../gateway-bed.ts'
import { type Ended, project, runProgram } from '../program.ts'
import { startWorkspaces, type WorkspacesGateway } from '../workspaces-gateway.ts'

let bed: GatewayBed
let workspaces: WorkspacesGateway
let work: string
beforeAll(async () => {
  bed = await GatewayBed.start()
  workspaces = await startWorkspaces('default', 'team-a')
})
afterAll(async () => {
  await bed[Symbol.asyncDispose]()
  await workspaces.stop()
})
beforeEach(async () => {
  await bed.clear()
  workspaces.forbidden = null
  work = mkdtempSync(join(tmpdir(), 'gatewatch-files-'))
  return () => rm(work, { recursive: true })
})

const services = (n: number): string =>
  Array.from({ length: n }, (_, i) => `- name: service-${i}\n  url: http://service-${i}.internal\n`).join('')
/** Larger than what the disk takes. */
const large = `_format_version: "3.0"\nservices:\n${services(400)}`

function run(...args: string[]): Promise<Ended> {
  return runCommand(args, { cwd: work, env: { GATEWATCH_STATE_DIR: join(work, 'state') } })
}
const textOf = (file: string): string => readFileSync(join(work, file), 'utf8')
const written = (folder = ''): readonly string[] =>
  readdirSync(join(work, folder))
    .filter(name => name !== 'state')
    .sort()

describe('a dump of a gateway that can’t be read completely', () => {
  const dump = (...args: string[]): Promise<Ended> => run('dump', '--kong-addr', bed.address, ...args)
  const forbidden = [{ fault: 'status', status: 403, methods: ['GET'], kinds: ['routes'] }] as const
  beforeEach(async () => {
    await bed.request('POST', '/services', { name: 'payouts', host: 'payouts.internal' })
    await bed.request('POST', '/services/payouts/routes', { name: 'payouts-list', paths: ['/payouts'] })
  })

  it.each([
    ['yaml', 'kong.yaml', []],
    ['json', 'kong.json', ['--format', 'json']],
  ])('leaves the %s file that was there', async (_form, file, options) => {
    expect(await dump('-o', file, ...options)).toMatchObject({ code: 0 })
    const before = textOf(file)
    expect(before).toContain('payouts-list')
    await bed.control.setFaults(forbidden)
    const ended = await dump('-o', file, '--yes', ...options)
    expect(ended.code).toBe(1)
    expect(ended.err).toContain(
      `${file} is not written, because not everything could be read: reading routes`,
    )
    expect(textOf(file)).toBe(before)
    expect(await dump('-o', 'new.yaml')).toMatchObject({ code: 1 })
    expect(written()).toEqual([file])
  })

  it('leaves the folder that was there', async () => {
    expect(await dump('--split', 'kong')).toMatchObject({ code: 0 })
    const before = written('kong')
    await bed.control.setFaults(forbidden)
    const ended = await dump('--split', 'kong')
    expect(ended.code).toBe(1)
    expect(ended.err).toContain('kong is not written')
    expect(written('kong')).toEqual(before)
  })

  it('leaves the files of all workspaces, though only one can’t be read', async () => {
    const all = (): Promise<Ended> =>
      run('dump', '--all-workspaces', '--yes', '--kong-addr', workspaces.address)
    expect(await all()).toMatchObject({ code: 0 })
    const before = ['default.yaml', 'team-a.yaml'].map(textOf)
    for (const file of ['default.yaml', 'team-a.yaml'])
      writeFileSync(join(work, file), `# ours\n${textOf(file)}`)
    workspaces.forbidden = 'team-a services'
    const ended = await all()
    expect(ended.code).toBe(1)
    expect(ended.err).toContain('in the workspace team-a: reading services is not allowed (403)')
    expect(['default.yaml', 'team-a.yaml'].map(textOf)).toEqual(before.map(text => `# ours\n${text}`))
  })

  it('says on standard output that it is not whole', async () => {
    await bed.control.setFaults(forbidden)
    const ended = await dump()
    expect(ended.code).toBe(1)
    expect(ended.out).toMatch(/^# INCOMPLETE/)
    expect(ended.out).toContain('payouts')
    expect(ended.err).toContain('this dump is incomplete')
    expect(await dump('--format', 'json')).toMatchObject({ code: 1 })
  })

  it('asks before it overwrites the file that its format gives an extension', async () => {
    writeFileSync(join(work, 'kong.yaml'), 'ours')
    const ended = await dump('-o', 'kong')
    expect(ended.err).toContain('kong.yaml exists already')
    expect(textOf('kong.yaml')).toBe('ours')
  })
})

describe('a full disk', () => {
  /** The built program where no file may grow beyond 8 KiB: it takes a part of a larger one, and refuses then. */
  function onFullDisk(...args: string[]): Promise<Ended> {
    const program = [process.execPath, join(project, 'bin', 'gatewatch.js'), ...args]
    return runProgram('bash', ['-c', `trap '' XFSZ; ulimit -f 8; exec "$@"`, 'bash', ...program], {
      cwd: work,
      env: { GATEWATCH_STATE_DIR: join(work, 'state'), NODE_DISABLE_COMPILE_CACHE: '1' },
    })
  }
  const specification = JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'Payouts', version: '1' },
    servers: [{ url: 'https://pay.internal' }],
    paths: Object.fromEntries(
      Array.from({ length: 120 }, (_, i) => [
        `/payouts-${i}`,
        { get: { operationId: `list${i}`, responses: { 200: { description: 'ok' } } } },
      ]),
    ),
  })
  const old = '# what was there\n'

  beforeEach(() => {
    writeFileSync(join(work, 'large.yaml'), large)
    writeFileSync(join(work, 'openapi.json'), specification)
    writeFileSync(join(work, 'old.yaml'), old)
    writeFileSync(join(work, 'old.html'), old)
    writeFileSync(join(work, 'old.json'), old)
  })

  const commands: readonly (readonly [string, readonly string[], string])[] = [
    ['plan', ['plan', '--out', 'old.json', '--kong-addr', 'ADDRESS', 'large.yaml'], 'old.json'],
    ['render', ['render', 'large.yaml', '-o', 'old.yaml'], 'old.yaml'],
    ['merge', ['merge', 'large.yaml', '-o', 'old.yaml'], 'old.yaml'],
    [
      'convert',
      [
        'convert',
        '--from',
        'kong-gateway-2.x',
        '--to',
        'kong-gateway-3.x',
        '--input-file',
        'large.yaml',
        '-o',
        'old.yaml',
        '--yes',
      ],
      'old.yaml',
    ],
    ['add-tags', ['add-tags', '-s', 'large.yaml', '-o', 'large.yaml', 'a-tag'], 'large.yaml'],
    [
      'patch',
      [
        'patch',
        '-s',
        'large.yaml',
        '-o',
        'large.yaml',
        '--selector',
        '$..services[*]',
        '--value',
        'retries:3',
      ],
      'large.yaml',
    ],
    ['generate', ['generate', 'openapi.json', '-o', 'old.yaml'], 'old.yaml'],
    ['publish', ['publish', 'openapi.json', '-o', 'old.html'], 'old.html'],
  ]

  it.each(commands)('leaves what %s would overwrite', async (_name, args, file) => {
    const before = textOf(file)
    const names = written()
    const ended = await onFullDisk(...args.map(word => (word === 'ADDRESS' ? bed.address : word)))
    expect(ended.code, ended.err).toBe(1)
    expect(ended.err).toContain(`${file} can't be written`)
    expect(textOf(file)).toBe(before)
    expect(written()).toEqual(names)
  })

  it('leaves what dump would overwrite, including each file of a folder', async () => {
    for (let i = 0; i < 60; i++)
      await bed.request('POST', '/services', {
        name: `service-${i}`,
        host: 'h',
        tags: [`${i}-${'x'.repeat(200)}`],
      })
    const dump = ['dump', '--kong-addr', bed.address]
    expect((await onFullDisk(...dump, '-o', 'old.yaml', '--yes')).code).toBe(1)
    expect(textOf('old.yaml')).toBe(old)
    expect(await run(...dump, '--split', 'kong')).toMatchObject({ code: 0 })
    const before = readdirSync(join(work, 'kong'), { recursive: true }).sort()
    // One service comes to be too large, and all others are named anew.
    await bed.request('PATCH', '/services/service-7', {
      tags: Array.from({ length: 60 }, (_, i) => `${i}-${'y'.repeat(200)}`),
    })
    await bed.request('PATCH', '/services/service-8', { retries: 3 })
    const texts = before
      .map(name => join(work, 'kong', String(name)))
      .filter(path => lstatSync(path).isFile())
    const were = texts.map(path => readFileSync(path, 'utf8'))
    const ended = await onFullDisk(...dump, '--split', 'kong')
    expect(ended.code).toBe(1)
    expect(texts.map(path => readFileSync(path, 'utf8'))).toEqual(were)
    expect(readdirSync(join(work, 'kong'), { recursive: true }).sort()).toEqual(before)
  })

  it('leaves nothing if there was nothing', async () => {
    const ended = await onFullDisk('render', 'large.yaml', '-o', 'new.yaml')
    expect(ended.code).toBe(1)
    expect(written()).not.toContain('new.yaml')
  })
})

describe('a file that is replaced', () => {
  const at = (name: string): string => join(work, name)

  it('is complete before it replaces the old one, and of several all or none are', async () => {
    writeFileSync(at('a'), 'old a')
    mkdirSync(at('b'))
    await expect(
      replaceFiles([
        { file: at('a'), data: 'new a' },
        { file: at('b'), data: 'new b' },
      ]),
    ).rejects.toMatchObject({ code: 'EISDIR' })
    await expect(
      replaceFiles([
        { file: at('a'), data: 'new a' },
        { file: at('none/c'), data: 'new c' },
      ]),
    ).rejects.toMatchObject({ code: 'ENOENT' })
    expect(textOf('a')).toBe('old a')
    expect(written()).toEqual(['a', 'b'])
  })

  it('keeps its permissions, and a link to it stays a link', async () => {
    writeFileSync(at('real'), 'old')
    chmodSync(at('real'), 0o640)
    symlinkSync('real', at('link'))
    await replaceFiles([{ file: at('link'), data: 'new' }])
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true)
    expect(textOf('real')).toBe('new')
    expect(statSync(at('real')).mode & 0o777).toBe(0o640)
    await replaceFiles([{ file: at('real'), data: 'secret', mode: 0o600 }])
    expect(statSync(at('real')).mode & 0o777).toBe(0o600)
  })

  it('is not created if it exists already', async () => {
    await createFile({ file: at('new'), data: 'first' })
    await expect(createFile({ file: at('new'), data: 'second' })).rejects.toMatchObject({ code: 'EEXIST' })
    expect(textOf('new')).toBe('first')
    expect(written()).toEqual(['new'])
  })

  it('is written to directly if it is a pipe or a device', async () => {
    expect(await runProgram('mkfifo', [at('pipe')])).toMatchObject({ code: 0 })
    const reading = runProgram('cat', [at('pipe')])
    writeFileSync(at('kong.yaml'), '_format_version: "3.0"\nservices:\n- name: a\n  url: http://a\n')
    expect(await run('render', 'kong.yaml', '-o', 'pipe')).toMatchObject({ code: 0 })
    expect((await reading).out).toContain('name: a')
    expect(statSync(at('pipe')).isFIFO()).toBe(true)
  })
})
