import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { runCommand } from '../command-run.ts'
import { GatewayFront } from '../gateway-front.ts'
import { type Ended, runProgram } from '../program.ts'
import { json } from './network-bed.ts'

const routes = {
  expressions: `  - name: by-expression
    expression: http.path ^= "/a" && (http.method == "GET" || http.headers.x_v == "1")
    priority: 10
    plugins: [{name: key-auth}]
  - name: by-port
    expression: net.port == 8000
  - name: by-path
    paths: [/t]`,
  paths: `  - name: by-path
    paths: [/a]
  - name: shadowed
    paths: [/a]`,
}
const manifest = (of: string): string => `_format_version: "3.0"
services:
- name: a
  url: http://127.0.0.1:18779
  routes:
${of}
`

let work: string
let sandbox: RunningSandbox
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-router-'))
  writeFileSync(join(work, 'expressions.yaml'), manifest(routes.expressions))
  writeFileSync(join(work, 'paths.yaml'), manifest(routes.paths))
  sandbox = await launchSandbox({
    gateways: [
      { name: 'expressions', proxyPort: false, faults: true, routerFlavor: 'expressions' },
      { name: 'usual', proxyPort: false, faults: true },
    ],
  })
})
afterAll(async () => {
  await sandbox.stop()
  await rm(work, { recursive: true })
})

const adminOf = (name: string): string => sandbox.gateways.find(each => each.name === name)?.adminUrl ?? ''

function run(...args: string[]): Promise<Ended> {
  return runCommand(args, { cwd: work, env: { GATEWATCH_STATE_DIR: join(work, 'state'), HOME: work } })
}

const notKnown = /not known/

describe('at a gateway of the expressions flavour', () => {
  const at = () => ['--kong-addr', adminOf('expressions')]
  beforeAll(async () => {
    await sandbox.control('expressions').setState({})
  })

  it('a plan and a sync report that they can’t tell what protects routes, and go on', async () => {
    const plan = await run('plan', ...at(), 'expressions.yaml')
    expect(plan.code).toBe(2)
    expect(plan.out).toMatch(/posture +\? unknown, and so is traffic: its router has the flavour expressions/)
    const markdown = await run('plan', '--output', 'markdown', ...at(), 'expressions.yaml')
    expect(markdown.out).toContain('posture and traffic are unknown')
    const synced = await run('sync', '--yes', ...at(), 'expressions.yaml')
    expect(synced.err).toMatch(/posture +\? unknown/)
    expect(synced.code).toBe(0)
    expect((await run('diff', ...at(), 'expressions.yaml')).code).toBe(0)
  })

  it.each([
    ['explain', ['GET http://h/a'], 'out'],
    ['explain', ['--output', 'json', 'GET http://h/a'], 'out'],
    ['inventory', ['expressions.yaml'], 'out'],
    ['inventory', ['--output', 'json', 'expressions.yaml'], 'out'],
    ['fleet', ['expressions.yaml'], 'err'],
    ['console', ['expressions.yaml'], 'err'],
  ] as readonly (readonly [string, readonly string[], 'out' | 'err'])[])(
    '%s %j answers by no other flavour’s rules, and says so',
    async (command, rest, stream) => {
      const ended = await run(command, ...at(), ...rest)
      expect(ended.code).toBe(command === 'explain' ? 1 : 0)
      expect(ended[stream]).toMatch(
        rest.includes('--output') && command === 'inventory' ? /"unknown": \[\s*\{/ : notKnown,
      )
      expect(ended[stream]).toContain('flavour expressions')
      expect(ended.out.replaceAll('"unreachable": null', '') + ended.err).not.toMatch(/404|unreachable/)
      if (command === 'inventory') expect(ended.out).not.toMatch(/\bopen\b|key-auth/)
    },
  )

  it('the rows of an inventory show expressions in place of paths', async () => {
    const { out } = await run('inventory', ...at(), 'expressions.yaml')
    expect(out).toMatch(/by-expression +\? +http\.path \^= "\/a"/)
    expect(out).toMatch(/by-path +any +\/t +\?/)
  })

  it('traffic of a plan is refused with the reason', async () => {
    writeFileSync(join(work, 'more.yaml'), manifest(`${routes.expressions}\n  - {name: new, paths: [/new]}`))
    await run('plan', '--out', 'plan.json', ...at(), 'more.yaml')
    const { code, out, err } = await run('traffic', ...at(), 'plan.json', 'more.yaml')
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toMatch(/differently: its router has the flavour expressions/)
  })
})

it('explain of manifests with expressions and without a gateway does not answer by paths', async () => {
  const { code, out } = await run('explain', 'GET http://h/t', 'expressions.yaml')
  expect(code).toBe(1)
  expect(out).toMatch(/not known from here: routes have expressions/)
  expect(out).not.toMatch(/404|route /)
})

describe('policies that block and depend on the router', () => {
  const config = (environments: string): string => `version: 1
environments: [dev, prod]
targets:
  expressions:
    environment: prod
    kong: {address: "${adminOf('expressions')}"}
    manifests: [../expressions.yaml]
    protected: false
governance:
  severity: {route-without-authentication: block}
  override: ${environments}
`
  const sync = (environments: string, ...more: string[]): Promise<Ended> => {
    const file = join(work, 'fleet', 'gatewatch.yaml')
    writeFileSync(file, config(environments))
    return run('sync', '--yes', '--config', file, ...more)
  }
  const names = () => fetch(`${adminOf('expressions')}/routes`).then(answer => answer.text())
  beforeAll(async () => {
    mkdirSync(join(work, 'fleet'))
    await runProgram('git', ['init', '-q'], { cwd: join(work, 'fleet') })
    await sandbox.control('expressions').setState({})
  })

  it('still block: the sync is refused with the reason, and runs with an override', async () => {
    const refused = await sync('[]')
    expect(refused.code).toBe(1)
    expect(refused.err).toMatch(
      /policies refuse this sync, because blocking rules can’t be evaluated: .*route-without-authentication for 3.*flavour expressions/,
    )
    expect(refused.err).toContain('`governance.override`')
    expect(await names()).not.toContain('by-path')
    const forced = await sync('[prod]', '--override', 'the edge checks tokens')
    expect(forced.code).toBe(0)
    expect(await names()).toContain('by-path')
  })

  it('do not prevent what does not affect routes', async () => {
    writeFileSync(
      join(work, 'expressions.yaml'),
      `${manifest(routes.expressions)}consumers: [{username: joe}]\n`,
    )
    const synced = await sync('[]')
    writeFileSync(join(work, 'expressions.yaml'), manifest(routes.expressions))
    expect(synced.err).not.toContain('policies refuse')
    expect(synced.code).toBe(0)
  })
})

describe('the router of', () => {
  /** Another process: what one gateway said is not taken for what another says. */
  let pid = 1
  /** A gateway that says other things of itself. */
  const posing = (server: string, root: { readonly status: number; readonly body: unknown }) => {
    pid += 1
    const memory = { workers_lua_vms: [{ pid }] }
    return (request: IncomingMessage, response: ServerResponse): boolean => {
      if (request.url === '/') return json(response, root.status, root.body, { server })
      if (request.url !== '/status') return false
      return json(response, 200, { memory, database: { reachable: true } }, { server })
    }
  }
  const rootOf = (version: string, router_flavor: string | undefined, edition = 'community') => ({
    status: 200,
    body: {
      version,
      edition,
      configuration: { database: 'postgres', ...(router_flavor && { router_flavor }) },
    },
  })
  const usual = 'traditional_compatible'

  let front: GatewayFront
  beforeAll(async () => {
    front = await GatewayFront.start(adminOf('usual'))
    await sandbox.control('usual').setState({})
    await run('sync', '--yes', '--kong-addr', adminOf('usual'), 'paths.yaml')
  })
  afterAll(() => front[Symbol.asyncDispose]())

  it.each([
    ['3.4.2', 'kong/3.4.2', rootOf('3.4.2', usual)],
    ['3.8.1', 'kong/3.8.1', rootOf('3.8.1', usual)],
    ['3.9.1 that hides its status', 'nginx', rootOf('3.9.1', usual)],
  ])('Kong %s is modelled', async (_name, server, root) => {
    front.intercept = posing(server, root)
    const ended = await run('inventory', '--kong-addr', front.address, 'paths.yaml')
    expect(ended.out).toContain('open')
    expect(ended.out).toContain('unreachable')
    expect(ended.out).not.toMatch(notKnown)
    const explained = await run('explain', '--kong-addr', front.address, 'GET http://h/nowhere')
    expect(explained.out).toContain('404')
  })

  it.each([
    ['the flavour traditional', 'kong/3.9.1', rootOf('3.9.1', 'traditional'), /the flavour traditional,/],
    ['a flavour that nobody knows', 'kong/3.9.1', rootOf('3.9.1', 'atc\u001b[31m'), /the flavour atc/],
    [
      'a flavour that is not told',
      'kong/3.9.1',
      rootOf('3.9.1', undefined),
      /flavour of its router is not told/,
    ],
    [
      'a root that may not be read',
      'kong/3.9.1',
      { status: 403, body: {} },
      /flavour of its router is not told \(.*403/,
    ],
    [
      'a root that fails',
      'kong/3.9.1',
      { status: 500, body: {} },
      /flavour of its router is not told \(.*500/,
    ],
    ['Kong 3.10', 'kong/3.10.0', rootOf('3.10.0', usual), /that of Kong 3\.10\.0 \(community\)/],
    ['Kong 3.3', 'kong/3.3.1', rootOf('3.3.1', usual), /that of Kong 3\.3\.1/],
    ['Kong 2.8', 'kong/2.8.4', rootOf('2.8.4', usual), /that of Kong 2\.8\.4/],
    ['Kong 4', 'kong/4.4.0', rootOf('4.4.0', usual), /that of Kong 4\.4\.0/],
    [
      'Kong Enterprise',
      'kong/3.9.1.0-enterprise-edition',
      rootOf('3.9.1.0', usual, 'enterprise'),
      /that of Kong 3\.9\.1\.0-enterprise-edition \(enterprise\)/,
    ],
  ])(
    '%s is not modelled, and what depends on it is not known from here',
    async (_name, server, root, reason) => {
      front.intercept = posing(server, root)
      const inventory = await run('inventory', '--kong-addr', front.address, 'paths.yaml')
      expect(inventory.out).toMatch(reason)
      expect(inventory.out).not.toMatch(/open|unreachable|404|\u001b/)
      const explained = await run('explain', '--kong-addr', front.address, 'GET http://h/nowhere')
      expect(explained.out).toMatch(reason)
      expect(explained.out).not.toMatch(/404/)
      const diff = await run('diff', '--kong-addr', front.address, 'paths.yaml')
      expect(diff.code).toBe(0)
      expect(diff.err).toBe('')
    },
  )

  it('the router is identified by one request for the gateway’s root, and by none if nobody needs it', async () => {
    let roots = 0
    const pose = posing('kong/3.9.1', rootOf('3.9.1', usual))
    front.intercept = (request, response) => {
      if (request.url === '/') roots += 1
      return pose(request, response)
    }
    for (const args of [
      ['diff', '--kong-addr', front.address, 'paths.yaml'],
      ['dump', '--kong-addr', front.address],
      ['validate', '--online', '--kong-addr', front.address, 'paths.yaml'],
    ])
      await run(...args)
    expect(roots).toBe(0)
    writeFileSync(join(work, 'other.yaml'), manifest('  - {name: by-path, paths: [/b]}'))
    await run('sync', '--yes', '--kong-addr', front.address, 'other.yaml')
    expect(roots).toBe(1)
  })
})
