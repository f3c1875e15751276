import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchSandbox, SandboxError } from '../../src/sandbox/index.ts'

const program = fileURLToPath(new URL('../../src/sandbox/process/process.ts', import.meta.url))

async function get(url: string): Promise<unknown> {
  return (await fetch(url)).json()
}

async function post(url: string, body: unknown): Promise<number> {
  const sent = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  return (await fetch(url, sent)).status
}

/** Runs the process with what is written to it; answers how it ended and what it said. */
function run(input: string): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8')
  })
  child.stdin.end(input)
  return new Promise(resolve => child.on('exit', code => resolve({ code, said })))
}

describe('starting sandbox gateways', () => {
  test('several gateways of one process are independent', async () => {
    await using sandbox = await launchSandbox({
      gateways: [{ name: 'one' }, { name: 'two', proxyPort: false }],
    })
    const [one, two] = sandbox.gateways
    expect(await post(`${one?.adminUrl}/services`, { name: 's', host: 'h' })).toBe(201)
    expect(await get(`${two?.adminUrl}/services`)).toEqual({ data: [], next: null })
    expect(one?.proxyUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(two?.proxyUrl).toBeNull()
    expect(sandbox.controlUrl).toBeNull()
  })

  test('the process ends when its standard input closes', async () => {
    const { code, said } = await run('{"gateways":[{"name":"a"}]}\n')
    expect(said).toBe('')
    expect(code).toBe(0)
  })

  test.each([
    ['nothing JSON', 'x', /configuration: /],
    ['no gateways', '{}', /configuration: expected \{"gateways": \[…\]\}/],
    ['no name', '{"gateways":[{}]}', /gateways\[0\]\.name: expected a name/],
    ['two of a name', '{"gateways":[{"name":"a"},{"name":"a"}]}', /gateways: two have the name a/],
    [
      'an impossible port',
      '{"gateways":[{"name":"a","adminPort":70000}]}',
      /gateways\[0\]\.adminPort: expected a port/,
    ],
    [
      'an unknown fault',
      '{"gateways":[{"name":"a","startWith":[{"fault":"x"}]}]}',
      /startWith: expected "fault" to be one of/,
    ],
    [
      'an unknown kind',
      '{"gateways":[{"name":"a","seed":{"servises":[]}}]}',
      /seed: no kind of entity has the path servises/,
    ],
    [
      'a seed that is refused',
      '{"gateways":[{"name":"a","seed":[{"path":"/services","body":{}}]}]}',
      /seed: POST \/services was answered 400: .*host: required/,
    ],
  ])('%s is reported in one sentence', async (_, input, sentence) => {
    const { code, said } = await run(`${input}\n`)
    expect(said).toMatch(sentence)
    expect(said.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(1)
  })

  test('a port that is taken is named', async () => {
    const other = createServer()
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const launched = launchSandbox({ gateways: [{ name: 'late', adminPort: port }] })
    await expect(launched).rejects.toThrow(SandboxError)
    await expect(launched).rejects.toThrow(
      `gateway late: listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
    )
    other.close()
  })
})

describe('what a gateway holds from the start', () => {
  const listed = {
    id: '11111111-1111-4111-8111-111111111111',
    name: 's',
    host: 'h.example',
    created_at: 1_700_000_000,
    updated_at: 1_700_000_111,
  }

  test('lists keep their ids, times and hashed passwords', async () => {
    const consumer = { id: '22222222-2222-4222-8222-222222222222', username: 'joe' }
    const password = '5a83ca73caca323c5a7b43472864fb2a1cb23c42'
    await using sandbox = await launchSandbox({
      gateways: [
        {
          name: 'a',
          proxyPort: false,
          seed: {
            services: [listed],
            consumers: [consumer],
            'basic-auths': [
              {
                id: '33333333-3333-4333-8333-333333333333',
                username: 'joe',
                password,
                consumer: { id: consumer.id },
              },
            ],
          },
        },
      ],
    })
    const url = sandbox.gateways[0]?.adminUrl
    expect(await get(`${url}/services/s`)).toMatchObject({ ...listed, retries: 5, protocol: 'http' })
    expect(await get(`${url}/consumers/joe/basic-auth/joe`)).toMatchObject({
      password,
      consumer: { id: consumer.id },
    })
  })

  test('requests are made in order', async () => {
    await using sandbox = await launchSandbox({
      gateways: [
        {
          name: 'a',
          seed: [
            { path: '/services', body: { name: 's', url: 'http://h.example/p' } },
            { path: '/services/s/routes', body: { name: 'r', paths: ['/r'] } },
            { method: 'PUT', path: '/consumers/joe', body: { custom_id: 'j' } },
          ],
        },
      ],
    })
    const url = sandbox.gateways[0]?.adminUrl
    expect(await get(`${url}/routes/r/service`)).toMatchObject({ name: 's', path: '/p' })
    expect(await get(`${url}/consumers/joe`)).toMatchObject({ custom_id: 'j' })
  })
})

describe('state files', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatewatch-sandbox-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(['json', 'yaml'])('what a gateway held is there again (%s)', async ending => {
    const stateFile = join(folder, `state.${ending}`)
    const gateways = [{ name: 'a', proxyPort: false as const, stateFile }]
    const read = async (url: string | undefined) => ({
      services: await get(`${url}/services`),
      routes: await get(`${url}/routes`),
      plugins: await get(`${url}/plugins`),
      credentials: await get(`${url}/basic-auths`),
      targets: await get(`${url}/upstreams/u.example/targets`),
    })
    const first = await launchSandbox({ gateways })
    const url = first.gateways[0]?.adminUrl
    await post(`${url}/services`, { name: 's', host: 'h.example', tags: ['t'] })
    await post(`${url}/services/s/routes`, { name: 'r', paths: ['/r'], headers: { 'x-a': ['1'] } })
    await post(`${url}/routes/r/plugins`, { name: 'cors', config: { origins: ['*'] } })
    await post(`${url}/consumers`, { username: 'joe' })
    await post(`${url}/consumers/joe/basic-auth`, { username: 'joe', password: 'in clear' })
    await post(`${url}/upstreams`, { name: 'u.example' })
    await post(`${url}/upstreams/u.example/targets`, { target: '10.0.0.1:80' })
    const before = await read(url)
    await first.stop()
    expect(readFileSync(stateFile, 'utf8')).not.toContain('in clear')
    await using second = await launchSandbox({ gateways })
    const withoutTimes = (state: unknown) => JSON.stringify(state).replace(/"updated_at":[\d.]+/g, '')
    expect(withoutTimes(await read(second.gateways[0]?.adminUrl))).toBe(withoutTimes(before))
  })

  test('a decK file as people write it is loaded, and its passwords hashed', async () => {
    const stateFile = join(folder, 'written.yaml')
    const text = [
      '_format_version: "3.0"',
      '_info: {select_tags: [t]}',
      'services:',
      '- name: s',
      '  url: https://h.example',
      '  routes: [{name: r, paths: [/r], plugins: [{name: key-auth}]}]',
      'consumers:',
      '- username: joe',
      '  basicauth_credentials: [{username: joe, password: secret}]',
    ]
    writeFileSync(stateFile, text.join('\n'))
    await using sandbox = await launchSandbox({ gateways: [{ name: 'a', stateFile }] })
    const url = sandbox.gateways[0]?.adminUrl
    expect(await get(`${url}/routes/r/service`)).toMatchObject({ name: 's', port: 443 })
    expect(await get(`${url}/routes/r/plugins`)).toMatchObject({ data: [{ name: 'key-auth' }] })
    expect(await get(`${url}/consumers/joe/basic-auth/joe`)).toMatchObject({
      password: expect.stringMatching(/^[0-9a-f]{40}$/),
    })
  })

  test('a file that cannot be read is named with the place', async () => {
    const stateFile = join(folder, 'broken.yaml')
    writeFileSync(stateFile, 'services: [')
    await expect(launchSandbox({ gateways: [{ name: 'a', stateFile }] })).rejects.toThrow(
      `${stateFile}: 1:11: `,
    )
  })
})
