import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Intercept } from '../gateway-front.ts'
import { isCheck, isList, isWrite, json, NetworkBed, reads, sentences } from './network-bed.ts'

let bed: NetworkBed
beforeAll(async () => {
  bed = await NetworkBed.start()
})
afterEach(() => bed.clear())
afterAll(() => bed[Symbol.asyncDispose]())

/** Answers without end, as fast as they are taken. */
function pour(response: ServerResponse, first: string, more: string): true {
  response.writeHead(200, { 'content-type': 'application/json' })
  const chunk = more.repeat(Math.ceil(2 ** 20 / more.length))
  const go = (): void => {
    while (!response.destroyed && response.write(chunk));
  }
  response.write(first)
  response.on('drain', go)
  go()
  return true
}

describe('an answer that no Admin API would give is rejected', () => {
  const deep = 200_000
  const cases: readonly (readonly [string, Intercept, RegExp])[] = [
    [
      'that never ends',
      (request, response) => reads(request, '/plugins') && pour(response, '{"data":[', '{"name":"x"},'),
      /sent more than 128 MB on \/plugins, and the rest was not read/,
    ],
    [
      'that never ends, on every list at once',
      (request, response) => isList(request) && pour(response, '{"data":[', '{"name":"x"},'),
      // Whichever bound a machine comes to first.
      /(?:sent more than \d+ MB|did not finish its answer) on \d+ paths/,
    ],
    [
      'that says that it is a terabyte',
      (request, response) => {
        if (!reads(request, '/routes')) return false
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 2 ** 40 })
        response.write('{"data":[')
        return true
      },
      /sent more than 128 MB on \/routes/,
    ],
    [
      'that nests deep',
      (request, response) =>
        reads(request, '/services') &&
        json(response, 200, `{"data":[{"x":${'['.repeat(deep)}${']'.repeat(deep)}}]}`),
      /on \/services nests deeper than 100 levels, and was not read/,
    ],
    [
      'that nests deep in objects, behind brackets in texts',
      (request, response) =>
        reads(request, '/services') &&
        json(response, 200, `{"data":[{"\\\\":"]]}}\\"","x":${'{"]":'.repeat(deep)}1${'}'.repeat(deep)}}]}`),
      /on \/services nests deeper than 100 levels/,
    ],
    [
      'that is small as text and large in memory',
      (request, response) =>
        reads(request, '/services') && json(response, 200, `{"data":[${'{},'.repeat(11_000_000)}{}]}`),
      /on \/services holds more than 20 million values/,
    ],
    [
      'that is packed',
      (request, response) => {
        if (!reads(request, '/consumers')) return false
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        response.end(gzipSync(`{"data":[${' '.repeat(50_000_000)}]}`))
        return true
      },
      /packs its answer on \/consumers, which was not asked for/,
    ],
    [
      'whose next page is one that was there already',
      (request, response) =>
        reads(request, '/plugins') &&
        json(response, 200, { data: [], offset: (request.url ?? '').includes('offset=a') ? 'b' : 'a' }),
      /the pages of \/plugins of http:\S+ lead in a circle/,
    ],
    [
      'that names its next page by a text without end',
      (request, response) =>
        reads(request, '/plugins') && json(response, 200, { data: [], offset: 'a'.repeat(100_000) }),
      /names a page of \/plugins by a text of 100000 characters/,
    ],
  ]
  it.each(cases)('one %s', async (_name, intercept, sentence) => {
    bed.front.intercept = intercept
    for (const command of ['diff', 'sync'] as const) {
      const ended = await bed[command]()
      expect(ended.code).toBe(1)
      expect(ended.err).toMatch(sentence)
      expect(ended.err).not.toContain('a fault in gatewatch itself')
      expect(ended.ms).toBeLessThan(20_000)
    }
  })

  it('pages without end are not followed', async () => {
    let page = 0
    bed.front.intercept = (request, response) => {
      if (!reads(request, '/plugins')) return false
      page += 1
      return json(response, 200, { data: [], offset: String(page) })
    }
    const ended = await bed.diff()
    expect(ended.code).toBe(1)
    expect(sentences(ended)[0]).toMatch(/has more than 10000 pages of \/plugins/)
    expect(page).toBe(10_000)
  })

  it('workspaces whose pages lead in a circle are not followed', async () => {
    bed.front.intercept = (request, response) =>
      (request.url ?? '').startsWith('/workspaces') &&
      json(response, 200, { data: [{ name: 'default' }], offset: 'again' })
    const ended = await bed.run('dump', '--all-workspaces')
    expect(ended.code).toBe(1)
    expect(sentences(ended)).toHaveLength(1)
    expect(ended.err).toContain('the pages of /workspaces')
  })
})

describe('a gateway that asks to wait', () => {
  it.each([
    ['lists', isList],
    ['the checks before a sync', isCheck],
    ['writes', isWrite],
    ['everything', () => true],
  ])('for a day is not waited for: on %s', async (_what, befalls) => {
    bed.front.intercept = (request, response) =>
      befalls(request) && json(response, 429, { message: 'no' }, { 'retry-after': '100000' })
    const ended = await bed.sync()
    expect(ended.code).toBe(1)
    expect(ended.ms).toBeLessThan(15_000)
    expect(sentences(ended)).toHaveLength(1)
    expect(ended.err).toMatch(
      /asks to slow down \(429\).* It asks to wait 100000 s, and more than 60 s are not waited for/,
    )
  })

  it.each([
    ['a date far from now', new Date(Date.now() + 7 * 86_400_000).toUTCString(), 1],
    ['a number beyond all timers', '1e300', 1],
    ['a negative number', '-5', 0],
    ['no time at all', 'soon', 0],
  ])('by %s has an end', async (_name, retryAfter, code) => {
    let asked = 0
    bed.front.intercept = (request, response) => {
      if (!reads(request, '/services') || (code === 0 && asked > 0)) return false
      asked += 1
      return json(response, 429, { message: 'no' }, { 'retry-after': retryAfter })
    }
    const ended = await bed.diff()
    expect(ended.code).toBe(code === 0 ? 2 : 1)
    expect(ended.ms).toBeLessThan(15_000)
  })

  it.each([
    ['lists', isList, 1],
    ['the checks before a sync', isCheck, 1],
    ['writes', isWrite, 1],
  ])('for two seconds is, and that is said in one line: on %s', async (_what, befalls, lines) => {
    const refused = new Set<string>()
    bed.front.intercept = (request, response) => {
      const key = `${request.method} ${request.url}`
      if (!befalls(request) || refused.has(key) || refused.size >= 40) return false
      refused.add(key)
      return json(response, 429, { message: 'no' }, { 'retry-after': '2' })
    }
    const ended = await bed.sync()
    expect(ended.code).toBe(0)
    expect(sentences(ended)).toHaveLength(lines)
    expect(ended.err).toMatch(/asks to slow down \(429\); trying again in 2 s/)
    expect(refused.size).toBeGreaterThan(0)
  })

  it('without saying for how long is retried a few times', async () => {
    let asked = 0
    bed.front.intercept = (request, response) => {
      if (!reads(request, '/plugins')) return false
      asked += 1
      return json(response, 429, { message: 'no' })
    }
    const ended = await bed.diff()
    expect(ended.code).toBe(1)
    expect(asked).toBe(6)
    expect(ended.ms).toBeLessThan(15_000)
  })
})

describe('a gateway that is slow', () => {
  it('has a time limit for the whole answer, however steadily it trickles', async () => {
    bed.front.intercept = (request, response) => {
      if (!reads(request, '/plugins')) return false
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":[')
      const timer = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(timer))
      return true
    }
    const ended = await bed.run('diff', '--timeout', '4', 'kong.yaml')
    expect(ended.code).toBe(1)
    expect(ended.ms).toBeLessThan(15_000)
    expect(sentences(ended)[0]).toMatch(/has not answered yet on \/plugins; waiting up to 1 s/)
    expect(sentences(ended)[1]).toMatch(/did not finish its answer on \/plugins within 4 s/)
    expect(sentences(ended)).toHaveLength(2)
  })
})
