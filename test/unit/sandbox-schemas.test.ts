import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminApi } from '../../src/sandbox/admin/admin-api.ts'
import { noConfigEndpoint } from '../../src/sandbox/declarative/config-endpoint.ts'
import { loadFacts } from '../../src/sandbox/facts.ts'
import { gatewayState } from '../../src/sandbox/gateway/gateway-state.ts'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { luaBlock, luaLine, luaNumber } from '../../src/sandbox/lua-text.ts'
import { schemaLibrary } from '../../src/sandbox/schema/compile/library.ts'
import { luaPattern } from '../../src/sandbox/schema/limits/lua-pattern.ts'
import { regexProblem } from '../../src/sandbox/schema/limits/pcre.ts'
import { routerExpression } from '../../src/sandbox/schema/rules/router-expression.ts'

describe('schemas of another gateway', () => {
  let folder = ''
  let sandbox: RunningSandbox
  const post = async (path: string, body: unknown) => {
    const sent = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }
    const answer = await fetch(`${sandbox.gateways[0]?.adminUrl}${path}`, sent)
    const said: unknown = await answer.json()
    return { status: answer.status, said }
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatewatch-schemas-'))
    mkdirSync(join(folder, 'plugins'))
    const id = { type: 'string', uuid: true, auto: true, description: 'A string representing a UUID.' }
    const consumers = {
      fields: [
        { id },
        {
          username: {
            type: 'string',
            unique: true,
            len_max: 5,
            description: 'A unique string representing a UTF-8 encoded name.',
          },
        },
        { level: { type: 'integer', default: 3, between: [1, 9] } },
      ],
      entity_checks: [],
    }
    const config = {
      type: 'record',
      required: true,
      fields: [{ colour: { type: 'string', one_of: ['red', 'blue'], default: 'red' } }],
    }
    writeFileSync(join(folder, 'consumers.json'), JSON.stringify(consumers))
    writeFileSync(
      join(folder, 'plugins', 'painter.json'),
      JSON.stringify({ fields: [{ config }], entity_checks: [] }),
    )
    sandbox = await launchSandbox({ gateways: [{ name: 'a', proxyPort: false }], schemas: folder })
  })
  afterAll(async () => {
    await sandbox.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('are followed: defaults, limits, and the types that descriptions tell', async () => {
    expect(await post('/consumers', { username: 'joe' })).toMatchObject({
      status: 201,
      said: { username: 'joe', level: 3 },
    })
    expect(await post('/consumers', { username: 'joseph', level: 10 })).toMatchObject({
      status: 400,
      said: { fields: { username: 'length must be at most 5', level: 'value should be between 1 and 9' } },
    })
    expect(await post('/consumers', { username: 'a b' })).toMatchObject({ status: 400 })
    expect(await post('/consumers', { custom_id: 'x' })).toMatchObject({
      said: { fields: { custom_id: 'unknown field' } },
    })
  })

  test('bring plugins, beside those that are known', async () => {
    expect(await post('/plugins', { name: 'painter' })).toMatchObject({
      status: 201,
      said: { config: { colour: 'red' } },
    })
    expect(await post('/plugins', { name: 'painter', config: { colour: 'green' } })).toMatchObject({
      status: 400,
    })
    expect(await post('/plugins', { name: 'cors' })).toMatchObject({ status: 201 })
  })
})

describe('the paths of the Admin API', () => {
  test('are those that the real gateway lists', () => {
    const facts = loadFacts()
    const state = gatewayState('a', facts, schemaLibrary(facts))
    const api = adminApi(state, [noConfigEndpoint])
    const missing = facts.endpoints.filter(path => {
      const target = path.replace(/\{[^}]*\}/g, 'x')
      const { status } = api({ method: 'OPTIONS', target, contentType: undefined, body: undefined })
      // Targets alone and a name's certificate are listed and not there.
      return status !== 204 && !/^\/targets|^\/snis\/\{snis\}\/certificate/.test(path)
    })
    expect(facts.endpoints.length).toBeGreaterThan(100)
    expect(missing).toEqual([])
  })
})

describe('the cookie that an upstream hashes on', () => {
  const facts = loadFacts()
  const api = adminApi(gatewayState('a', facts, schemaLibrary(facts)), [noConfigEndpoint])
  const validated = (cookie: string) => {
    const body = Buffer.from(JSON.stringify({ name: 'u', hash_on_cookie: cookie }))
    const target = '/schemas/upstreams/validate'
    return api({ method: 'POST', target, contentType: 'application/json', body })
  }

  test.each(['session', "!#$%&'*+-.^_`|~", 'A1'])('is called %s', cookie => {
    expect(validated(cookie).status).toBe(200)
  })

  test.each(['a b', 'a;b', 'a=b', 'a/b', 'a{b', 'a\\b', 'a\tb', 'é'])('is not called %j', cookie => {
    const { status, text } = validated(cookie)
    expect(status).toBe(400)
    expect(text).toContain('(hash_on_cookie: contains one or more invalid characters.')
  })
})

describe('the words of the gateway', () => {
  test.each([
    [{ id: 'x', service: { id: 'y' } }, '{id="x",service={id="y"}}'],
    [{ '@entity': ['a', 'b "c"'] }, '{["@entity"]={"a","b \\"c\\""}}'],
    [{ '2': 'x' }, '{[2]="x"}'],
    [{ end: 'two\nlines' }, '{["end"]=[[two\nlines]]}'],
    [{ n: 1e20, f: 0.1, nothing: null }, '{f=0.1,n=1e+20,nothing="userdata: NULL"}'],
  ])('%j on one line', (value, line) => {
    expect(luaLine(value)).toBe(line)
  })

  test('nested values stand on lines of their own', () => {
    expect(luaBlock({ a: { b: 'c' } })).toBe('{\n  a = {\n    b = "c"\n  }\n}')
  })

  test.each([
    [1e13, '10000000000000'],
    [1e14, '1e+14'],
    [1.5, '1.5'],
    [-3, '-3'],
  ])('%d is written as %s', (number, text) => {
    expect(luaNumber(number)).toBe(text)
  })
})

describe('patterns', () => {
  test.each([
    ['^%u+$', 'GET', true],
    ['^%u+$', 'get', false],
    ['^[a-z][a-z%d-]-[a-z%d]+$', 'my-env2', true],
    ['^[a-z][a-z%d-]-[a-z%d]+$', '2env', false],
    ['^[^*]*%*?[^*]*$', '*.a.*', false],
    ['%.%*$', 'a.*', true],
    ['^[^*&%%\\`]+$', 'a%b', false],
    ['a-b', 'aaab', true],
    ['.', '\n', true],
  ])('%s on %j: %j', (pattern, text, matches) => {
    expect(luaPattern(pattern).test(text)).toBe(matches)
  })

  test.each([
    ['(', 'pcre2_compile() failed: missing closing parenthesis in "("'],
    ['a)b', 'pcre2_compile() failed: unmatched closing parenthesis in "a)b" at ")b"'],
    ['[a', 'pcre2_compile() failed: missing terminating ] for character class in "[a"'],
    ['(?<name>\\d+)$', undefined],
    ['(?i)a++b\\K', undefined],
    ['[)(]', undefined],
  ])('PCRE on %s', (pattern, problem) => {
    expect(regexProblem(pattern)).toBe(problem)
  })
})

describe('routes that the router cannot read', () => {
  const route = { protocols: ['http', 'https'], methods: ['GET'], hosts: ['a.example:80', '*.b.example'] }

  test('one with a header without values', () => {
    const said = routerExpression({ ...route, headers: { 'x-a': [] } })
    const expression =
      '(http.method == r#"GET"#) && ((http.host == r#"a.example"# && net.dst.port == 80) || http.host =^ r#".b.example"#) && ()'
    expect(said).toContain(`1 | ${expression}\n`)
    expect(said).toContain(` --> 1:${expression.length}\n`)
    expect(said?.endsWith('= expected term')).toBe(true)
  })

  test.each([
    ['~/a(?=b)', 'look-around, including look-ahead and look-behind, is not supported'],
    ['~/(a)\\1', 'backreferences are not supported'],
  ])('one with the path %s', (path, reason) => {
    expect(routerExpression({ ...route, paths: [path] })).toContain(`error: ${reason}`)
  })

  test.each(['/a', '~/a/(?<id>\\d+)$', '~/a\\(\\?=b', '~/[(?=]'])('not one with the path %s', path => {
    expect(routerExpression({ ...route, paths: [path] })).toBeUndefined()
  })
})
