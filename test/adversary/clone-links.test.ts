import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { type Ended, gatewatch, runProgram } from '../program.ts'

let sandbox: RunningSandbox
let address: string
beforeAll(async () => {
  sandbox = await launchSandbox({ gateways: [{ name: 'dev', proxyPort: false }] })
  address = sandbox.gateways[0]?.adminUrl ?? ''
})
afterAll(() => sandbox.stop())

/** A clone, and beside it what is the user's own. */
let clone: string
let mine: string
beforeEach(async () => {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'gatewatch-links-')))
  ;[clone, mine] = [join(top, 'clone'), join(top, 'mine')]
  for (const folder of [clone, mine]) mkdirSync(folder)
  await runProgram('git', ['init', '-q'], { cwd: clone })
  write('kong.yaml', '_format_version: "3.0"\nservices:\n- name: a\n  host: a.internal\n')
  write(
    'spec.yaml',
    'openapi: 3.0.3\ninfo: {title: A, version: "1"}\nservers: [{url: http://a}]\npaths: {/a: {get: {responses: {}}}}\n',
  )
  writeFileSync(join(mine, 'precious.yaml'), 'precious')
  return () => rm(top, { recursive: true })
})

function write(path: string, text: string): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true })
  writeFileSync(join(clone, path), text)
}

function run(args: readonly string[], cwd = clone): Promise<Ended> {
  const words = args.map(word => word.replace('ADDRESS', address))
  return gatewatch(words, { cwd, env: { GATEWATCH_STATE_DIR: join(mine, 'state') } })
}

function expectNothingOfMineChanged(): void {
  expect(readFileSync(join(mine, 'precious.yaml'), 'utf8')).toBe('precious')
  expect(readdirSync(mine).filter(name => name !== 'state')).toEqual(['precious.yaml'])
}

describe('a link in a clone leads no file that gatewatch writes out of it', () => {
  it.each([
    'dump --kong-addr ADDRESS --yes --output-file out.yaml',
    'dump --kong-addr ADDRESS --yes --output-file folder/precious.yaml',
    'dump --kong-addr ADDRESS --yes --output-file folder/new.yaml',
    'plan --kong-addr ADDRESS --out out.yaml kong.yaml',
    'generate --out out.yaml spec.yaml',
    'publish --out out.yaml spec.yaml',
    'convert --from kong-gateway-2.x --to kong-gateway-3.x --input-file kong.yaml --yes -o out.yaml',
    'merge -o out.yaml kong.yaml',
    'add-tags -s kong.yaml -o out.yaml x',
  ])('with gatewatch %s', async words => {
    symlinkSync(join(mine, 'precious.yaml'), join(clone, 'out.yaml'))
    symlinkSync(mine, join(clone, 'folder'))
    const { code, err } = await run(words.split(' '))
    expect(err).toMatch(/(?:out|precious|new)\.yaml is not written: it leads out of .*clone, to .*mine/)
    expect(code).toBe(1)
    expectNothingOfMineChanged()
  })

  it('nor removes a file that a list of an earlier dump names', async () => {
    symlinkSync(mine, join(clone, 'link'))
    mkdirSync(join(clone, 'dump'))
    symlinkSync(mine, join(clone, 'dump/link'))
    write('dump/.gatewatch-dump', 'link/precious.yaml\n')
    const { code, err } = await run(['dump', '--kong-addr', 'ADDRESS', '--split', 'dump'])
    expect(err).toContain('dump/link/precious.yaml is not written: it leads out of')
    expect(code).toBe(1)
    expectNothingOfMineChanged()
  })

  it('nor the files that init and policy new write of themselves', async () => {
    symlinkSync(join(mine, 'precious.yaml'), join(clone, '.gatewatch.schema.json'))
    expect((await run(['init'])).err).toContain('.gatewatch.schema.json is not written: it leads out of')
    expect(existsSync(join(clone, 'gatewatch.yaml'))).toBe(false)
    symlinkSync(mine, join(clone, 'policies'))
    const fleet =
      'version: 1\nenvironments: [dev]\ntargets: {dev: {environment: dev, kong: {address: "http://127.0.0.1:1"}, manifests: [kong.yaml]}}\n'
    for (const pattern of ['policies/*.yaml', '../mine/*.yaml']) {
      write('gatewatch.yaml', `${fleet}policies: ["${pattern}"]\n`)
      const { code, err } = await run(['policy', 'new', 'no-timeouts'])
      expect(err).toMatch(/is not written: it leads out of .*clone, to .*mine/)
      expect(code).toBe(1)
    }
    expectNothingOfMineChanged()
  })

  it('but writes files that the user names, and follows links inside', async () => {
    symlinkSync(join(clone, 'real.yaml'), join(clone, 'inside.yaml'))
    write('real.yaml', '')
    symlinkSync(join(clone, 'gone.yaml'), join(clone, 'dangling.yaml'))
    for (const file of ['inside.yaml', 'dangling.yaml', join(mine, 'precious.yaml'), '../mine/new.yaml']) {
      const { code, err } = await run(['generate', '--out', file, 'spec.yaml'])
      expect(err).toBe('')
      expect(code).toBe(0)
    }
    expect(readFileSync(join(clone, 'real.yaml'), 'utf8')).toContain('_format_version')
    expect(readFileSync(join(mine, 'precious.yaml'), 'utf8')).toContain('_format_version')
  })
})
