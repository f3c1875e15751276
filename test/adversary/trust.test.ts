import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import { Driver } from '../e2e/driver.ts'
import { GatewayFront } from '../gateway-front.ts'
import { type Ended, gatewatch } from '../program.ts'

const token = 'canary-token'
const needed = /KONG_ADMIN_TOKEN sent to http:\/\/127\.0\.0\.1:\d+/

let sandbox: RunningSandbox
let front: GatewayFront
/** What came to the gateway: the token of each request. */
let came: string[] = []
beforeAll(async () => {
  sandbox = await launchSandbox({ gateways: [{ name: 'kong', proxyPort: false }] })
  front = await GatewayFront.start(sandbox.gateways[0]?.adminUrl)
  front.intercept = request => {
    came.push(String(request.headers['kong-admin-token']))
    return false
  }
})
afterAll(async () => {
  await front[Symbol.asyncDispose]()
  await sandbox.stop()
})

let top: string
let clone: string
beforeEach(() => {
  came = []
  top = realpathSync(mkdtempSync(join(tmpdir(), 'gatewatch-trust-')))
  clone = join(top, 'clone')
  mkdirSync(clone)
  execFileSync('git', ['init', '-q'], { cwd: clone })
  writeFileSync(
    join(clone, 'kong.yaml'),
    '_format_version: "3.0"\nservices: [{ name: a, host: a.internal, routes: [{ name: r, paths: [/a] }] }]\n',
  )
  configure(fleet())
  return () => rm(top, { recursive: true })
})

function fleet({ address = front.address, variable = 'KONG_ADMIN_TOKEN', more = '' } = {}): string {
  return `version: 1
name: payments
environments: [dev, prod]
targets:
  local: { environment: dev, kong: { address: "${sandbox.gateways[0]?.adminUrl}" }, manifests: [kong.yaml] }
  prod:
    environment: prod
    kong: { address: "${address}", headers: { Kong-Admin-Token: { env: ${variable} } } }
    manifests: [kong.yaml]
${more}`
}

function configure(text: string): void {
  writeFileSync(join(clone, 'gatewatch.yaml'), text)
}

const environment = (): Record<string, string> => ({
  GATEWATCH_STATE_DIR: join(top, 'state'),
  KONG_ADMIN_TOKEN: token,
  HOME: join(top, 'home'),
})

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return gatewatch(args, { cwd: clone, env: { ...environment(), ...env } })
}

async function printed(): Promise<string> {
  return (await run(['trust', '--print'])).out.trim()
}

/** Every command that connects to a gateway. */
const connecting: readonly (readonly string[])[] = [
  [],
  ['fleet'],
  ['inventory'],
  ['diff'],
  ['plan'],
  ['sync', '--yes'],
  ['undo', '--yes', '--target', 'prod'],
  ['reset', '--force', '--target', 'prod'],
  ['dump', '--target', 'prod'],
  ['validate', '--online'],
  ['check'],
  ['coverage'],
  ['explain', '--target', 'prod', 'GET http://h/a'],
  ['policy', 'impact', 'plain-http-route'],
]

describe('credentials go only where the user allowed it', () => {
  it.each(connecting.map(args => [`gatewatch ${args.join(' ')}`.trim(), args] as const))(
    'so that %s is refused without a terminal, with one sentence, before anything is sent',
    async (_name, args) => {
      const { code, out, err } = await run(args)
      expect(err.trim().split('\n')).toHaveLength(1)
      expect(err).toMatch(needed)
      expect(err).toContain('gatewatch.yaml is not trusted yet')
      expect(err).toContain('gatewatch trust')
      expect(out).toBe('')
      expect(code).toBe(1)
      expect(came).toEqual([])
      expect(out + err).not.toContain(token)
    },
  )

  it('but commands without a gateway still work, and so does a target on this machine that gets none', async () => {
    for (const args of [['history'], ['journal', 'verify'], ['validate'], ['policy', 'list']])
      expect((await run(args)).code, args.join(' ')).toBe(0)
    const doctor = await run(['doctor'])
    expect(doctor.out).toMatch(/ok +local gateway/)
    expect(doctor.out).toMatch(/wrong +prod gateway .*is not trusted yet/)
    expect((await run(['diff', '--target', 'local'])).code).toBe(2)
    expect(came).toEqual([])
  })

  it('if GATEWATCH_TRUST holds the digest that gatewatch trust --print prints, and no other', async () => {
    const digest = await printed()
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect((await run(['diff'], { GATEWATCH_TRUST: `sha256:${'0'.repeat(64)},${digest}` })).code).toBe(2)
    expect(new Set(came)).toEqual(new Set([token]))
    came = []
    configure(fleet({ variable: 'PATH' }))
    const { code, err } = await run(['diff'], { GATEWATCH_TRUST: digest })
    expect(code).toBe(1)
    expect(err).toMatch(/GATEWATCH_TRUST allows something other .*: it would have PATH sent to/)
    expect(came).toEqual([])
    // What is not asked for does not matter.
    configure(fleet({ more: '    labels: { cloud: aws }\nspecifications: [specs/*.yaml]\n' }))
    expect((await run(['diff'], { GATEWATCH_TRUST: digest })).code).toBe(2)
  })

  it('or for one run with --trust', async () => {
    expect((await run(['diff', '--trust'])).code).toBe(2)
    expect(new Set(came)).toEqual(new Set([token]))
    expect((await run(['diff'])).code).toBe(1)
  })

  it('but not if a file was replaced by another of the same name while a console was open', async () => {
    writeFileSync(join(clone, 'token'), token)
    configure(fleet().replace('{ env: KONG_ADMIN_TOKEN }', '{ file: token }'))
    await run(['trust', '--yes'])
    const opened = await openProject({ cwd: clone, env: environment() })
    const target = opened.ok ? opened.value.targets.find(({ name }) => name === 'prod') : undefined
    expect(target?.connection()).toMatchObject({
      ok: true,
      value: { headers: { 'Kong-Admin-Token': token } },
    })
    writeFileSync(join(top, 'mine'), 'mine')
    await rm(join(clone, 'token'))
    symlinkSync(join(top, 'mine'), join(clone, 'token'))
    expect(target?.connection()).toMatchObject({ ok: false, error: [{ code: 'not-trusted' }] })
  })

  it('and an address outside this machine needs permission without credentials too', async () => {
    const port = new URL(front.address).port
    configure(fleet({ address: `http://0.0.0.0:${port}` }).replace(/, headers: .*\} \}$/m, ' }'))
    const { code, err } = await run(['diff'])
    expect(code).toBe(1)
    expect(err).toContain(`requests sent to http://0.0.0.0:${port}`)
    expect(came).toEqual([])
    expect((await run(['diff', '--trust'])).code).toBe(2)
    expect(came).not.toEqual([])
  })

  it('and a gateway named on the command line counts as allowed', async () => {
    const args = ['--kong-addr', front.address, '--headers', `Kong-Admin-Token:${token}`, 'kong.yaml']
    expect((await run(['diff', ...args])).code).toBe(2)
    expect(new Set(came)).toEqual(new Set([token]))
  })

  it('and a gateway from decK’s settings file in a clone does not, if the user’s variables would go there', async () => {
    writeFileSync(join(clone, 'deck.yaml'), `kong-addr: ${front.address}\n`)
    const env = { DECK_HEADERS: `Kong-Admin-Token:${token}` }
    const { code, err } = await run(['diff', '--config', 'deck.yaml', 'kong.yaml'], env)
    expect(code).toBe(1)
    expect(err).toMatch(/deck\.yaml is not trusted yet: it would have DECK_HEADERS sent to/)
    expect(came).toEqual([])
    expect((await run(['diff', '--config', 'deck.yaml', '--trust', 'kong.yaml'], env)).code).toBe(2)
    expect((await run(['diff', '--config', 'deck.yaml', 'kong.yaml'])).code).toBe(2)
  })
})

describe('on a terminal', () => {
  const start = (args: readonly string[] = []): Driver =>
    Driver.start(args, { cwd: clone, env: environment(), columns: 150, rows: 40 })

  it('the console asks before it reads anything, and Enter allows nothing', async () => {
    await using console = start()
    const screen = await console.waitFor('y/N')
    expect(console.isFullScreen).toBe(false)
    expect(screen).toContain('is not trusted yet')
    expect(screen).toMatch(
      /sends to http:\/\/127\.0\.0\.1:\d+\n +header kong-admin-token +\$KONG_ADMIN_TOKEN/,
    )
    console.press('enter')
    expect(await console.exited).toBe(1)
    expect(console.screen()).toContain('nothing was sent')
    expect(came).toEqual([])
  })

  it('a yes opens the console and is remembered, until the configuration asks for something else', async () => {
    {
      await using console = start()
      await console.waitFor('y/N')
      console.press('y', 'enter')
      await console.waitFor(/read just now/)
      expect(console.isFullScreen).toBe(true)
      console.press('q')
      expect(await console.exited).toBe(0)
    }
    expect(new Set(came)).toEqual(new Set([token]))
    const folder = join(top, 'state/trust')
    const [file = '', ...more] = readdirSync(folder)
    expect(more).toEqual([])
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(folder, file), 'utf8')).not.toContain(token)
    // Without a terminal too.
    expect((await run(['diff'])).code).toBe(2)

    came = []
    configure(fleet({ variable: 'AWS_SECRET_ACCESS_KEY' }))
    await using diff = start(['diff'])
    const screen = await diff.waitFor('y/N')
    expect(screen).toMatch(/asks for something other than what you trusted on \d{4}-\d\d-\d\d/)
    expect(screen).toMatch(/- header kong-admin-token +\$KONG_ADMIN_TOKEN/)
    expect(screen).toMatch(
      /\+ header kong-admin-token +\$AWS_SECRET_ACCESS_KEY +! a variable of other programs/,
    )
    expect(screen).toContain('(1 address, 1 line marked with !)')
    diff.press('n', 'enter')
    expect(await diff.exited).toBe(1)
    expect(came).toEqual([])
  })

  it('gatewatch trust shows what is requested, including files outside, and asks', async () => {
    writeFileSync(join(top, 'mine'), 'mine')
    configure(
      `${fleet({ more: '    labels: {}\n' })}`.replace(
        'Kong-Admin-Token:',
        'Authorization: { file: ../mine, prefix: "Bearer " }, Kong-Admin-Token:',
      ),
    )
    await using trust = start(['trust'])
    const screen = await trust.waitFor('y/N')
    expect(screen).toMatch(/header authorization +"Bearer " and the file .*mine +! outside the repository/)
    expect(screen).toContain('variables that begin with DECK_')
    trust.press('y', 'enter')
    expect(await trust.exited).toBe(0)
    expect((await run(['trust', '--output', 'json'])).out).toContain('"by": "record"')
  })

  it('a yes that can’t be stored holds for that run', async () => {
    mkdirSync(join(top, 'state'))
    writeFileSync(join(top, 'state/trust'), '')
    await using diff = start(['diff', '--target', 'prod'])
    await diff.waitFor('y/N')
    diff.press('y', 'enter')
    expect(await diff.exited).toBe(2)
    expect(diff.screen()).toContain('the trust could not be saved')
  })
})

describe('gatewatch trust', () => {
  it('reports trust by its exit code, takes a yes from the command line, and revokes it', async () => {
    const asked = await run(['trust'])
    expect(asked.code).toBe(2)
    expect(asked.out).toMatch(/header kong-admin-token +\$KONG_ADMIN_TOKEN/)
    expect((await run(['trust', '--yes'])).code).toBe(0)
    expect((await run(['trust'])).code).toBe(0)
    expect((await run(['diff'])).code).toBe(2)
    expect((await run(['trust', '--revoke'])).code).toBe(0)
    expect((await run(['trust'])).code).toBe(2)
    expect((await run(['diff'])).code).toBe(1)
  })

  it('lists as data all that is requested, its digest, and what was allowed before', async () => {
    await run(['trust', '--yes'])
    configure(fleet({ variable: 'KONG_OTHER' }))
    const { code, out } = await run(['trust', '--output', 'json'])
    expect(code).toBe(2)
    const header = (env: string) => [{ name: 'kong-admin-token', from: { env } }]
    expect(JSON.parse(out)).toMatchObject({
      config: join(clone, 'gatewatch.yaml'),
      digest: await printed(),
      trusted: false,
      by: null,
      permissions: { sends: [{ address: front.address, headers: header('KONG_OTHER') }] },
      before: { sends: [{ headers: header('KONG_ADMIN_TOKEN') }] },
    })
  })

  it('holds for one clone, and not for another with the same content', async () => {
    await run(['trust', '--yes'])
    execFileSync('cp', ['-r', clone, join(top, 'other')])
    const there = await gatewatch(['diff'], { cwd: join(top, 'other'), env: environment() })
    expect(there.code).toBe(1)
    expect(there.err).toContain('is not trusted yet')
  })

  it('is not needed for what init has just written', async () => {
    const folder = join(top, 'new')
    mkdirSync(folder)
    const port = new URL(front.address).port
    const options = { cwd: folder, env: environment() }
    expect((await gatewatch(['init', '--kong-addr', `http://0.0.0.0:${port}`], options)).code).toBe(0)
    expect((await gatewatch(['trust'], options)).code).toBe(0)
    expect((await gatewatch(['dump'], options)).code).toBe(0)
    expect(came).not.toEqual([])
  })
})
