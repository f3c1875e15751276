// JavaScript that a clone brings along: functions of policies and of rulesets, and what stands for code in a ruleset.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { FunctionThread } from '../../src/functions/thread.ts'
import { launchSandbox } from '../../src/sandbox/index.ts'
import { PolicyFunctions } from '../../src/workflows/governance/policies/policy-functions.ts'
import { Driver } from '../e2e/driver.ts'
import { gatewatch } from '../program.ts'

const work = mkdtempSync(join(tmpdir(), 'gatewatch-hostile-'))
afterAll(() => rmSync(work, { recursive: true }))

const now = new Date('2026-05-04T03:02:01Z')
const limits = { milliseconds: 5_000, millisecondsInAll: 20_000, megabytes: 64 }

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

/** Loads functions by their code. */
async function loaded(folder: string, codes: Readonly<Record<string, string>>) {
  write(join(work, folder), codes)
  const places = { root: join(work, folder), allowed: ['.'], now }
  return PolicyFunctions.load(Object.keys(codes), places, limits)
}

/** What a function answers, or why it can't be called. */
function said(functions: PolicyFunctions, name: string, value: string | null = 'x'): string {
  try {
    return String(functions.passes(name, 'a-rule', value))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Ways to a machine, each `true` where it leads there. The first ones do so in Node. */
const ways = {
  process: 'typeof process === "object" && process.pid > 0',
  'global process': 'globalThis.process?.pid > 0',
  environment: 'Object.keys(globalThis.process?.env ?? {}).length > 0',
  'built-in module': 'globalThis.process?.getBuiltinModule("node:fs").existsSync("/") === true',
  'Function constructor': 'Function("return typeof process === \'object\'")()',
  'constructor of a value': 'value.constructor.constructor("return typeof process === \'object\'")()',
  'constructor of an async function':
    'Object.getPrototypeOf(async () => {}).constructor("return 1") !== undefined && typeof process === "object"',
  'indirect eval': '(0, eval)("typeof process === \'object\'")',
  'import of a module': 'import("node:fs") instanceof Promise && typeof process === "object"',
  'address of the file': 'typeof import.meta.url === "string" && import.meta.url.startsWith("file:")',
  fetch: 'typeof fetch === "function"',
  WebSocket: 'typeof WebSocket === "function"',
  timers: 'typeof setTimeout === "function" || typeof setImmediate === "function"',
  console: 'typeof console === "object"',
  performance: 'typeof performance === "object"',
  WebAssembly: 'typeof WebAssembly === "object"',
  Atomics: 'typeof Atomics === "object"',
  navigator: 'typeof navigator === "object"',
  structuredClone: 'typeof structuredClone === "function"',
  MessageChannel: 'typeof MessageChannel === "function"',
  'stack with paths': '/file:|\\/functions|node:/.test(new Error("x").stack.replaceAll("ways/", ""))',
} as const
/** These lead nowhere in Node either, or only from CommonJS. */
const otherWays = {
  require: 'typeof require === "function"',
  module: 'typeof module === "object" || typeof exports === "object"',
  'file name': 'typeof __filename === "string" || typeof __dirname === "string"',
  'QuickJS std': 'typeof std === "object" || typeof os === "object" || typeof bjson === "object"',
  'script arguments': 'typeof scriptArgs === "object" || typeof print === "function"',
  'the harness': 'typeof harness !== "undefined" || typeof document !== "undefined"',
  'caller of the function':
    '(() => { try { return typeof (function f() { return f.caller })() === "function" } catch { return false } })()',
  'sloppy this': '(function () { return this?.process?.pid > 0 })()',
  'sloppy this by Function': 'Function("return this?.process?.pid > 0 || this?.require !== undefined")()',
  'prepared stack':
    '(() => { let seen = false; Error.prepareStackTrace = (_, sites) => { seen = sites?.some?.(site => site.getThis?.()) ?? false; return "" }; String(new Error("x").stack); delete Error.prepareStackTrace; return seen })()',
} as const

test('no function can reach the machine', async () => {
  const codes = Object.fromEntries(
    Object.entries({ ...ways, ...otherWays }).map(([name, way]) => [
      `ways/${name.replaceAll(' ', '-')}.mjs`,
      `export default value => ${way}\n`,
    ]),
  )
  const { functions, problems } = await loaded('escapes', codes)
  expect(problems).toEqual([])
  const through = Object.keys(codes).filter(name => said(functions, name) === 'true')
  expect(through).toEqual([])
  functions.close()
  // So that a way that is written wrongly does not look like one that is closed.
  const inNode: string[] = []
  for (const name of Object.keys(ways)) {
    const file = join(work, 'escapes', 'ways', `${name.replaceAll(' ', '-')}.mjs`)
    const module: { default: (value: string) => boolean } = await import(pathToFileURL(file).href)
    if (module.default('x') === true) inNode.push(name)
  }
  expect(inNode).toEqual(Object.keys(ways))
  console.info(
    `ways to a machine: ${Object.keys(codes).length} tried, ${inNode.length} of them open in Node, none open`,
  )
})

test('a module imports only files below the allowed folder, however the path out is written', async () => {
  write(work, { 'imports/secret.js': 'export default "canary-7f3a"\n', 'secret.json': '"canary-7f3a"\n' })
  mkdirSync(join(work, 'imports/functions'), { recursive: true })
  symlinkSync('../secret.js', join(work, 'imports/functions/link.js'))
  symlinkSync('..', join(work, 'imports/functions/up'))
  const outside = [
    ['../secret.js', 'is not in an allowed folder'],
    ['../../secret.json', 'is not in an allowed folder'],
    ['./link.js', 'is not in an allowed folder'],
    ['./up/secret.js', 'is not in an allowed folder'],
    ['./', 'is not in an allowed folder'],
    ['./../functions/../secret.js', 'is not in an allowed folder'],
    ['/etc/hostname', 'it imports "/etc/hostname"'],
    [pathToFileURL(join(work, 'imports/secret.js')).href, 'it imports "file:'],
    ['data:text/javascript,export default 1', 'it imports "data:'],
    ['https://rules.example/a.js', 'it imports "https:'],
    ['node:child_process', 'it imports "node:child_process"'],
    ['fs', 'it imports "fs"'],
    ['quickjs-emscripten-core', 'it imports "quickjs-emscripten-core"'],
    ['std', 'it imports "std"'],
  ] as const
  const codes = outside.map(([wanted], i) => [
    `functions/f${i}.mjs`,
    `import text from ${JSON.stringify(wanted)}\nexport default () => text !== undefined\n`,
  ])
  const folder = join(work, 'imports')
  write(folder, Object.fromEntries(codes))
  write(folder, {
    'functions/large.mjs': `// ${'x'.repeat(1_100_000)}\nexport default () => true\n`,
    'functions/many.mjs': `${Array.from({ length: 120 }, (_, i) => `import './n${i}.mjs'\n`).join('')}export default () => true\n`,
    'functions/circle.mjs': "import './circle.mjs'\nexport default () => true\n",
    'functions/late.mjs':
      "export default () => { import('./f0.mjs').then(m => { globalThis.got = m }); return globalThis.got !== undefined }\n",
    ...Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`functions/n${i}.mjs`, 'export {}\n'])),
  })
  const names = [
    ...codes.map(([name = '']) => name),
    ...['large', 'many', 'circle', 'late'].map(name => `functions/${name}.mjs`),
  ]
  const { functions, problems } = await PolicyFunctions.load(
    names,
    { root: folder, allowed: ['functions'], now },
    limits,
  )
  const why = new Map(problems.map(({ message }) => [/the function (\S+)/.exec(message)?.[1], message]))
  for (const [i, [wanted, sentence]] of outside.entries()) {
    expect(`${wanted}: ${why.get(`functions/f${i}.mjs`)}`).toContain(sentence)
  }
  expect(why.get('functions/large.mjs')).toContain('is larger than 1000000 bytes')
  expect(why.get('functions/many.mjs')).toContain('it imports more than 100 files')
  expect(problems.map(each => each.message).join()).not.toContain('canary-7f3a')
  expect(said(functions, 'functions/circle.mjs')).toBe('true')
  expect([said(functions, 'functions/late.mjs', 'a'), said(functions, 'functions/late.mjs', 'b')]).toEqual([
    'false',
    'false',
  ])
  functions.close()
})

/** Code that would never end; some of it in loops of the engine itself, which no handler interrupts. */
const endless = {
  loop: 'for (;;);',
  'regular expression': 'return /^(a+)+$/.test("a".repeat(60) + "b")',
  'regular expression with a class': 'return /^(([a-z])+.)+[A-Z]([a-z])+$/.test("a".repeat(60))',
  'list without end': 'return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)',
  'join of nothing': 'return Array(2 ** 32 - 1).join("").length',
  'nested JSON': 'let a = []; for (let i = 0; i < 100000; i += 1) a = [a]; return JSON.stringify(a)',
  sort: 'const a = Array.from({ length: 300000 }, (_, i) => String(i % 7)); for (;;) a.sort()',
  iterator:
    'return [...{ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) }].length > 0 || Array.from({ length: 2 ** 40 })',
  generator: 'function* all() { for (;;) yield 1 } for (const _ of all());',
  'getter of the result': 'return { get then() { for (;;); } } && (() => { for (;;); })()',
  proxy: 'const p = new Proxy({}, { get: (t, k, r) => { for (;;); } }); return p.x',
  'replacing again': 'for (;;) "a".repeat(1000).replace(/a/g, x => x + x)',
} as const

test('an endless function is ended from outside, and the next thread answers', async () => {
  const folder = join(work, 'endless')
  const took: number[] = []
  for (const [name, body] of Object.entries(endless)) {
    write(folder, {
      'f.mjs': `export default () => { ${body} }\n`,
      'good.mjs': 'export default value => value === 1\n',
    })
    const options = { root: folder, allowed: ['.'], now: now.getTime(), megabytes: 64 }
    const thread = new FunctionThread(options)
    expect(await thread.askLater({ type: 'load', name: 'f.mjs' }, 20_000)).toMatchObject({ why: null })
    const began = performance.now()
    const reply = thread.ask({ type: 'ask', name: 'f.mjs', value: '1' }, 300)
    took.push(performance.now() - began)
    // Some are met by the limit of memory first.
    expect(`${name}: ${reply?.type ?? 'ended'}`).toMatch(/: (ended|fault)$/)
    expect(thread.alive).toBe(reply !== undefined)
    thread.close()
  }
  expect(Math.max(...took)).toBeLessThan(5_000)
  console.info(
    `endless functions: ${took.length}, each ended within ${Math.ceil(Math.max(...took))} ms of a limit of 300 ms`,
  )
})

/** Code that wants more than there is. */
const greedy = {
  objects: 'const all = []; for (;;) all.push({ a: [all.length] })',
  buffers: 'const all = []; for (;;) all.push(new Uint8Array(1e6))',
  'one buffer': 'return new ArrayBuffer(2 ** 31).byteLength > 0',
  texts: 'let text = "x"; for (;;) text += text',
  'a long text': 'return "x".repeat(2 ** 30 - 1).length > 0',
  'a list of holes': 'return new Array(2 ** 32 - 1).fill(0).length > 0',
  maps: 'const all = new Map(); for (let i = 0; ; i += 1) all.set(i, { i })',
  numbers: 'return (1n << 2000000000n).toString().length > 0',
  'power of numbers': 'return (3n ** 300000000n) > 0n',
  normalisation: 'return "\\u0344".repeat(1e7).normalize("NFKD").length > 0',
  'a large pattern': 'return new RegExp("(?:a{1000}){1000}".repeat(200)).test("a")',
  promises: 'for (;;) Promise.resolve().then(() => {})',
  recursion: 'const f = n => f(n + 1) + 1; return f(0)',
  'recursion by a callback': 'const f = () => [2, 1].sort(f); return f()',
  'recursion by replacing': 'const f = () => "aa".replace(/a/g, f); return f()',
  'recursion by text': 'const o = { toString: () => String(o) }; return String(o)',
  'recursion by JSON': 'const o = { toJSON: () => JSON.stringify(o) }; return JSON.stringify(o)',
  'recursion by proxies': 'let p = {}; for (let i = 0; i < 1e5; i += 1) p = new Proxy(p, {}); return p.x',
  'recursion by generators': 'function* f() { yield* f() } return [...f()].length',
  'recursion by classes': 'class A { constructor() { new A() } } return new A()',
  'deep code': 'return eval("(".repeat(1e5) + "1" + ")".repeat(1e5))',
  'deep JSON': 'return JSON.parse("[".repeat(1e6) + "]".repeat(1e6))',
  'deep pattern': 'return new RegExp("(?:".repeat(1e5) + ")".repeat(1e5)).test("a")',
  'deep list as text': 'let a = []; for (let i = 0; i < 1e5; i += 1) a = [a]; return String(a)',
} as const

test('a function that exhausts memory or stack ends alone: other functions and the host go on', async () => {
  const codes = Object.fromEntries(
    Object.entries(greedy).map(([name, body]) => [
      `${name.replaceAll(' ', '-')}.mjs`,
      `export default () => { ${body} }\n`,
    ]),
  )
  const { functions, problems } = await loaded('greedy', {
    ...codes,
    'good.mjs': 'export default value => value.length === 1\n',
  })
  expect(problems).toEqual([])
  const before = process.memoryUsage.rss()
  const faults = Object.keys(codes).filter(name => {
    const answer = said(functions, name)
    expect(answer).not.toBe('true')
    expect(said(functions, 'good.mjs', 'a')).toBe('true')
    return answer !== 'false'
  })
  const grown = Math.round((process.memoryUsage.rss() - before) / 2 ** 20)
  // What the engine refuses as an error of the code's own is a no; the others are told.
  expect(faults.length).toBeGreaterThan(15)
  expect(grown).toBeLessThan(64 * (Object.keys(codes).length + 4))
  functions.close()
  console.info(
    `greedy functions: ${Object.keys(codes).length}, ${faults.length} told, the host grew by ${grown} MB at most of them all`,
  )
})

test('no function changes what others see, or what it sees itself when policies are read again', async () => {
  const poison = `
Object.prototype.polluted = true
Array.prototype.includes = () => true
String.prototype.startsWith = () => true
JSON.parse = () => ({})
Function.prototype.call = () => true
globalThis.Date = class {}
Object.defineProperty(Object.prototype, 'toJSON', { get() { throw 1 } })
let asked = 0
export default value => { asked += 1; return asked === 1 }
`
  const clean = `
export default value =>
  value.length === 1 && ({}).polluted === undefined && ![1].includes(2) && !'a'.startsWith('b') && JSON.parse('[1]')[0] === 1
`
  for (const _ of [1, 2]) {
    const { functions } = await loaded('poison', { 'poison.mjs': poison, 'clean.mjs': clean })
    expect(said(functions, 'poison.mjs', 'first')).toBe('true')
    expect(said(functions, 'poison.mjs', 'second')).toBe('false')
    expect(said(functions, 'clean.mjs', 'x')).toBe('true')
    functions.close()
  }
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})

test('only true counts as a yes, whatever a function returns', async () => {
  const answers = {
    'an object': '({})',
    'a text': '"true"',
    'an object that is true to JSON': '({ toJSON: () => true })',
    'an object that is true as a value': '({ valueOf: () => true, [Symbol.toPrimitive]: () => true })',
    'a boolean object': 'new Boolean(true)',
    'a promise': 'Promise.resolve(true)',
    'a thenable': '({ then: done => done(true) })',
    'a proxy': 'new Proxy({}, { get: () => true })',
    'a long text': '"y".repeat(1e7)',
    'what it threw': '(() => { throw true })()',
    'an error with a hostile name':
      '(() => { throw { get name() { throw 1 }, get message() { throw 2 } } })()',
    'an error that looks like the engine’s':
      '(() => { throw Object.assign(new InternalError("y"), { name: "y" }) })()',
  }
  const codes = Object.fromEntries(
    Object.values(answers).map((answer, i) => [`a${i}.mjs`, `export default () => ${answer}\n`]),
  )
  const { functions } = await loaded('answers', { ...codes, 'true.mjs': 'export default () => true\n' })
  expect(Object.keys(codes).filter(name => said(functions, name) === 'true')).toEqual([])
  expect(said(functions, 'true.mjs')).toBe('true')
  functions.close()
})

/** What would leave a mark: as code of a function, and where a ruleset takes something like code. */
const mark = (file: string) =>
  `globalThis.process?.getBuiltinModule?.('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(globalThis.process.env))`

const configOf = (address: string) => `version: 1
name: clone
environments: [prod]
targets:
  prod: { environment: prod, kong: { address: "${address}" }, manifests: [kong] }
policies: [policies/*.yaml]
governance: { functions: [policies/functions] }
`
const config = configOf('http://127.0.0.1:9')

function policy(id: string, file: string, state = 'draft'): string {
  return `id: ${id}
title: ${id}
state: ${state}
severity: block
select: { kind: service }
assert: { name: { function: policies/functions/${file} } }
rationale: A clone brings it along.
fix: Do nothing.
`
}

test('opening and checking a clone with hostile functions writes nothing, and reports all of them', async () => {
  const folder = join(work, 'clone')
  const marks = join(work, 'marks')
  mkdirSync(marks)
  const hostile: Readonly<Record<string, string>> = {
    writes: `${mark(join(marks, 'writes'))}\nexport default () => { ${mark(join(marks, 'writes-late'))}; return true }`,
    needs: `export default () => process.env.CANARY.length > 0`,
    imports: `export default async () => (await import('node:fs')).writeFileSync(${JSON.stringify(join(marks, 'imports'))}, 'x')`,
    loops: 'export default () => { for (;;); }',
    hoards: 'const all = []; export default () => { for (;;) all.push([all.length]) }',
  }
  write(folder, {
    'gatewatch.yaml': config,
    'kong/kong.yaml': '_format_version: "3.0"\nservices: [{ name: payouts, host: payouts.internal }]\n',
    ...Object.fromEntries(Object.keys(hostile).map(id => [`policies/${id}.yaml`, policy(id, `${id}.js`)])),
    ...Object.fromEntries(
      Object.entries(hostile).map(([id, code]) => [`policies/functions/${id}.js`, `${code}\n`]),
    ),
  })
  const env = { GATEWATCH_STATE_DIR: join(work, 'state'), CANARY: 'canary-91bd' }
  const ended = await gatewatch(['check', '--no-live', '--output', 'json'], { cwd: folder, env })
  expect(ended.code).toBe(1)
  for (const sentence of [
    "the function policies/functions/needs.js of the rule needs can't be called: 'process' is not defined",
    'the function policies/functions/loops.js of the rule loops did not answer within 2 s and was ended',
    "the function policies/functions/hoards.js of the rule hoards can't be called: ",
  ]) {
    expect(ended.err.split(sentence)).toHaveLength(2)
  }
  // The other rules were asked all the same.
  expect(ended.out).toContain('"rule": "service-without-owner"')
  await using sandbox = await launchSandbox({ gateways: [{ name: 'kong', proxyPort: false }] })
  write(folder, { 'gatewatch.yaml': configOf(sandbox.gateways[0]?.adminUrl ?? '') })
  await using console = Driver.start(['console'], { columns: 160, rows: 40, cwd: folder, env })
  await console.waitFor('prod')
  console.press('4')
  await console.waitFor(
    /1 of 3: the function policies\/functions\/\w+\.js of the rule \w+ (can't be called|did not answer)/,
  )
  await console.waitFor('[findings ?]')
  console.press('q')
  expect(await console.exited).toBe(0)
  expect(readdirSync(marks)).toEqual([])
  expect(ended.out + ended.err).not.toContain('canary-91bd')
})

test('slow functions delay a check for a limited time, however many there are', async () => {
  const folder = join(work, 'many')
  const ids = Array.from({ length: 12 }, (_, i) => `slow-${i}`)
  write(folder, {
    'gatewatch.yaml': config,
    'kong/kong.yaml': '_format_version: "3.0"\nservices: [{ name: payouts, host: payouts.internal }]\n',
    ...Object.fromEntries(ids.map(id => [`policies/${id}.yaml`, policy(id, `${id}.js`)])),
    ...Object.fromEntries(
      ids.map(id => [`policies/functions/${id}.js`, `export default () => { for (;;); } // ${id}\n`]),
    ),
  })
  const began = performance.now()
  const { code, err } = await gatewatch(['check', '--no-live'], {
    cwd: folder,
    env: { GATEWATCH_STATE_DIR: join(work, 'state') },
  })
  expect(code).toBe(1)
  expect(err.match(/did not answer within 2 s and was ended/g)).toHaveLength(5)
  expect(err.match(/is not called: 5 others took too long and were ended/g)).toHaveLength(7)
  console.info(`12 endless functions: told after ${((performance.now() - began) / 1000).toFixed(1)} s`)
})

test('a sync is refused if a function of a blocking policy gives no answer', async () => {
  const folder = join(work, 'gate')
  write(folder, {
    'gatewatch.yaml': config,
    'kong/kong.yaml': '_format_version: "3.0"\nservices: [{ name: payouts, host: payouts.internal }]\n',
    'policies/loops.yaml': `${policy('loops', 'loops.js', 'approved')}examples:
  - { expect: pass, manifest: { services: [{ name: a, host: a.internal }] } }
  - { expect: fail, manifest: { services: [{ name: b, host: b.internal }] } }
`,
    'policies/functions/loops.js':
      'export default name => { while (name.length > 1); return name === "a" }\n',
  })
  await using sandbox = await launchSandbox({ gateways: [{ name: 'kong', proxyPort: false }] })
  const address = sandbox.gateways[0]?.adminUrl ?? ''
  write(folder, { 'gatewatch.yaml': configOf(address) })
  const env = { GATEWATCH_STATE_DIR: join(work, 'state') }
  const { code, err } = await gatewatch(['sync', '--yes'], { cwd: folder, env })
  expect(code).toBe(1)
  expect(err).toContain(
    'the function policies/functions/loops.js of the rule loops did not answer within 2 s and was ended',
  )
  expect(await (await fetch(`${address}/services`)).json()).toMatchObject({ data: [] })
})

test('code in a ruleset’s text does not run', async () => {
  const folder = join(work, 'ruleset')
  const marks = join(work, 'ruleset-marks')
  mkdirSync(marks)
  const code = (name: string) =>
    mark(join(marks, name))
      .replace('globalThis.process?.', 'process.')
      .replaceAll("'", '"')
      .replaceAll('"', '\\"')
  const run = (name: string) => `constructor.constructor("${code(name)}")()`
  const rules: Readonly<Record<string, string>> = {
    value: `given: ${JSON.stringify(`$..[?(@.${run('value')})]`)}`,
    text: `given: ${JSON.stringify(`$..[?("".${run('text')})]`)}`,
    property: `given: ${JSON.stringify(`$.info[?(@property.${run('property')})]`)}`,
    computed: `given: ${JSON.stringify(`$..[?(@["constr" + "uctor"]["constructor"]("${code('computed')}")())]`)}`,
    method: `given: ${JSON.stringify(`$..[?(@.toString.${run('method')})]`)}`,
    'after-a-parent': `given: ${JSON.stringify(`$.info^.info[?(@.${run('after-a-parent')})]`)}`,
    'in-a-global': 'given: "$..[?(@ in process.exit(7))]"',
    message: `given: $.info\n    message: ${JSON.stringify(`#{{${run('message')}}}`)}`,
    exit: 'given: "$..[?(@.constructor.constructor(\'process.exit(7)\')())]"',
  }
  write(folder, {
    'spec.yaml': 'openapi: 3.0.3\ninfo: { title: "#{{1 + 1}}", version: "1" }\npaths: {}\n',
    'fs.yaml': 'functions: [fs]\nrules: { a: { given: $.info, then: { function: fs } } }\n',
    'functions/fs.js': `${mark(join(marks, 'function'))}\nimport { writeFileSync } from 'node:fs'\nexport default () => { writeFileSync(${JSON.stringify(join(marks, 'function'))}, 'x') }\n`,
    ...Object.fromEntries(
      Object.entries(rules).map(([name, given]) => [
        `${name}.yaml`,
        `rules:\n  a:\n    ${given}\n    severity: error\n    then: { function: falsy }\n`,
      ]),
    ),
  })
  const lint = (ruleset: string, ...more: readonly string[]) =>
    gatewatch(['lint', '--no-cache', '--builtin', 'oas', '--ruleset', ruleset, ...more, 'spec.yaml'], {
      cwd: folder,
    })
  for (const name of Object.keys(rules)) {
    const { code, out } = await lint(`${name}.yaml`)
    expect(`${name}: ${code} ${out}`).toMatch(new RegExp(`^${name}: 1 .*The rule a is not run: `, 's'))
  }
  const { code: ended, out } = await lint('fs.yaml', '--functions', 'functions')
  expect(`${ended} ${out}`).toMatch(
    /^1 .*The function functions\/fs\.js can't be used: it imports "node:fs"/s,
  )
  expect(existsSync(join(marks, 'function'))).toBe(false)
  expect(readdirSync(marks)).toEqual([])
  console.info(`code in rulesets: ${Object.keys(rules).length + 1} tried, none ran`)
})
