// Patterns that others wrote: none of them takes more time than the text and the pattern are long, wherever it stands.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ecmaPattern } from '../../src/patterns/ecma-pattern.ts'
import { Glob } from '../../src/patterns/glob.ts'
import { LinearPattern, PatternError } from '../../src/patterns/linear-pattern.ts'
import { expressionOf } from '../../src/providers/kong/admin/schemas/lua-pattern.ts'
import { buildRouter, type GatewayConfig, requestsOf } from '../../src/providers/kong/router/index.ts'
import { launchSandbox } from '../../src/sandbox/index.ts'
import { SchemaChecks } from '../../src/specs/mock/schema-check.ts'
import { cpuStopwatch } from '../cpu-time.ts'
import { gatewatch } from '../program.ts'

const work = mkdtempSync(join(tmpdir(), 'gatewatch-patterns-'))
afterAll(() => rmSync(work, { recursive: true }))

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(work, folder, name)), { recursive: true })
    writeFileSync(join(work, folder, name), text)
  }
}

/** Patterns that a matcher which tries one way after the other takes ages for, with a text that shows it. */
const catastrophic: readonly (readonly [pattern: string, text: string])[] = [
  ['/files/(.*/)*(.*)\\.json$', `/files/${'a/'.repeat(60)}b.jso`],
  ['(a+)+$', `${'a'.repeat(60)}!`],
  ['^(a+)+$', `${'a'.repeat(60)}!`],
  ['^(a|a)*$', `${'a'.repeat(60)}!`],
  ['^(a|aa)+$', `${'a'.repeat(60)}!`],
  ['^(a*)*$', `${'a'.repeat(60)}!`],
  ['^(a*)*b$', 'a'.repeat(60)],
  ['^((a+)*)+$', `${'a'.repeat(60)}!`],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(60)],
  [
    '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$',
    'a'.repeat(60),
  ],
  ['^(\\w+\\s?)*$', `${'word '.repeat(20)}!`],
  ['^(\\d+\\.?)+$', `${'1.'.repeat(40)}x`],
  ['^([0-9]+(,[0-9]+)*)*$', `${'1,'.repeat(40)}x`],
  ['^(.*,){15}P', '1,'.repeat(40)],
  ['(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x', 'a'.repeat(2_000)],
  ['.*.*.*.*.*.*.*=.*', 'a'.repeat(2_000)],
  ['(x+x+)+y', 'x'.repeat(80)],
  ['(?:(?:a?){30}){3}a{90}', 'a'.repeat(80)],
  ['(?:a?){40}a{40}', 'a'.repeat(40)],
  ['^(?:.|\\n)*?(?:.|\\n)*?b$', 'a'.repeat(3_000)],
  ['\\s+$', ' '.repeat(50_000).concat('x')],
  ['^\\s*(.*?)\\s*$', `a${' '.repeat(20_000)}b`],
  ['^(?:\\s*\\S+\\s*)*:$', 'a '.repeat(60)],
  ['([a-z]+)*([a-z]+)*([a-z]+)*1', 'a'.repeat(200)],
  ['^(/[^/]*)*/$', `${'/a'.repeat(60)}x`],
  ['(/?[^/]+)*\\?', '/a'.repeat(200)],
  ['^(?i)(k|K)+$', `${'k'.repeat(60)}!`],
  ['^(([^/]+)/?)+$', `${'a'.repeat(60)}\n/`],
  ['((ab)*c?)*d', 'ab'.repeat(100)],
  ['^(?:(?:[a-z]|[a-c])*)*[0-9]$', 'abc'.repeat(30)],
]

/** How long something may take of this thread's time, in milliseconds: what is not linear takes hours. */
const bound = 2_000

const places = {
  'a policy': (pattern: string, text: string) => LinearPattern.of(pattern).test(text),
  'a route': (pattern: string, text: string) => {
    const config: GatewayConfig = { services: [], routes: [{ id: 'r', name: 'r', paths: [`~${pattern}`] }] }
    return buildRouter(config).answer({ method: 'GET', scheme: 'http', host: 'a', path: text })
  },
  'a header of a route': (pattern: string, text: string) => {
    const config: GatewayConfig = {
      services: [],
      routes: [{ id: 'r', name: 'r', headers: { 'x-a': [`~*${pattern}`] } }],
    }
    return buildRouter(config).answer({
      method: 'GET',
      scheme: 'http',
      host: 'a',
      path: '/',
      headers: { 'x-a': text },
    })
  },
  'the origin of a plugin': (pattern: string, text: string) => {
    const config: GatewayConfig = {
      services: [{ id: 's', name: 's', host: 'up' }],
      routes: [{ id: 'r', name: 'r', paths: ['/'], service: { id: 's' } }],
      plugins: [
        { id: 'p', name: 'cors', config: { origins: [pattern, 'https://b'] } },
        { id: 'q', name: 'bot-detection', config: { deny: [pattern] } },
      ],
    }
    const headers = { origin: text, 'user-agent': text }
    return buildRouter(config).answer({ method: 'GET', scheme: 'http', host: 'a', path: '/', headers })
  },
  'a specification that is mocked': (pattern: string, text: string) => {
    const schema = { type: 'string', pattern: pattern.replace('(?i)', '') }
    return new SchemaChecks().body({ schema, whole: schema, text: JSON.stringify(schema) })(text)
  },
} as const

test.each(Object.entries(places))('no pattern of %s takes more than linear time', (_place, match) => {
  const took = catastrophic.map(([pattern, text]) => {
    const taken = cpuStopwatch()
    match(pattern, text)
    return taken()
  })
  console.info(`${took.length} catastrophic patterns: ${Math.round(Math.max(...took))} ms at the most`)
  expect(Math.max(...took)).toBeLessThan(bound)
})

test('patterns that could backtrack give the same answers as before', () => {
  // Short enough for a regular expression of JavaScript to end.
  const texts = [
    '',
    'a',
    'aaa!',
    'aab',
    '/files/a/b.json',
    '/files/.json',
    'k',
    'x,y',
    '1,2',
    'ab ab',
    '/a/b/',
    'abcd',
    ' a ',
  ]
  let compared = 0
  for (const [pattern] of catastrophic.filter(([pattern]) => !pattern.includes('(?i)'))) {
    for (const text of texts) {
      expect(`${pattern} ${text} ${LinearPattern.of(pattern).test(text)}`).toBe(
        `${pattern} ${text} ${new RegExp(pattern, 'u').test(text)}`,
      )
      expect(ecmaPattern(pattern)?.test(text)).toBe(new RegExp(pattern, 'u').test(text))
      compared += 1
    }
  }
  console.info(`answers compared with those of JavaScript: ${compared}`)
})

/** Patterns that would be huge, or are nested so deeply that who reads them falls over. */
const bombs = [
  '((a{1,1000}){1,1000})',
  '((((a{1,100}){1,100}){1,100}){1,100})',
  '((((((((((a{0,50}){0,50}){0,50}){0,50}){0,50}){0,50}){0,50}){0,50}){0,50}){0,50})',
  'a{4000}{4000}',
  '(?:a{1000}){1000}',
  '.{4999}.{4999}.{4999}',
  '[\\pL\\pN\\pS]{1000}[\\pL\\pN\\pS]{1000}',
  '(?i)[\\pL]{1000}',
  '('.repeat(100_000),
  `${'('.repeat(50_000)}a${')'.repeat(50_000)}`,
  '(?:'.repeat(2_000) + ')'.repeat(2_000),
  '['.repeat(100_000),
  `${'[a'.repeat(5_000)}${']'.repeat(5_000)}`,
  `[${'a&&'.repeat(50_000)}b]`,
  'a|'.repeat(100_000),
  'a?'.repeat(2_000),
  '(a|b)*a(a|b){400}$',
  '\\'.repeat(99_999),
  '(?P<n>'.repeat(300) + ')'.repeat(300),
  'x*'.repeat(2_000),
]

test('a pattern that would become huge or is nested deeply is refused or answered', () => {
  let refused = 0
  const took = bombs.map(pattern => {
    const taken = cpuStopwatch()
    try {
      LinearPattern.of(pattern).test('ab'.repeat(500))
    } catch (error) {
      expect(error).toBeInstanceOf(PatternError)
      refused += 1
    }
    const config: GatewayConfig = { services: [], routes: [{ id: 'r', name: 'r', paths: [`~/${pattern}`] }] }
    const router = buildRouter(config)
    router.answer({ method: 'GET', scheme: 'http', host: 'a', path: `/${'ab'.repeat(500)}` })
    // For a plan a request is made up that the route matches.
    for (const { request } of requestsOf(router)) {
      expect(request.path.length).toBeLessThan(10_000)
    }
    return taken()
  })
  console.info(
    `pattern bombs: ${bombs.length}, ${refused} refused, ${Math.round(Math.max(...took))} ms at the most`,
  )
  expect(Math.max(...took)).toBeLessThan(5_000)
})

test('a gateway’s schema, a glob and the path of an operation are bounded too', () => {
  const taken = cpuStopwatch()
  const lua = expressionOf(`^${'[%w]*'.repeat(20)}%.$`)
  expect(lua?.test('a'.repeat(3_000))).toBe(false)
  expect(lua?.test('a.')).toBe(true)
  const glob = new Glob(`${'a*'.repeat(30)}b`)
  expect([glob.fits('a'.repeat(200)), glob.fits(`${'a'.repeat(200)}b`)]).toEqual([false, true])
  expect(new Glob(`${'**/'.repeat(30)}x`).fits(`${'a/'.repeat(200)}y`)).toBe(false)
  expect(() => new Glob('{a,b}'.repeat(20))).toThrow(PatternError)
  expect(() => new Glob('{'.repeat(100_000))).toThrow(PatternError)
  expect(taken()).toBeLessThan(bound)
})

const manifest = `_format_version: "3.0"
services:
- name: files
  host: files.internal
  routes:
${catastrophic
  .filter(([pattern]) => pattern.startsWith('/') || pattern.startsWith('^/'))
  .map(([pattern], i) => `  - { name: r${i}, paths: [${JSON.stringify(`~${pattern.replace(/^\^/, '')}`)}] }`)
  .join('\n')}
  - { name: nested, paths: ["~/n/(a+)+$", "~/m/(.*,){15}P", "~/o/(\\\\w+\\\\s?)*$"] }
  - { name: header, paths: ["/h"], headers: { x-a: ["~*(a+)+$"] } }
`

test('explain, plan and sync end promptly on a manifest with catastrophic patterns', async () => {
  write('routes', { 'kong.yaml': manifest })
  await using sandbox = await launchSandbox({ gateways: [{ name: 'kong', proxyPort: false }] })
  const address = sandbox.gateways[0]?.adminUrl ?? ''
  const options = { cwd: join(work, 'routes'), env: { GATEWATCH_STATE_DIR: join(work, 'state') } }
  const took: number[] = []
  const run = async (...args: readonly string[]) => {
    const began = performance.now()
    const ended = await gatewatch([...args, '--kong-addr', address, 'kong.yaml'], options)
    took.push(performance.now() - began)
    return ended
  }
  expect(await run('plan')).toMatchObject({ code: 2 })
  expect(await run('sync', '--yes')).toMatchObject({ code: 0 })
  for (const [path, route] of [
    [`/files/${'a/'.repeat(60)}b.jso`, null],
    [`/files/${'a/'.repeat(60)}b.json`, 'r0'],
    [`/n/${'a'.repeat(60)}!`, null],
    [`/o/${'word '.repeat(20).replaceAll(' ', '%20')}!`, null],
  ]) {
    const { out } = await run('explain', '--output', 'json', `GET http://a${path}`)
    expect(JSON.parse(out)).toMatchObject({ route })
  }
  expect(await run('diff')).toMatchObject({ code: 0 })
  console.info(
    `commands on catastrophic routes: ${took.length}, ${Math.round(Math.max(...took))} ms at the most`,
  )
  expect(Math.max(...took)).toBeLessThan(30_000)
})

test('a clone whose configuration has catastrophic globs is checked promptly', async () => {
  const name = 'a'.repeat(120)
  write('globs', {
    'gatewatch.yaml': `version: 1
name: clone
environments: [prod]
targets:
  prod: { environment: prod, kong: { address: "http://127.0.0.1:9" }, manifests: [kong] }
policies: ["${'a*'.repeat(20)}b"]
specifications: ["**/**/**/**/**/${'?*'.repeat(20)}b"]
governance: { waivers: ["{a,b,c}*{a,b,c}*{a,b,c}*z"] }
`,
    'kong/kong.yaml': '_format_version: "3.0"\nservices: [{ name: payouts, host: payouts.internal }]\n',
    [name]: 'x',
    [`deep/${'d/'.repeat(20)}${name}`]: 'x',
  })
  const began = performance.now()
  const { code, err } = await gatewatch(['check', '--no-live'], {
    cwd: join(work, 'globs'),
    env: { GATEWATCH_STATE_DIR: join(work, 'state') },
  })
  expect(`${code} ${err}`).toMatch(/^[02] /)
  expect(performance.now() - began).toBeLessThan(30_000)
})

test('a patch whose selectors have catastrophic patterns ends promptly', async () => {
  write('patch', {
    'kong.yaml': `_format_version: "3.0"\nservices: [{ name: ${'a'.repeat(60)}-, host: a }, { name: aaa, host: b }]\n`,
    'patches.yaml':
      'patches:\n- selectors: [\'$..services[?search(@.name, "^(a+)+$")]\']\n  values: { host: "found" }\n',
  })
  const began = performance.now()
  const { code, out } = await gatewatch(['patch', '-s', 'kong.yaml', 'patches.yaml'], {
    cwd: join(work, 'patch'),
  })
  expect(code).toBe(0)
  expect(out.match(/host: "?found/g)).toHaveLength(1)
  expect(performance.now() - began).toBeLessThan(30_000)
})
