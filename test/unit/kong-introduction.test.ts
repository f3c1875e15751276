import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { connect } from '../../src/providers/kong/connect.ts'
import type { Session } from '../../src/providers/session.ts'

/** What is answered at a path: a status with JSON, or a text as a web page. */
type Answers = Readonly<Record<string, readonly [status: number, body: object | string]>>

const servers: Server[] = []
const asked: string[] = []
afterEach(() => {
  asked.length = 0
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const status = (pid: number, more: object = { database: { reachable: true } }) => ({
  memory: { workers_lua_vms: [{ pid }] },
  ...more,
})
const root = { version: '3.4.1', edition: 'community', configuration: { database: 'postgres' } }
const schema = { fields: [{ id: { type: 'string', uuid: true } }, { name: { type: 'string' } }] }

/** A gateway of these answers, 404 elsewhere; the `Server` header is that of Kong unless it is hidden. */
async function gateway(answers: Answers, server: string | null = 'kong/3.9.1'): Promise<string> {
  const one = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    asked.push(path)
    const [code, body] = answers[path] ?? [404, { message: 'Not found' }]
    response.writeHead(code, {
      'content-type': typeof body === 'string' ? 'text/html' : 'application/json',
      ...(server === null ? {} : { server }),
    })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  servers.push(one)
  await new Promise<void>(resolve => one.listen(0, '127.0.0.1', resolve))
  const address = one.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

const ever = AbortSignal.timeout(10_000)

function open(address: string, workspace?: string) {
  const more = workspace === undefined ? {} : { workspace }
  return connect({ target: 't', address, headers: {}, timeoutMs: 2_000, ...more }, ever)
}

async function session(address: string, workspace?: string): Promise<Session> {
  const opened = await open(address, workspace)
  if (!opened.ok) throw new Error(opened.error.map(each => each.message).join('\n'))
  return opened.value
}

describe('a Kong is identified', () => {
  test('by its status, without the root, for which it would read all of its plugins', async () => {
    const { identity, capabilities } = await session(await gateway({ '/status': [200, status(1)] }))
    expect(identity.description).toBe('Kong Gateway 3.9.1 community')
    expect(capabilities.write).toBe('entity')
    expect(asked).toEqual(['/status'])
  })

  test('as one without a database', async () => {
    const address = await gateway({ '/status': [200, status(1, { configuration_hash: '0'.repeat(32) })] })
    const { identity, capabilities } = await session(address)
    expect(identity.description).toBe('Kong Gateway 3.9.1 community without a database')
    expect(capabilities.write).toBe('document')
  })

  test('as one of the Enterprise edition', async () => {
    const address = await gateway({ '/status': [200, status(1)] }, 'kong/3.9.1.0-enterprise-edition')
    const { identity } = await session(address)
    expect(identity.description).toBe('Kong Gateway 3.9.1.0-enterprise-edition enterprise')
  })

  test.each<[string, Answers, string | null]>([
    ['its header is hidden', { '/status': [200, status(1)] }, null],
    ['something else answers with its header', { '/status': [200, { ok: true }] }, 'kong/3.9.1'],
    ['the status is not passed on', { '/status': [404, { message: 'no' }] }, 'kong/3.9.1'],
    ['the status is forbidden', { '/status': [403, { message: 'no' }] }, 'kong/3.9.1'],
    ['a web page is there', { '/status': [200, '<html>'] }, 'kong/3.9.1'],
  ])('by its root where %s', async (_, answers, server) => {
    const { identity } = await session(await gateway({ ...answers, '/': [200, root] }, server))
    expect(identity.description).toBe('Kong Gateway 3.4.1 community')
    expect(asked).toEqual(['/status', '/'])
  })

  test('in a workspace by what that workspace reports', async () => {
    const { identity } = await session(await gateway({ '/team/kong': [200, root] }), 'team')
    expect(identity.version).toBe('3.4.1')
    expect(asked).toEqual(['/team/kong'])
  })
})

test.each<[string, Answers, string]>([
  ['something else', { '/': [200, { hello: 'world' }] }, 'not-admin-api'],
  ['a web page', { '/': [200, '<html>'] }, 'not-admin-api'],
  ['what needs other credentials', { '/status': [401, {}] }, 'unauthorised'],
  ['what lets nobody in', { '/status': [403, {}], '/': [403, {}] }, 'forbidden'],
])('%s is reported', async (_, answers, code) => {
  const opened = await open(await gateway(answers, null))
  expect(opened.ok || opened.error.map(each => each.code)).toEqual([code])
})

test('schemas that depend on how a Kong was started are requested again after a restart', async () => {
  const answers: Record<string, Answers[string]> = {
    '/status': [200, status(1)],
    '/schemas/plugins': [200, schema],
    '/schemas/plugins/mine': [200, schema],
    '/schemas/services': [200, schema],
  }
  const address = await gateway(answers)
  const read = async () => {
    asked.length = 0
    const { schemas } = await session(address).then(each =>
      each.schemas(['service', 'plugin'], new Map([['plugin', new Set(['mine'])]]), ever),
    )
    expect([...schemas.keys()].sort()).toEqual(['plugin', 'service'])
    return asked.filter(path => path === '/schemas/plugins/mine')
  }
  expect(await read()).toHaveLength(1)
  expect(await read()).toHaveLength(0)
  answers['/status'] = [200, status(2)]
  expect(await read()).toHaveLength(1)
})
