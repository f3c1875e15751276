import { mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { type Ended, gatewatch } from '../program.ts'

const HEAD = "openapi: 3.0.3\ninfo: { title: T, version: '1' }\n"
const times = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join('')

const bomb = (levels: number): string =>
  `x-bomb:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n${times(levels, i => `  a${i + 1}: &a${i + 1} [${times(10, () => `*a${i}, `)}]\n`)}`

/** One schema that each level holds twice: a document of forty lines that unfolds to 2^40 schemas. */
const unfolding = `${HEAD}paths: {}\ncomponents:\n  schemas:\n${times(40, i => `    S${i}: { properties: { a: { $ref: '#/components/schemas/S${i + 1}' }, b: { $ref: '#/components/schemas/S${i + 1}' } } }\n`)}    S40: { type: string }\n`

/** What each command says of a file; null: it comes to its end as usual. */
interface Case {
  readonly name: string
  readonly text: string
  /** Undefined: it is not linted, which takes as long as it may. */
  readonly lint: RegExp | null | undefined
  readonly generate: RegExp | null
}

const outside =
  /^main\.yaml:\d+:\d+: .*outside the repository and is not read\. Move it into the repository\.$/

function cases(port: number): readonly Case[] {
  const refused = (host: string): RegExp =>
    new RegExp(
      `^main\\.yaml:\\d+:\\d+: References to ${host.replaceAll('.', '\\.')} are not followed: the host is not allowed\\.`,
    )
  const paths = (reference: string): string => `${HEAD}paths: { /a: { $ref: '${reference}' } }\n`
  const aliases = /^main\.yaml:\d+:\d+: With its aliases expanded, this holds more than 3,000,000 values\.$/
  const large = /^main\.yaml is larger than 32 MiB, or the files together are too large\. Split it\.$/
  const deep = /^main\.yaml:\d+:\d+: This is neither YAML nor JSON: .*\.$/
  const slow = (rule: string): RegExp =>
    new RegExp(`^Linting main\\.yaml took more than 8 s in the rule "${rule}" and was ended\\. `)
  return [
    {
      name: 'references in a circle',
      text: `${HEAD}paths: { /a: { get: { parameters: [{ $ref: '#/components/parameters/A' }] } } }\ncomponents: { parameters: { A: { $ref: '#/components/parameters/B' }, B: { $ref: '#/components/parameters/A' } } }\n`,
      lint: null,
      generate: /^main\.yaml:4:\d+: The reference "#\/components\/parameters\/[AB]" leads back to itself\.$/,
    },
    {
      name: 'schemas that refer to all others',
      text: `${HEAD}paths: {}\ncomponents:\n  schemas:\n${times(20, i => `    S${i}: { properties: { ${times(20, j => `p${j}: { $ref: '#/components/schemas/S${j}' }, `)} } }\n`)}`,
      lint: null,
      generate: null,
    },
    { name: 'a schema that unfolds without end', text: unfolding, lint: slow('.+'), generate: null },
    { name: 'an alias bomb', text: `${HEAD}paths: {}\n${bomb(9)}`, lint: aliases, generate: aliases },
    { name: 'a small alias bomb', text: `${HEAD}paths: {}\n${bomb(3)}`, lint: null, generate: null },
    { name: 'a file of 50 MB', text: '', lint: large, generate: large },
    {
      name: 'deep nesting',
      text: `${HEAD}paths: {}\nx-deep: ${'['.repeat(50_000)}`,
      lint: deep,
      generate: deep,
    },
    {
      name: 'too many operations',
      text: `${HEAD}paths:\n${times(50_001, i => `  /a${i}: { get: {} }\n`)}`,
      lint: undefined,
      generate: /^main\.yaml:\d+:\d+: The document has more than 50,000 operations\. Split it\.$/,
    },
    {
      name: 'a reference to a metadata address',
      text: paths('http://169.254.169.254/latest/meta-data'),
      lint: null,
      generate: refused('169.254.169.254'),
    },
    {
      name: 'a reference to this machine',
      text: paths(`http://127.0.0.1:${port}/id.yaml`),
      lint: null,
      generate: refused(`127.0.0.1:${port}`),
    },
    {
      name: 'a reference to this machine by name',
      text: paths(`http://localhost:${port}/id.yaml`),
      lint: null,
      generate: refused(`localhost:${port}`),
    },
    { name: 'a file outside the repository', text: paths('../secret.yaml'), lint: null, generate: outside },
    { name: 'a link that leads outside', text: paths('link.yaml'), lint: null, generate: outside },
    { name: 'a file of the system', text: paths('/etc/hostname'), lint: null, generate: outside },
    {
      name: 'a catastrophic pattern beside its example',
      text: `${HEAD}paths: {}\ncomponents: { schemas: { A: { type: string, pattern: '^(a+)+$', example: ${'a'.repeat(60)}b } } }\n`,
      lint: slow('oas3-valid-schema-example'),
      generate: null,
    },
  ]
}

let work: string
let server: Server
let contacts = 0
let all: readonly Case[] = []

const place = z.object({ file: z.string(), line: z.number() })
const report = z.object({
  files: z.array(
    z.object({
      file: z.string(),
      findings: z.array(z.object({ rule: z.string(), message: z.string(), place })),
      problems: z.array(
        z.object({ message: z.string(), hint: z.string().optional(), place: place.optional() }),
      ),
    }),
  ),
})

const folderOf = (i: number): string => join(work, String(i), 'repository')
const run = (cwd: string, ...args: string[]): Promise<Ended> =>
  gatewatch(args, { cwd, env: { GATEWATCH_STATE_DIR: join(work, 'state') } })

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-hostile-'))
  server = createServer((_, response) => response.end('get: {}\n')).on('connection', () => {
    contacts += 1
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  all = cases(typeof address === 'object' && address ? address.port : 0)
  for (const [i, { name, text }] of all.entries()) {
    mkdirSync(folderOf(i), { recursive: true })
    writeFileSync(join(work, String(i), 'secret.yaml'), 'canary: 7f3e\n')
    writeFileSync(join(folderOf(i), 'main.yaml'), text)
    symlinkSync('../secret.yaml', join(folderOf(i), 'link.yaml'))
    if (name === 'a file of 50 MB') truncateSync(join(folderOf(i), 'main.yaml'), 50 * 1024 * 1024)
  }
})

afterAll(async () => {
  server.close()
  await rm(work, { recursive: true })
})

describe('hostile specifications', () => {
  it.each(cases(0).map(({ name }, i): [string, number] => [name, i]))(
    'generate ends %s with one sentence or as usual',
    async (_name, i) => {
      const { generate } = all[i] ?? { generate: null }
      const { code, err, out } = await run(folderOf(i), 'generate', 'main.yaml')
      const lines = err.split('\n').filter(line => line !== '' && !line.includes('warning: '))
      expect(lines).toEqual(generate ? [expect.stringMatching(/^gatewatch: /)] : [])
      if (generate) expect(lines[0]?.slice('gatewatch: '.length)).toMatch(generate)
      expect(code).toBe(generate ? 1 : 0)
      expect(err + out).not.toContain('7f3e')
    },
  )

  it.each(
    cases(0).flatMap(({ name, lint }, i): [string, number][] => (lint === undefined ? [] : [[name, i]])),
  )(
    'lint ends %s within its limits, and names file and rule',
    async (_name, i) => {
      const started = performance.now()
      const { lint } = all[i] ?? { lint: null }
      // What is to come to its end gets the time that a busy machine takes.
      const seconds = lint?.source.includes('took more than') ? '8' : '30'
      const limits = ['--time-limit', seconds, '--memory-limit', '600', '--builtin', 'oas']
      const ended = await run(folderOf(i), 'lint', 'main.yaml', '--output', 'json', '--no-cache', ...limits)
      expect(performance.now() - started).toBeLessThan(35_000)
      const [file] = report.parse(JSON.parse(ended.out)).files
      const sentences = (file?.problems ?? []).map(({ message, hint, place: at }) => {
        const where = at ? `${at.file}:${at.line}:1: ` : ''
        return `${where}${/[.?!]$/.test(message) ? message : `${message}.`}${hint ? ` ${hint}` : ''}`
      })
      expect(sentences).toEqual(lint ? [expect.stringMatching(lint)] : [])
      expect(ended.code === 1).toBe(lint !== null)
      expect(ended.out).not.toContain('7f3e')
      if (lint === null && all[i]?.text.includes("/a: { $ref: '"))
        expect(file?.findings.find(({ rule }) => rule === 'invalid-ref')?.message).toMatch(
          /^References to .+ are not followed|is outside the repository and is not read/,
        )
    },
    40_000,
  )

  it('contact only allowed servers', () => {
    expect(contacts).toBe(0)
  })
})
