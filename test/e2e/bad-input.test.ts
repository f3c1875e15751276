import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Fault, launchSandbox } from '../../src/sandbox/index.ts'
import { type Ended, gatewatch } from '../program.ts'

let work: string
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-bad-'))
  return () => rm(work, { recursive: true })
})

type Part = string | RegExp

const run = (...args: string[]): Promise<Ended> =>
  gatewatch(args, { cwd: work, env: { GATEWATCH_STATE_DIR: join(work, 'state') } })

/** Exactly one sentence with its place and what to do, on standard error; nothing on standard output. */
function expectOneSentence(ended: Ended, ...parts: readonly Part[]): void {
  expect(ended.err.trim().split('\n')).toHaveLength(1)
  for (const part of parts) {
    if (typeof part === 'string') expect(ended.err).toContain(part)
    else expect(ended.err).toMatch(part)
  }
  expect(ended.err).not.toMatch(/\n\s+at /)
  expect(ended.out).toBe('')
  expect(ended.code).toBe(1)
}

describe('manifests', () => {
  const cases: readonly (readonly [name: string, text: string, parts: readonly Part[]])[] = [
    ['YAML that can’t be read', 'services:\n- name: [a\n  host: b\n', [/kong\.yaml:\d+:\d+/]],
    ['a tab', '_format_version: "3.0"\nservices:\n\t- name: a\n', [/kong\.yaml:3:\d+/, 'tab']],
    [
      'an unknown top-level key',
      '_format_version: "3.0"\nservies: []\n',
      ['kong.yaml:2:1', /did you mean services/i],
    ],
    [
      'a reference to something missing',
      '_format_version: "3.0"\nroutes:\n- name: r\n  paths: [/a]\n  service: {name: nope}\n',
      [/kong\.yaml:5/, 'nope'],
    ],
    [
      'duplicate names',
      '_format_version: "3.0"\nservices:\n- {name: a, host: h}\n- {name: a, host: i}\n',
      ['kong.yaml:4', /:3/],
    ],
    ['a wrong format', '_format_version: "1.1"\nservices: []\n', [/1\.1/, 'convert']],
    [
      'a missing environment variable',
      '_format_version: "3.0"\nservices:\n- name: ${{ env "DECK_NONE" }}\n  host: h\n',
      ['DECK_NONE', /kong\.yaml:3/],
    ],
    ['a list where an object belongs', '_format_version: "3.0"\nservices:\n- [a]\n', [/kong\.yaml:3:\d+/]],
  ]
  it.each(cases)('%s', async (_name, text, parts) => {
    writeFileSync(join(work, 'kong.yaml'), text)
    expectOneSentence(await run('diff', '--kong-addr', 'http://127.0.0.1:9', 'kong.yaml'), ...parts)
  })

  it('a file that does not exist', async () => {
    expectOneSentence(await run('diff', '--kong-addr', 'http://127.0.0.1:9', 'none.yaml'), 'none.yaml')
  })
  it('no file at all', async () => {
    expectOneSentence(await run('diff', '--kong-addr', 'http://127.0.0.1:9'), 'no manifests are named')
  })
})

describe('configuration', () => {
  it('is not there', async () => {
    expectOneSentence(await run('diff'), 'there is no gatewatch.yaml', 'gatewatch init')
  })
  it.each<readonly [string, string, readonly Part[]]>([
    [
      'a key that is none',
      'version: 1\nname: a\nenvironments: [dev]\ntragets: {}\n',
      [/gatewatch\.yaml:4/, 'targets'],
    ],
    ['no YAML', 'version: [1\n', [/gatewatch\.yaml:\d+:\d+/]],
    [
      'an environment that is not listed',
      'version: 1\nname: a\nenvironments: [dev]\ntargets:\n  x:\n    environment: prod\n    kong: {address: "http://h:8001"}\n    manifests: [k.yaml]\n',
      [/gatewatch\.yaml:6/, 'dev'],
    ],
  ])('has %s', async (_name, text, parts) => {
    writeFileSync(join(work, 'gatewatch.yaml'), text)
    expectOneSentence(await run('diff'), ...parts)
  })
  it('names a target that does not exist', async () => {
    writeFileSync(
      join(work, 'gatewatch.yaml'),
      'version: 1\nname: a\nenvironments: [dev]\ntargets:\n  one:\n    environment: dev\n    kong: {address: "http://h:8001"}\n    manifests: [k.yaml]\n',
    )
    expectOneSentence(await run('diff', '--target', 'two'), 'no target two', 'one')
  })
})

describe('a gateway that', () => {
  const cases: readonly (readonly [name: string, fault: Fault, parts: readonly Part[]])[] = [
    ['does not answer', { fault: 'slow', delayMs: 60_000 }, ['did not answer within']],
    ['answers HTML', { fault: 'html' }, ['web page']],
    ['answers 401', { fault: 'status', status: 401 }, ['refused the credentials']],
    ['answers 500', { fault: 'status', status: 500 }, ['failed with 500']],
    ['breaks off half way', { fault: 'half' }, [/not whole JSON|broke off/]],
    ['breaks off at once', { fault: 'reset' }, ['broke off']],
  ]
  it.each(cases)('%s', async (_name, fault, parts) => {
    const sandbox = await launchSandbox({
      gateways: [{ name: 'bad', proxyPort: false, faults: true, startWith: [fault] }],
    })
    try {
      writeFileSync(join(work, 'kong.yaml'), '_format_version: "3.0"\nservices: [{name: a, host: h}]\n')
      const address = sandbox.gateways[0]?.adminUrl ?? ''
      const ended = await run('diff', '--timeout', '1', '--kong-addr', address, 'kong.yaml')
      expectOneSentence(ended, address, ...parts)
    } finally {
      await sandbox.stop()
    }
  })
  it('answers 429 is reported in one sentence, after the waits that were long enough to show', async () => {
    const sandbox = await launchSandbox({
      gateways: [
        { name: 'bad', proxyPort: false, faults: true, startWith: [{ fault: 'status', status: 429 }] },
      ],
    })
    try {
      writeFileSync(join(work, 'kong.yaml'), '_format_version: "3.0"\nservices: [{name: a, host: h}]\n')
      const address = sandbox.gateways[0]?.adminUrl ?? ''
      const ended = await run('diff', '--timeout', '1', '--kong-addr', address, 'kong.yaml')
      const told = ended.err
        .trim()
        .split('\n')
        .filter(line => !/ trying again in \d+ s$/.test(line))
      expectOneSentence({ ...ended, err: told.join('\n') }, address, 'slow down')
    } finally {
      await sandbox.stop()
    }
  })
  it('refuses the connection', async () => {
    writeFileSync(join(work, 'kong.yaml'), '_format_version: "3.0"\n')
    expectOneSentence(
      await run('diff', '--kong-addr', 'http://127.0.0.1:9', 'kong.yaml'),
      'refused the connection',
    )
  })
  it('forbids one kind is unknown there, and the rest is compared', async () => {
    const sandbox = await launchSandbox({
      gateways: [
        {
          name: 'bad',
          proxyPort: false,
          faults: true,
          startWith: [{ fault: 'status', status: 403, methods: ['GET'], kinds: ['consumers'] }],
        },
      ],
    })
    try {
      writeFileSync(
        join(work, 'kong.yaml'),
        '_format_version: "3.0"\nservices: [{name: a, host: h}]\nconsumers: [{username: joe}]\n',
      )
      const address = sandbox.gateways[0]?.adminUrl ?? ''
      const ended = await run('diff', '--output', 'json', '--kong-addr', address, 'kong.yaml')
      expect(JSON.parse(ended.out)).toMatchObject({
        summary: { create: 1, update: 0, delete: 0 },
        unknown: [{ kind: 'consumer', reason: expect.stringContaining('403') }],
      })
      expect(ended.code).toBe(1)
    } finally {
      await sandbox.stop()
    }
  })
})

it('an unknown command is reported with a suggestion', async () => {
  expectOneSentence(await run('dif'), 'there is no command dif', 'Did you mean diff?')
})
