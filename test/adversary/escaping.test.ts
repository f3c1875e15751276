import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { subcommands } from '../../src/cli/commands/index.ts'
import { isObject, type Json } from '../../src/model/json.ts'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { runCommand } from '../command-run.ts'
import { Driver } from '../e2e/driver.ts'
import { githubHtml } from '../github-html.ts'
import { type Ended, project } from '../program.ts'
import { allHostile, escapedText, hostileOutput, obeyedIn } from './hostile-output.ts'
import { TalkativeGateway, withOneMore } from './talkative-gateway.ts'

let sandbox: RunningSandbox
let gateway: TalkativeGateway
let work: string
/** What a terminal would have obeyed. */
const wrong: string[] = []
afterEach(() => expect(wrong.splice(0)).toEqual([]))

/** Commands that were run, and how many outputs of them were looked at. */
const seen = new Map<string, number>()

const h = escapedText(allHostile)
/** What Kong takes for a name, and is odd all the same. */
const name = escapedText(`odd\u200b\u202e-name\u2028x`)

const manifest = `_format_version: "3.0"
services:
- name: ${name}
  host: up.internal
  tags: [${escapedText('tag \u202e\u200b')}]
  routes:
  - name: ${escapedText('r\u202eoute')}
    paths: [/a]
  plugins:
  - name: request-termination
    config: {message: ${h}, status_code: 403}
  - name: pre-function
    config: {access: [${escapedText(`-- ${allHostile}\nreturn 1`)}]}
consumers:
- username: ${h}
`

const specification = JSON.stringify({
  openapi: '3.0.3',
  info: { title: allHostile, version: allHostile, description: allHostile },
  servers: [{ url: 'https://api.example' }],
  tags: [{ name: allHostile }],
  paths: {
    '/a\u202e': {
      get: {
        operationId: allHostile,
        summary: allHostile,
        tags: [allHostile],
        parameters: [{ name: allHostile, in: 'query', schema: { type: allHostile } }],
        responses: { 200: { description: allHostile } },
      },
    },
  },
})

beforeAll(async () => {
  sandbox = await launchSandbox({ gateways: [{ name: 'one', proxyPort: false }] })
  gateway = await TalkativeGateway.before(sandbox.gateways[0]?.adminUrl ?? '')
  work = mkdtempSync(join(tmpdir(), 'gatewatch-escaping-'))
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-c', `user.name=${allHostile.replaceAll(/[\0\n]/g, '')}`, '-c', 'user.email=x@x.example', ...args],
      { cwd: work, stdio: 'ignore' },
    )
  mkdirSync(join(work, 'policies'))
  mkdirSync(join(work, 'specs'))
  writeFileSync(join(work, 'kong.yaml'), manifest)
  writeFileSync(join(work, 'specs', 'api.json'), specification)
  writeFileSync(
    join(work, 'ruleset.yaml'),
    `rules:\n  odd:\n    given: $.info\n    message: ${h}\n    severity: error\n    then: {field: contact, function: truthy}\n`,
  )
  writeFileSync(join(work, 'policies', 'odd.yaml'), policyText())
  writeFileSync(
    join(work, 'gatewatch.yaml'),
    `version: 1
name: ${escapedText('f\u202el\u001b[2J\u200beet')}
environments: [dev]
targets:
  one:
    environment: dev
    kong: {address: "${gateway.address}"}
    manifests: [kong.yaml]
    labels: {cluster: ${h}}
ignore: [{kind: service, name: ${escapedText('gone\u202e')}, reason: ${h}}]
specifications: [specs/*.json]
policies: [policies/*.yaml]
`,
  )
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-q', '-m', `${allHostile.replaceAll('\0', '')}`)
  git('config', 'user.name', allHostile.replaceAll(/[\0\n]/g, ''))
  git('config', 'user.email', 'x@x.example')
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await sandbox.stop()
  rmSync(work, { recursive: true, force: true })
})

function policyText(): string {
  return `id: odd-policy
title: ${h}
state: approved
owner: ${h}
severity: error
select: {kind: consumer}
assert: {username: {matches: '^never$'}}
message: ${escapedText(`is called {username} ${allHostile}`)}
rationale: ${h}
fix: ${h}
examples: [{name: ${h}, expect: pass, manifest: {consumers: [{username: never}]}}, {expect: fail, manifest: {consumers: [{username: x}]}}]
`
}

const env = () => ({ GATEWATCH_STATE_DIR: join(work, 'state') })

async function run(...args: string[]): Promise<Ended> {
  const ended = await runCommand(args, { cwd: work, env: env() })
  const [command = ''] = args
  for (const output of [ended.out, ended.err]) {
    if (output === '') continue
    seen.set(command, (seen.get(command) ?? 0) + 1)
    const said = `gatewatch ${args.map(arg => JSON.stringify(arg)).join(' ')}`
    wrong.push(...obeyedIn(output).map(what => `${said}: ${what}`))
  }
  return ended
}

/** A gateway that holds more than manifests say, with names that nobody would choose. */
function adding(): void {
  const lists: Readonly<Record<string, (i: number) => Record<string, Json>>> = {
    '/services': () => ({
      name: allHostile,
      host: allHostile,
      port: 80,
      protocol: 'http',
      tags: [allHostile],
    }),
    '/consumers': () => ({ username: `${allHostile}!`, custom_id: allHostile, tags: [allHostile] }),
    '/upstreams': () => ({ name: allHostile, tags: null }),
    '/plugins': () => ({
      name: allHostile,
      enabled: true,
      config: { message: allHostile },
      tags: [allHostile],
    }),
    '/routes': () => ({ name: allHostile, paths: ['/x'], hosts: [allHostile], tags: null }),
  }
  gateway.says = ({ method, path }, { status, body }) => {
    const list = lists[path.split('?')[0] ?? '']
    if (method === 'GET' && path === '/' && isObject(body))
      return { status, body: { ...body, hostname: allHostile, tagline: allHostile } }
    if (path.includes('/targets')) return { status: 200, body: { data: [], next: null } }
    if (method !== 'GET' || !list) return undefined
    const id = '0a0a0a0a-0000-4000-8000-00000000000a'
    return { status, body: withOneMore(body, { ...list(0), id, created_at: 1, updated_at: 1 }) }
  }
}

const forms = (...names: readonly string[]) => names.map(form => ['--output', form])

describe('no output contains what a terminal would obey, or a line that others began', () => {
  it.each(Object.entries(hostileOutput))('of an argument that holds %s', async (what, text) => {
    const all = [
      [`--${text}`],
      ['diff', `--${text}`],
      ['diff', '--output', text],
      ['diff', text],
      ['diff', '--target', text],
      ['diff', '--config', text],
      ['diff', '--ref', text],
      ['plan', '--allow-deletes', text],
      ['apply', text],
      ['undo', '--sync', text],
      ['explain', text],
      ['explain', 'GET http://x/', '--header', text],
      ['lint', text],
      ['generate', text],
      ['policy', 'test', text],
      ['patch', '-s', text],
      ['dump', '-o', join(text, 'x')],
      ['sync', '--select-tag', text, '--kong-addr', text],
      [text],
    ]
    // Each text with a third of them, so that each of them meets a third of the texts.
    const at = Object.keys(hostileOutput).indexOf(what)
    for (const args of all.filter((_args, i) => process.env.GATEWATCH_LONG || (i + at) % 3 === 0)) {
      await run(...args.map(arg => arg.replaceAll('\0', '')))
    }
  })

  it('of a fleet, manifests, specifications, policies and Git that others wrote', async () => {
    gateway.says = () => undefined
    for (const args of [
      ...forms('text', 'json', 'yaml', 'markdown').map(form => ['diff', ...form]),
      ...forms('text', 'json', 'yaml', 'markdown').map(form => ['plan', ...form]),
      ['diff', '--base', 'HEAD'],
      ...forms('text', 'json', 'yaml').map(form => ['fleet', ...form]),
      ...forms('text', 'json').map(form => ['validate', ...form]),
      ['validate', '--online'],
      ...forms('text', 'json', 'yaml', 'junit', 'sarif', 'github').map(form => ['check', ...form]),
      ...forms('text', 'json', 'junit', 'sarif', 'github').map(form => [
        'lint',
        'specs/api.json',
        '--no-cache',
        '--ruleset',
        'ruleset.yaml',
        ...form,
      ]),
      ['generate', 'specs/api.json'],
      ['generate', 'specs/api.json', '--output', 'json'],
      ['publish', 'specs/api.json'],
      ...forms('text', 'json').map(form => ['policy', 'list', ...form]),
      ['policy', 'test'],
      ['policy', 'impact', 'odd-policy'],
      ['doctor'],
      ['doctor', '--output', 'json'],
      ['trust', '--print'],
      ['render', 'kong.yaml'],
      ['render', 'kong.yaml', '--format', 'json'],
      ['merge', 'kong.yaml', '--format', 'json'],
      ['list-tags', '-s', 'kong.yaml', '--format', 'json'],
      [
        'convert',
        '--from',
        'kong-gateway-2.x',
        '--to',
        'kong-gateway-3.x',
        '--input-file',
        'kong.yaml',
        '--output-file',
        '-',
        '--format',
        'json',
      ],
      ['patch', '-s', 'kong.yaml', '--selector', '$..services[*]', '--value', 'port:80', '--format', 'json'],
      ['add-tags', '-s', 'kong.yaml', 'x', '--format', 'json'],
      ['remove-tags', '-s', 'kong.yaml', 'x', '--format', 'json'],
      ['add-plugins', '-s', 'kong.yaml', '--config', '{}', '--format', 'json'],
      ['namespace', '-s', 'kong.yaml', '--path-prefix', '/x', '--format', 'json'],
      ['explain', 'GET http://x/a', 'kong.yaml'],
      ['explain', 'GET http://x/a', 'kong.yaml', '--output', 'json'],
    ])
      await run(...args)
  })

  it('of a gateway whose entities have hostile names', async () => {
    adding()
    const made = await run('plan', '--allow-deletes', '50', '--out', 'plan.json')
    expect(made.err).toContain('saved as plan.json')
    for (const args of [
      ['sync', '--yes', '--no-delete'],
      ...forms('text', 'json', 'yaml', 'markdown').map(form => ['diff', ...form]),
      ['plan', 'show', 'plan.json'],
      ['plan', 'show', 'plan.json', '--output', 'markdown'],
      ['traffic', 'plan.json'],
      ['traffic', 'plan.json', '--output', 'json'],
      ...forms('text', 'json', 'yaml').map(form => ['inventory', ...form]),
      ...forms('text', 'json', 'markdown', 'html').map(form => ['coverage', ...form]),
      ...forms('text', 'json').map(form => ['fleet', ...form]),
      ...forms('text', 'json').map(form => ['history', ...form]),
      ['journal', 'verify'],
      ['journal', 'verify', '--output', 'json'],
      ['dump'],
      ['dump', '--format', 'json'],
      ['explain', 'GET http://x/x'],
      ['reset'],
      ['apply', 'plan.json'],
      ['undo', '--yes'],
      ['undo', '--yes', '--output', 'json'],
      ['doctor'],
    ])
      await run(...args)
  })

  it.each([400, 401, 404, 409, 500])(
    'of a gateway whose every refusal of %i is a message that forges',
    async status => {
      const message = {
        message: allHostile,
        name: allHostile,
        fields: { [allHostile]: allHostile, '@entity': [allHostile] },
      }
      gateway.says = ({ method }) => (method === 'GET' ? undefined : { status, body: message })
      writeFileSync(
        join(work, 'other.yaml'),
        manifest.replace('403', '404').replace('up.internal', 'down.internal'),
      )
      await run('sync', '--yes', '--kong-addr', gateway.address, 'other.yaml')
      await run('validate', '--online', '--kong-addr', gateway.address, 'other.yaml')
      gateway.says = ({ path }) => (path.startsWith('/plugins') ? { status, body: message } : undefined)
      for (const args of [
        ['diff'],
        ['plan'],
        ['sync', '--yes'],
        ['fleet'],
        ['inventory'],
        ['check'],
        ['dump'],
        ['doctor'],
      ])
        await run(...args)
      gateway.says = () => ({ status, body: message })
      for (const args of [['diff'], ['fleet'], ['doctor'], ['dump']]) await run(...args)
      gateway.says = () => undefined
    },
  )

  it('of a lock, a journal, a plan and a ledger that somebody wrote by hand', async () => {
    gateway.says = () => undefined
    const files = readdirSync(join(work, 'state'), { recursive: true, withFileTypes: true }).filter(each =>
      each.isFile(),
    )
    for (const each of files.filter(({ name: file }) => /\.(?:json|jsonl)$/.test(file))) {
      const path = join(each.parentPath, each.name)
      const text = readFileSync(path, 'utf8')
      writeFileSync(
        path,
        text
          .replaceAll('"by":"', `"by":${h.slice(0, -1)}`)
          .replaceAll('dev', JSON.stringify(allHostile).slice(1, -1)),
      )
    }
    for (const args of [
      ['history'],
      ['journal', 'verify'],
      ['undo', '--yes'],
      ['doctor'],
      ['fleet'],
      ['diff'],
    ])
      await run(...args)
    const plan = readFileSync(join(work, 'plan.json'), 'utf8')
    const places = [
      '"name":',
      '"kind":',
      '"key":',
      '"preview":',
      '"author":',
      '"reason":',
      '"address":',
      '"target":',
    ]
    for (const place of places) {
      const forged = plan.replace(new RegExp(`(${place}\\s*)"[^"]*"`), (_, head: string) => `${head}${h}`)
      writeFileSync(join(work, 'forged.json'), forged)
      await run('plan', 'show', 'forged.json')
      await run('apply', '--yes', 'forged.json')
    }
  })
})

describe('in a terminal, with colours', () => {
  /** All that the built program writes to a pseudo-terminal. */
  function inTerminal(...args: string[]): Promise<string> {
    const pty = spawn(process.execPath, [join(project, 'bin', 'gatewatch.js'), ...args], {
      name: 'xterm-256color',
      cols: 200,
      rows: 50,
      cwd: work,
      env: {
        ...Object.fromEntries(
          Object.entries(process.env).flatMap(([key, value]) =>
            value === undefined || key === 'NO_COLOR' ? [] : [[key, value]],
          ),
        ),
        ...env(),
      },
    })
    let out = ''
    pty.onData(data => {
      out += data
    })
    return new Promise(resolve => pty.onExit(() => resolve(out)))
  }

  it('the output holds only text and gatewatch’s own colours', async () => {
    adding()
    for (const args of [
      ['diff'],
      ['plan', '--allow-deletes', '50'],
      ['sync', '--yes', '--no-delete'],
      ['fleet'],
      ['inventory'],
      ['check'],
      ['dump'],
      ['render', 'kong.yaml'],
      ['lint', 'specs/api.json', '--ruleset', 'ruleset.yaml'],
      ['diff', '--\u001b]52;c;x\u0007'],
      ['apply', `${hostileOutput['a line of its own']}${hostileOutput['the clipboard']}`],
    ]) {
      const raw = await inTerminal(...args)
      expect(raw.length).toBeGreaterThan(10)
      // A terminal's own line ends, our colours, and the line of progress.
      const text = raw
        .replaceAll('\r\n', '\n')
        .replaceAll(/\u001b\[\d{1,2}m/g, '')
        .replaceAll('\r\u001b[K', '')
      expect(obeyedIn(text), args.join(' ')).toEqual([])
      seen.set(`${args[0]} in a terminal`, 1)
    }
  }, 300_000)

  it('the console draws names as text, and does not touch clipboard and title', async () => {
    adding()
    await using driver = Driver.start(['--config', 'gatewatch.yaml'], {
      columns: 160,
      rows: 50,
      cwd: work,
      env: env(),
    })
    let screens = 0
    const look = async (wanted: RegExp) => {
      const screen = await driver.waitFor(wanted, 60_000)
      expect(obeyedIn(screen)).toEqual([])
      screens += 1
    }
    let title = ''
    driver.terminal.onTitleChange(given => {
      title = given
    })
    await look(/AHEAD|target/i)
    for (const [key, wanted] of [
      ['2', /Drift/],
      ['3', /Inventory/],
      ['4', /Governance/],
      ['t', /./],
      ['s', /./],
    ] as const) {
      driver.press(key)
      await look(wanted)
      driver.press('enter')
      await look(/./)
      driver.press('down', 'down')
      await look(/./)
    }
    expect(title).not.toContain('FORGED')
    expect(screens).toBeGreaterThan(10)
  }, 120_000)
})

it('Markdown of a gateway with hostile names contains no link, picture, heading or mention', async () => {
  adding()
  const { out } = await runCommand(['diff', '--output', 'markdown'], { cwd: work, env: env() })
  const html = githubHtml(out)
  expect(html).not.toMatch(/<(?:a|img|script|input|h[456])\b/)
  expect(html).toMatch(/<table>/)
})

it('every command was covered', () => {
  // What draws or serves until it is ended has tests of its own, or says nothing that others wrote.
  const others = new Set(['console', 'mock', 'demo', 'sandbox', 'init'])
  const missing = Object.keys(subcommands).filter(each => !others.has(each) && !seen.has(each))
  expect(missing).toEqual([])
  const outputs = [...seen.values()].reduce((sum, n) => sum + n, 0)
  console.info(
    `hostile texts: ${Object.keys(hostileOutput).length}, outputs of ${seen.size} commands looked at: ${outputs}, nothing obeyed in any`,
  )
})
