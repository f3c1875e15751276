import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { gatewatch } from '../program.ts'
import { startWorkspaces } from '../workspaces-gateway.ts'
import { UndoBed } from './undo-bed.ts'

const service = (name: string, more = ''): string => `- name: ${name}\n  host: ${name}\n${more}`
const services = (...texts: readonly string[]): string =>
  `_format_version: "3.0"\nservices:\n${texts.join('')}`
const route = (plugins: string): string =>
  services(service('a', `  routes:\n  - name: r\n    paths: [/r]\n${plugins}`))

describe('an undo is a plan like any other', () => {
  let bed: UndoBed
  beforeAll(async () => {
    bed = await UndoBed.start()
  })
  afterAll(() => bed[Symbol.asyncDispose]())
  beforeEach(() => bed.clear())

  const fleet = (more = ''): string =>
    `version: 1\nname: pay\nenvironments: [prod]\n${more}targets:\n  prod:\n    environment: prod\n    kong: {address: "${bed.address}"}\n    manifests: [kong.yaml]\n`
  const run = (...args: readonly string[]) =>
    gatewatch(args, { cwd: bed.work, env: { GATEWATCH_STATE_DIR: bed.state } })
  const sync = async (manifest: string): Promise<void> => {
    bed.write('kong.yaml', manifest)
    const { code, err } = await run('sync', '--yes', '--allow-deletes', '99', '--confirm', 'prod')
    expect(code, err).toBe(0)
  }

  it('needs the number for many deletions', async () => {
    bed.write('gatewatch.yaml', fleet())
    await sync(services(service('a'), service('b'), service('c')))
    const undone = await run('undo', '--yes', '--confirm', 'prod')
    expect(undone.code).toBe(1)
    expect(undone.err).toContain('the plan deletes 3 of 3 entities')
    expect(await bed.names('services')).toHaveLength(3)
    expect((await run('undo', '--yes', '--confirm', 'prod', '--allow-deletes', '3')).code).toBe(0)
    expect(await bed.names('services')).toEqual([])
  })

  it('needs the name of a protected target that loses something', async () => {
    bed.write('gatewatch.yaml', fleet())
    await sync(services(service('a')))
    const undone = await run('undo', '--yes')
    expect(undone.code).toBe(1)
    expect(undone.err).toContain('--confirm prod')
    expect(await bed.names('services')).toEqual(['a'])
  })

  it('is refused by policies for what it would introduce, after a preview that names it', async () => {
    bed.write(
      'gatewatch.yaml',
      fleet(
        'governance: {severity: {route-without-authentication: block}, builtin: [route-without-authentication]}\n',
      ),
    )
    await bed.request('PUT', '/services/a', { host: 'a', name: 'a' })
    await bed.request('PUT', '/services/a/routes/r', { name: 'r', paths: ['/r'] })
    await sync(route('    plugins:\n    - name: key-auth\n'))
    const undone = await run('undo', '--yes', '--confirm', 'prod')
    expect(undone.code).toBe(1)
    expect(undone.err).toContain('LOSES AUTHENTICATION')
    expect(undone.err).toContain('route-without-authentication')
    expect(await bed.names('plugins')).toEqual(['key-auth'])
  })

  it('is journaled as a sync is, and can be undone itself', async () => {
    bed.write('gatewatch.yaml', fleet())
    await sync(services(service('a', '  retries: 1\n')))
    await sync(services(service('a', '  retries: 2\n')))
    expect((await run('undo', '--yes')).code).toBe(0)
    const [undo, undone] = z
      .array(z.looseObject({ id: z.string() }))
      .parse(JSON.parse((await run('history', '--output', 'json')).out))
    expect(undo?.undoes).toBe(undone?.id)
    expect((await run('undo', '--yes', '--sync', undo?.id ?? '')).code).toBe(0)
    expect(await bed.request('GET', '/services/a')).toMatchObject({ retries: 2 })
    // What is in effect again can be named again.
    const last = await run('undo', '--yes')
    expect(last.err).toContain(`gatewatch undo --sync ${undone?.id.slice(0, 8)}`)
    expect((await run('undo', '--yes', '--sync', undone?.id ?? '')).code).toBe(0)
    expect(await bed.request('GET', '/services/a')).toMatchObject({ retries: 1 })
  })

  it('does not change what an ignore rule leaves to others', async () => {
    bed.write('gatewatch.yaml', fleet())
    await sync(services(service('a', '  retries: 1\n'), service('b')))
    await sync(services(service('a', '  retries: 2\n'), service('b', '  retries: 2\n')))
    bed.write('gatewatch.yaml', fleet('ignore: [{kind: service, name: a, field: retries, reason: theirs}]\n'))
    const undone = await run('undo', '--yes')
    expect(undone.err).toContain('ignored: ')
    expect(await bed.request('GET', '/services/a')).toMatchObject({ retries: 2 })
    expect(await bed.request('GET', '/services/b')).toMatchObject({ retries: 5 })
  })

  describe('syncs of the previous version', () => {
    /** The journal of a sync, and the plan in it, as that version wrote them. */
    function asBefore(file: string, reorder: boolean): void {
      const [first = '', ...rest] = readFileSync(file, 'utf8').trim().split('\n')
      const { version: _, previous: __, chain: ___, process: ____, plan, ...head } = JSON.parse(first)
      const { id: _____, ...content } = { ...plan, version: 1 }
      const id = createHash('sha256').update(JSON.stringify(content)).digest('hex')
      const written = reorder ? Object.fromEntries(Object.entries(content).reverse()) : content
      const entries = rest.map(line => {
        const { chain: _, ...entry } = JSON.parse(line)
        return entry
      })
      const known = entries.filter(({ type }) => ['sending', 'done', 'ended'].includes(type))
      const lines = [{ ...head, plan: { id, ...written } }, ...known]
      writeFileSync(file, lines.map(line => `${JSON.stringify(line)}\n`).join(''))
      rmSync(join(dirname(file), 'head.json'))
    }

    it('are undone if their plan matches its digest', async () => {
      await bed.sync(services(service('a', '  retries: 1\n')))
      asBefore(bed.journals()[0] ?? '', false)
      expect((await bed.run(['journal', 'verify'])).out).toContain('1 of an earlier version, without a chain')
      expect((await bed.undo()).code).toBe(0)
      expect(await bed.names('services')).toEqual([])
      expect((await bed.run(['journal', 'verify'])).code).toBe(0)
      // The first with a chain keeps a digest of the last without.
      const file = bed.journals()[0] ?? ''
      writeFileSync(file, `${readFileSync(file, 'utf8').trim().split('\n').slice(0, -1).join('\n')}\n`)
      const verified = await bed.run(['journal', 'verify'])
      expect(verified.code).toBe(1)
      expect(verified.err).toContain('entries are missing')
    })

    it('are reported, and stop undo, if it does not', async () => {
      await bed.sync(services(service('a', '  retries: 1\n')))
      asBefore(bed.journals()[0] ?? '', true)
      const undone = await bed.undo()
      expect(undone.code).toBe(1)
      expect(undone.err).toContain('An earlier version of gatewatch wrote such journals')
      expect(await bed.names('services')).toEqual(['a'])
    })
  })
})

describe('a gateway without a database', () => {
  let bed: UndoBed
  beforeAll(async () => {
    bed = await UndoBed.start({ dbless: true })
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  it('is restored by one document, with its secrets, after a preview of what can’t be', async () => {
    await bed.makeKey()
    const before = `${route('    plugins:\n    - name: key-auth\n')}consumers:\n- username: joe\n  keyauth_credentials:\n  - key: canary-key-of-joe\n`
    await bed.sync(before)
    const first = await bed.held()
    bed.write('kong.yaml', services(service('b')))
    const planned = await bed.run(['plan', '--allow-deletes', '99', 'kong.yaml'])
    expect(planned.out).toMatch(/POST \/config .* can be taken back with the key of \S+/)
    await bed.sync(services(service('b')))
    expect((await bed.undo()).code).toBe(0)
    expect(await bed.held()).toEqual(first)
  })
})

describe('workspaces of one gateway', () => {
  it('are undone separately: a sync of another one is never undone', async () => {
    const gateway = await startWorkspaces('default', 'pay')
    const work = mkdtempSync(join(tmpdir(), 'gatewatch-workspaces-'))
    writeFileSync(join(work, 'kong.yaml'), services(service('added')))
    const run = (...args: readonly string[]) =>
      gatewatch([...args, '--kong-addr', gateway.address], {
        cwd: work,
        env: { GATEWATCH_STATE_DIR: join(work, 'state') },
      })
    try {
      for (const workspace of ['default', 'pay']) {
        const args = ['--workspace', workspace, '--allow-deletes', '9', 'kong.yaml']
        const synced = await run('sync', '--yes', ...args)
        expect(synced.code, synced.err).toBe(0)
      }
      const undone = await run('undo', '--yes', '--allow-deletes', '9', '--workspace', 'default')
      expect(undone.code, undone.err).toBe(0)
      expect(await gateway.namesIn('default', 'services')).toEqual(['service-of-default'])
      expect(await gateway.namesIn('pay', 'services')).toEqual(['added'])
    } finally {
      await gateway.stop()
      await rm(work, { recursive: true })
    }
  })
})
