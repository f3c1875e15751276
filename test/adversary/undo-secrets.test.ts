import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { gatewatch, runProgram } from '../program.ts'
import { UndoBed } from './undo-bed.ts'

let bed: UndoBed
beforeAll(async () => {
  bed = await UndoBed.start()
})
afterAll(() => bed[Symbol.asyncDispose]())
beforeEach(() => bed.clear())

const empty = '_format_version: "3.0"\n'
const joe = (more: string): string => `${empty}consumers:\n- username: joe\n${more}`
const key = (text: string): string => joe(`  keyauth_credentials:\n  - key: ${text}\n`)
const password = (text: string): string =>
  joe(`  basicauth_credentials:\n  - {username: joe, password: ${text}}\n`)
const session = (secret: string): string =>
  `${empty}plugins:\n- name: session\n  config: {secret: ${secret}}\n`
const oldKey = 'canary-key-old-0001'
const [oldSecret, newSecret] = ['canary-session-old-01', 'canary-session-new-02']

const noKey = 'can’t be taken back: no key to seal its secret to; run gatewatch init'
const withKey = /can be taken back with the key of \S+/

/** A pair of keys of age, as age-keygen makes it. */
async function keyPair(name: string): Promise<{ readonly file: string; readonly recipient: string }> {
  const state = join(bed.work, name)
  await gatewatch(['init', '--key'], { cwd: bed.work, env: { GATEWATCH_STATE_DIR: state } })
  const file = join(state, 'keys', 'age-identity.txt')
  const recipient = /public key: (age1\S+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
  return { file, recipient }
}

describe('before a sync, gatewatch reports what can’t be undone', () => {
  const losses: readonly (readonly [string, string, string, string])[] = [
    ['a delete of a key', key(oldKey), joe(''), 'DELETE /consumers/'],
    ['a delete that takes a key with it', key(oldKey), empty, 'DELETE /consumers/'],
    ['an update of a secret', session(oldSecret), session(newSecret), 'PATCH /plugins/'],
  ]
  it.each(losses)('for %s, without a key and with one', async (_, before, after, request) => {
    await bed.sync(before)
    bed.write('kong.yaml', after)
    const text = await bed.run(['plan', 'kong.yaml'])
    const told = text.out.split('\n').filter(line => line.includes(request) && line.includes(noKey))
    expect(told).toHaveLength(1)
    expect(text.out).toMatch(/undo +\d of \d requests? can’t be taken back/)
    const json = JSON.parse((await bed.run(['plan', '--output', 'json', 'kong.yaml'])).out)
    expect(json.steps.filter((step: { reversible: unknown }) => step.reversible === noKey)).toHaveLength(1)
    const markdown = (await bed.run(['plan', '--output', 'markdown', 'kong.yaml'])).out
    expect(markdown).toContain('no key to seal its secret to; run gatewatch init')
    await bed.makeKey()
    const sealed = await bed.run(['plan', '--output', 'json', 'kong.yaml'])
    expect(sealed.out).not.toContain('can’t be taken back')
    expect(sealed.out).toContain('"sealedTo"')
    expect((await bed.run(['plan', 'kong.yaml'])).out).toMatch(withKey)
    expect((await bed.run(['plan', '--output', 'markdown', 'kong.yaml'])).out).toMatch(withKey)
  })

  it.each([
    ['an update of a password', password('canary-password-new-02')],
    ['a delete of one', joe('')],
    ['a delete that takes one with it', empty],
  ])('for %s that is kept only as a hash, whatever key there is', async (_, after) => {
    await bed.makeKey()
    await bed.sync(password('canary-password-old-01'))
    bed.write('kong.yaml', after)
    const hashed = 'can’t be taken back: a secret of basic-auth joe for consumer joe is kept only as a hash'
    expect((await bed.run(['plan', 'kong.yaml'])).out).toContain(hashed)
    expect((await bed.run(['plan', '--output', 'json', 'kong.yaml'])).out).toContain(hashed)
    expect((await bed.run(['plan', '--output', 'markdown', 'kong.yaml'])).out).toContain(
      'kept only as a hash',
    )
  })

  it('and nothing else: creates and changes of other fields can simply be undone', async () => {
    await bed.sync(key(oldKey))
    bed.write('kong.yaml', joe(`  custom_id: c\n  keyauth_credentials:\n  - {key: ${oldKey}, tags: [t]}\n`))
    const { out } = await bed.run(['plan', 'kong.yaml'])
    expect(out).toContain('2 requests')
    expect(out).not.toContain('taken back')
  })
})

describe('secrets that a sync overwrites or deletes', () => {
  it('are sealed to the user’s key before anything is sent, and put back', async () => {
    await bed.makeKey()
    const file = join(bed.state, 'keys', 'age-identity.txt')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await bed.sync(`${key(oldKey)}plugins:\n- name: session\n  config: {secret: ${oldSecret}}\n`)
    const first = await bed.held()
    await bed.sync(session(newSecret))
    const lines = bed.journal(-1).split('\n')
    const sealed = lines.findIndex(line => line.includes('"type":"sealed"'))
    const sending = lines.findIndex(line => line.includes('"type":"sending"'))
    expect(sealed).toBeGreaterThan(0)
    expect(sealed).toBeLessThan(sending)
    expect(lines[sealed]).toContain('BEGIN AGE ENCRYPTED FILE')
    expect((await bed.undo()).code).toBe(0)
    expect(await bed.held()).toEqual(first)
    for (const text of bed.journals().map(each => readFileSync(each, 'utf8')))
      expect(text).not.toContain('canary')
  })

  it('are sealed to the keys that the configuration names, and to no other', async () => {
    const [ops, lead] = [await keyPair('ops'), await keyPair('lead')]
    await bed.makeKey()
    bed.write(
      'gatewatch.yaml',
      `version: 1\nname: pay\nenvironments: [prod]\nsealing:\n  recipients:\n  - {name: ops, key: ${ops.recipient}}\n  - ${lead.recipient}\ntargets:\n  prod:\n    environment: prod\n    kong: {address: "${bed.address}"}\n    manifests: [kong.yaml]\n`,
    )
    const run = (args: readonly string[], env = {}) =>
      gatewatch(args, { cwd: bed.work, env: { GATEWATCH_STATE_DIR: bed.state, ...env } })
    const sync = async (manifest: string) => {
      bed.write('kong.yaml', manifest)
      return run(['sync', '--yes', '--allow-deletes', '9', '--confirm', 'prod'])
    }
    expect((await sync(session(oldSecret))).code).toBe(0)
    const synced = await sync(session(newSecret))
    expect(synced.err).toContain(`can be taken back with the key of ops or ${lead.recipient.slice(0, 12)}…`)
    const undone = await run(['undo', '--yes', '--confirm', 'prod'])
    expect(undone.code).toBe(1)
    expect(undone.err).toMatch(
      /plugin session .*: its secret is sealed to the key of ops or .*, and no key here opens it/,
    )
    expect(undone.err).toContain('GATEWATCH_AGE_IDENTITY_FILE=FILE')
    const missing = await run(['undo', '--yes'], { GATEWATCH_AGE_IDENTITY_FILE: '/nowhere/key.txt' })
    expect(missing.err).toContain('GATEWATCH_AGE_IDENTITY_FILE names /nowhere/key.txt, which does not exist')
    const opened = await run(['undo', '--yes', '--confirm', 'prod'], {
      GATEWATCH_AGE_IDENTITY_FILE: lead.file,
    })
    expect(opened.code).toBe(0)
    const { plugins = [] } = await bed.control.state()
    expect(plugins[0]?.config).toMatchObject({ secret: oldSecret })
  })

  it('are sealed before anything is sent, or nothing is sent', async () => {
    await bed.sync(session(oldSecret))
    mkdirSync(join(bed.state, 'keys'), { recursive: true })
    writeFileSync(join(bed.state, 'keys', 'age-identity.txt'), '# no key here\n')
    bed.write('kong.yaml', session(newSecret))
    const synced = await bed.run(['sync', '--yes', 'kong.yaml'])
    expect(synced.code).toBe(1)
    expect(synced.err).toContain('nothing was sent, because what is overwritten can’t be sealed')
    const { plugins = [] } = await bed.control.state()
    expect(plugins[0]?.config).toMatchObject({ secret: oldSecret })
  })
})

describe('a secret that is not sealed', () => {
  it('is found in the manifest of an earlier commit', async () => {
    await bed.sync(key(oldKey))
    await bed.commit()
    const first = await bed.held()
    await bed.sync(empty)
    await bed.commit()
    expect((await bed.undo()).code).toBe(0)
    expect(await bed.held()).toEqual(first)
  })

  it('is found in the environment, where a manifest of an earlier commit refers to it', async () => {
    const env = { DECK_KEY: oldKey }
    await bed.sync(key('${{ env "DECK_KEY" }}'), env)
    await bed.commit()
    const first = await bed.held()
    await bed.sync(empty)
    await bed.commit()
    const without = await bed.undo()
    expect(without.err).toContain('one of its secrets is kept nowhere that gatewatch can read')
    expect((await bed.undo(['kong.yaml'], env)).code).toBe(0)
    expect(await bed.held()).toEqual(first)
  })

  it('is put back even where the gateway kept only a hash of it, when Git still has it', async () => {
    await bed.sync(password('canary-password-old-01'))
    await bed.commit()
    const first = await bed.held()
    await bed.sync(empty)
    await bed.commit()
    expect((await bed.undo()).code).toBe(0)
    expect(await bed.held()).toEqual(first)
  })

  it('is reported as lost if it was a hash, and stays lost with all that belongs to it', async () => {
    await bed.makeKey()
    await bed.sync(password('canary-password-old-01'))
    await bed.sync(password('canary-password-new-02'))
    const undone = await bed.undo()
    expect(undone.code).toBe(1)
    expect(undone.err).toContain(
      'the gateway kept its secret only as a hash, and no manifest in Git holds it',
    )
  })
})

describe('undo needs no readable manifest', () => {
  it.each([
    ['that is no YAML', () => bed.write('kong.yaml', 'services: [\n')],
    ['that is gone', () => rmSync(join(bed.work, 'kong.yaml'))],
    ['with a variable that is not set', () => bed.write('kong.yaml', key('${{ env "DECK_NONE" }}'))],
  ])('and works with one %s', async (_, damage) => {
    await bed.makeKey()
    await bed.sync(key(oldKey))
    const first = await bed.held()
    await bed.sync(empty)
    damage()
    const undone = await bed.undo()
    expect(undone.err).not.toContain('kong.yaml:')
    expect(undone.code).toBe(0)
    expect(await bed.held()).toEqual(first)
  })

  it('and works without one', async () => {
    await bed.sync(`${empty}services:\n- name: a\n  host: a\n  retries: 1\n`)
    await bed.sync(`${empty}services:\n- name: a\n  host: a\n  retries: 2\n`)
    expect((await bed.undo([])).code).toBe(0)
    expect(await bed.request('GET', '/services/a')).toMatchObject({ retries: 1 })
  })
})

describe('the key that gatewatch init makes', () => {
  const init = (args: readonly string[], state: string) =>
    gatewatch(['init', ...args], { cwd: bed.work, env: { GATEWATCH_STATE_DIR: state } })

  it('is made with a first gatewatch.yaml or beside an existing one, and only once', async () => {
    const state = join(bed.work, 'state')
    const first = await init([], state)
    expect(first.err).toContain('wrote gatewatch.yaml')
    expect(first.err).toContain('created a key in')
    const text = readFileSync(join(state, 'keys', 'age-identity.txt'), 'utf8')
    const second = await init([], state)
    expect(second.code).toBe(1)
    expect(second.err).toContain('there is already a gatewatch.yaml here, and a key')
    rmSync(join(state, 'keys'), { recursive: true })
    const again = await init([], state)
    expect(again.code).toBe(0)
    expect(again.err).toContain('it is unchanged')
    expect(readFileSync(join(state, 'keys', 'age-identity.txt'), 'utf8')).not.toBe(text)
  })

  it('is never made in the repository', async () => {
    await runProgram('git', ['init', '-q'], { cwd: bed.work })
    const made = await init(['--key'], join(bed.work, 'state'))
    expect(made.code).toBe(1)
    expect(made.err).toContain('because it is in the repository')
    expect(readdirSync(bed.work)).not.toContain('state')
  })
})
