import type { ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Intercept } from '../gateway-front.ts'
import { isCheck, isList, isSchema, isWrite, json, NetworkBed, sentences } from './network-bed.ts'

let bed: NetworkBed
beforeAll(async () => {
  bed = await NetworkBed.start()
})
afterEach(() => bed.clear())
afterAll(() => bed[Symbol.asyncDispose]())

describe('one fault is one sentence', () => {
  const broken: Readonly<Record<string, Intercept>> = {
    'no list may be read': (request, response) => isList(request) && json(response, 403, {}),
    'a third of the lists may be read': (request, response) =>
      /^\/(?:services|routes|plugins|consumers|upstreams|key-auths|vaults)/.test(request.url ?? '') &&
      json(response, 403, {}),
    'no schema may be read': (request, response) =>
      isSchema(request) && !isCheck(request) && json(response, 403, {}),
    'the credentials are refused': (_request, response) => json(response, 401, {}),
    'every list times out at what stands between': (request, response) =>
      isList(request) && json(response, 504, {}),
    'every connection breaks': request => isList(request) && request.socket.destroy() !== undefined,
    'every list is a web page': (request, response) => {
      if (!isList(request)) return false
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')
      return true
    },
    'every list asks to slow down': (request, response) =>
      isList(request) && json(response, 429, {}, { 'retry-after': '90' }),
    'no check is answered': (request, response) => isCheck(request) && json(response, 503, {}),
    'nothing may be written': (request, response) => isWrite(request) && json(response, 403, {}),
    'no write is let in': (request, response) => isWrite(request) && json(response, 401, {}),
    'every write fails': (request, response) => isWrite(request) && json(response, 500, {}),
    'every write is refused by a status that says nothing': (request, response) =>
      isWrite(request) && json(response, 418, {}),
  }
  const commands: Readonly<Record<string, readonly string[]>> = {
    diff: ['diff', 'kong.yaml'],
    plan: ['plan', 'kong.yaml'],
    sync: ['sync', '--yes', 'kong.yaml'],
    fleet: ['fleet', 'kong.yaml'],
    dump: ['dump'],
    'validate --online': ['validate', '--online', 'kong.yaml'],
    doctor: ['doctor', 'kong.yaml'],
    inventory: ['inventory', 'kong.yaml'],
    coverage: ['coverage', 'kong.yaml'],
    explain: ['explain', 'GET http://h/p1'],
    reset: ['reset', '--force', '--allow-deletes', '1000'],
    console: ['console', 'kong.yaml'],
  }

  it.each(Object.keys(broken))('when %s, whichever the command, and its hint fits it', async fault => {
    bed.front.intercept = broken[fault]
    for (const [name, [command = '', ...rest]] of Object.entries(commands)) {
      const ended = await bed.runHere(command, ...rest)
      const told = sentences(ended).filter(line => !line.includes('nothing to delete'))
      expect(told.length, `${name}: ${ended.err}`).toBeLessThanOrEqual(1)
      expect(ended.err + ended.out, name).not.toContain('Correct the manifest')
      expect(ended.err, name).not.toContain('a fault in gatewatch itself')
      // On both streams together: a terminal shows them one below the other.
      const both = ended.out + ended.err
      const numbers = both
        .split('\n')
        .filter(line => /\(403\)|\(401\)|\(429\)|50[034] on|broke off|web page/.test(line))
      expect(numbers.length, `${name}: ${both}`).toBeLessThanOrEqual(1)
    }
  })

  it('when the gateway goes away in the middle of a sync, besides what is not known', async () => {
    let writes = 0
    bed.front.intercept = (request, response) => {
      if (!isWrite(request)) return writes > 10 && json(response, 401, {})
      writes += 1
      return writes > 10 && json(response, 401, {})
    }
    const ended = await bed.sync()
    expect(ended.code).toBe(1)
    expect(ended.out).toMatch(/10 done, \d+ failed, \d+ not sent/)
    expect(sentences(ended).filter(line => line.includes('(401)')).length).toBeLessThanOrEqual(2)
  })
})

describe('the checks before a sync are retried as reads are', () => {
  it.each([
    ['a 429', (response: ServerResponse) => json(response, 429, {}, { 'retry-after': '0' })],
    ['a 503', (response: ServerResponse) => json(response, 503, {})],
    ['a connection that breaks', (response: ServerResponse) => response.destroy() !== undefined],
  ])('after %s', async (_name, refuse) => {
    const seen = new Map<string, number>()
    bed.front.intercept = (request, response) => {
      if (!isCheck(request)) return false
      const times = (seen.get(request.url ?? '') ?? 0) + 1
      seen.set(request.url ?? '', times)
      return times === 1 && refuse(response)
    }
    const ended = await bed.sync()
    expect(ended.err.split('\n').filter(line => line.startsWith('gatewatch:'))).toEqual([])
    expect(ended.code).toBe(0)
    expect(seen.size).toBeGreaterThan(0)
  })

  it('only a limited number of times', async () => {
    bed.front.intercept = (request, response) => isCheck(request) && json(response, 503, {})
    const ended = await bed.sync()
    expect(ended.code).toBe(1)
    expect(ended.err).toMatch(/failed with 503 on \/schemas\/\S+, asked whether it would take \d+ changes/)
    expect(await bed.writes()).toEqual([])
  })
})
