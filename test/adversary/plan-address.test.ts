import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { planDigest } from '../../src/reconcile/plan/make-plan.ts'
import { parsePlan } from '../../src/reconcile/plan/plan-file.ts'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { runCommand } from '../command-run.ts'
import { GatewayFront } from '../gateway-front.ts'
import type { Ended } from '../program.ts'

let work: string
let sandbox: RunningSandbox
let front: GatewayFront
/** A gateway that is reached by an address that is not loopback's. */
let address: string
/** What came as Kong-Admin-Token, of all requests. */
const tokens: (string | undefined)[] = []

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-plan-'))
  writeFileSync(
    join(work, 'kong.yaml'),
    '_format_version: "3.0"\nservices: [{name: one, url: "http://one.internal"}]\n',
  )
  sandbox = await launchSandbox({ gateways: [{ name: 'kong', proxyPort: false, faults: true }] })
  front = await GatewayFront.start(sandbox.gateways[0]?.adminUrl)
  front.intercept = request => {
    tokens.push([request.headers['kong-admin-token']].flat()[0])
    return false
  }
  address = front.address.replace('127.0.0.1', '0.0.0.0')
})
beforeEach(async () => {
  await sandbox.control('kong').setState({})
  const made = await run(['plan', '--kong-addr', address, '--out', 'plan.json', 'kong.yaml'])
  expect(made.code).toBe(2)
  tokens.length = 0
})
afterAll(async () => {
  await front[Symbol.asyncDispose]()
  await sandbox.stop()
  await rm(work, { recursive: true })
})

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return runCommand(args, {
    cwd: work,
    env: { GATEWATCH_STATE_DIR: join(work, 'state'), HOME: work, ...env },
  })
}

const apply = (...more: string[]): Promise<Ended> => run(['apply', '--yes', 'plan.json', ...more])
const services = async (): Promise<string> =>
  fetch(`${sandbox.gateways[0]?.adminUrl}/services`).then(answer => answer.text())

it('a plan that was made with --kong-addr is applied without it, and without credentials', async () => {
  expect((await run(['traffic', 'plan.json'])).code).toBe(0)
  const applied = await apply()
  expect(applied.code).toBe(0)
  expect(applied.out).toContain('1 done, 0 failed, 0 not sent')
  expect(await services()).toContain('"one"')
  expect(new Set(tokens)).toEqual(new Set([undefined]))
  expect((await run(['history', '--kong-addr', address])).out).toContain('1 of 1')
})

it('an unrelated gatewatch.yaml does not prevent applying a plan', async () => {
  const file = join(work, 'gatewatch.yaml')
  writeFileSync(file, 'version: 1\nenvironments: [dev]\ntargets: {}\n')
  const applied = await apply()
  await rm(file)
  expect(applied.code).toBe(0)
})

it.each([
  ['by DECK_HEADERS', { DECK_HEADERS: 'Kong-Admin-Token:canary' }],
  ['by a header of the settings file', {}],
] as const)('credentials %s for a gateway that is not named are not sent', async (name, env) => {
  const file = join(work, '.deck.yaml')
  if (!name.includes('HEADERS')) writeFileSync(file, 'headers: ["Kong-Admin-Token:canary"]\n')
  const applied = await run(['apply', '--yes', 'plan.json'], env)
  await rm(file, { force: true })
  expect(applied.code).toBe(0)
  expect(applied.err).toContain('not sent, because only the plan names this gateway')
  expect(applied.err).not.toContain('canary')
  expect(new Set(tokens)).toEqual(new Set([undefined]))
})

it('credentials from the environment are sent only to the address that it names', async () => {
  const headers = { DECK_HEADERS: 'Kong-Admin-Token:canary' }
  const other = await run(['apply', '--yes', 'plan.json'], {
    ...headers,
    DECK_KONG_ADDR: 'http://127.0.0.1:1',
  })
  expect(other.code).toBe(1)
  expect(other.err).toContain('decK’s settings name another gateway')
  expect(tokens).toEqual([])
  const same = await run(['apply', '--yes', 'plan.json'], { ...headers, DECK_KONG_ADDR: address })
  expect(same.code).toBe(0)
  expect(new Set(tokens)).toEqual(new Set(['canary']))
})

it.each([
  ['--headers', 'Kong-Admin-Token:canary'],
  ['--tls-client-cert-file', 'cert.pem'],
])('%s needs --kong-addr as well', async (option, value) => {
  const refused = await apply(option, value)
  expect(refused.code).toBe(1)
  expect(refused.err).toContain(
    'credentials are given, but only the plan names the gateway they would be sent to',
  )
  expect(tokens).toEqual([])
})

it('a plan that somebody else made can’t choose its address', async () => {
  const refused = await run(['apply', '--yes', 'plan.json'], { GATEWATCH_STATE_DIR: join(work, 'elsewhere') })
  expect(refused.code).toBe(1)
  expect(refused.err).toContain('was not made by this user on this machine')
  expect(tokens).toEqual([])
  const named = await run(['apply', '--yes', 'plan.json', '--kong-addr', address, 'kong.yaml'], {
    GATEWATCH_STATE_DIR: join(work, 'elsewhere'),
  })
  expect(named.code).toBe(0)
})

it('a plan whose address was changed consistently does not count as this user’s', async () => {
  const file = join(work, 'plan.json')
  const text = readFileSync(file, 'utf8')
  const parsed = parsePlan(text, file)
  if (!parsed.ok) throw new Error('no plan')
  const host = new URL(address).host.replace('0.0.0.0', '0.0.0.00')
  for (const change of [
    { address: `http://${host}`, target: new URL(`http://${host}`).host },
    { address: `${address}/x` },
  ]) {
    const { id: _, ...rest } = { ...parsed.value, ...change }
    const forged = { ...rest, id: planDigest(rest), made: JSON.parse(text).made }
    writeFileSync(file, JSON.stringify(forged))
    const refused = await apply()
    expect(refused.code).toBe(1)
    expect(refused.err).toMatch(/was not made by this user on this machine|no target/)
  }
  const other = { ...JSON.parse(text), made: { files: ['other.yaml'], proof: JSON.parse(text).made.proof } }
  writeFileSync(file, JSON.stringify(other))
  expect((await apply()).err).toContain('was not made by this user on this machine')
  writeFileSync(file, JSON.stringify({ ...JSON.parse(text), made: undefined }))
  expect((await apply()).err).toContain('does not say which manifests it was made from')
  expect(tokens).toEqual([])
  expect(await services()).not.toContain('"one"')
})

it('no plan holds a credential', async () => {
  const made = await run([
    ...[
      'plan',
      '--kong-addr',
      address.replace('//', '//canary:canary@'),
      '--headers',
      'Kong-Admin-Token:canary',
    ],
    ...['--out', 'with.json', 'kong.yaml'],
  ])
  expect(made.code).toBe(2)
  expect(readFileSync(join(work, 'with.json'), 'utf8')).not.toContain('canary')
  expect(made.out + made.err).not.toContain('canary')
})
