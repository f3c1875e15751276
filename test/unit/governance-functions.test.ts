import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { ProblemError } from '../../src/model/problem.ts'
import { check } from '../../src/workflows/governance/check.ts'
import type { FunctionLimits } from '../../src/workflows/governance/policy-function-protocol.ts'
import { PolicyFunctions } from '../../src/workflows/governance/policy-functions.ts'
import { governed, policyText } from './governance-repository.ts'

const work = mkdtempSync(join(tmpdir(), 'gatewatch-functions-'))
afterAll(() => rm(work, { recursive: true }))

let number = 0

const short = { milliseconds: 3000 }

/** Loads functions by their source. */
async function loaded(code: string, limits: Partial<FunctionLimits> = {}) {
  number += 1
  const name = `f${number}.mjs`
  writeFileSync(join(work, name), code)
  const files = [{ name, href: pathToFileURL(join(work, name)).href }]
  const { functions, problems } = await PolicyFunctions.load(files, {
    milliseconds: 10_000,
    millisecondsInAll: 5_000,
    megabytes: 96,
    ...limits,
  })
  return {
    problems: problems.map(each => each.message.replace(name, 'f.mjs')),
    ask: (value: Parameters<PolicyFunctions['passes']>[2]) => functions.passes(name, 'known-names', value),
    /** What a call ends with, and how long that takes, in milliseconds. */
    failure(value: string) {
      const began = performance.now()
      try {
        return { said: String(functions.passes(name, 'known-names', value)), took: 0 }
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error
        const [problem] = error.problems
        return { said: problem?.message.replace(name, 'f.mjs') ?? '', took: performance.now() - began }
      }
    },
    [Symbol.dispose]: () => functions.close(),
  }
}

describe('a function of a policy', () => {
  test('is asked of a value and answers; what it throws or answers otherwise is no yes', async () => {
    using brief = await loaded('export default value => value.length < 5')
    expect(brief.problems).toEqual([])
    expect([brief.ask('abc'), brief.ask('abcdef'), brief.ask(undefined), brief.ask(null)]).toEqual([
      true,
      false,
      false,
      false,
    ])
    using odd = await loaded('export default async () => true')
    expect(odd.ask('a')).toBe(false)
  })

  test('gets lists and mappings, and can’t change what others see', async () => {
    using changing = await loaded(
      'export default value => { value.list.push(3); return value.list.length === 3 }',
    )
    const value = { list: [1, 2] }
    expect(changing.ask(value)).toBe(true)
    expect(value.list).toHaveLength(2)
  })

  test('that never ends is ended, with one sentence that names file and rule', async () => {
    using endless = await loaded('export default value => { while (value === "x"); return true }', short)
    expect(endless.ask('a')).toBe(true)
    const { said, took } = endless.failure('x')
    expect(said).toBe('the function f.mjs of the rule known-names did not answer within 3 s and was ended')
    expect(took).toBeLessThan(12_000)
    // It is not tried again for every other entity.
    const again = endless.failure('y')
    expect(again.said).toBe(said)
    expect(again.took).toBeLessThan(500)
  })

  test.each([
    ['objects', 'const all = []; for (;;) all.push({ a: Array(1000).fill(all.length) })'],
    ['buffers', 'const all = []; for (;;) all.push(Buffer.alloc(10_000_000, 1))'],
    ['a text', 'let text = "x".repeat(1000); for (;;) text = (text + text).split("").reverse().join("")'],
    ['a list that no engine can hold', 'return "x".repeat(2 ** 29 - 24).split("").length > 0'],
  ])('that fills the memory with %s is ended', async (_name, body) => {
    // A busy machine takes its time to fill so much.
    const patient = { milliseconds: 60_000, millisecondsInAll: 60_000 }
    using bomb = await loaded(`export default () => { ${body} }`, patient)
    const before = process.memoryUsage.rss()
    expect(bomb.failure('x').said).toBe(
      'the function f.mjs of the rule known-names took more than 96 MB of memory and was ended',
    )
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(1_000)
  })

  test('that takes a little too long each time is ended for all of it together', async () => {
    using slow = await loaded(
      'export default () => { const end = Date.now() + 60; while (Date.now() < end); return true }',
      { millisecondsInAll: 400 },
    )
    const said = Array.from({ length: 20 }, (_, i) => slow.failure(`v${i}`).said)
    expect(said.filter(each => each === 'true').length).toBeLessThan(8)
    expect(said.at(-1)).toContain('took more than 0.4 s in all and was ended')
  })

  test('whose module never ends, or is a bomb, is told while it is loaded', async () => {
    using endless = await loaded('for (;;);\nexport default () => true', short)
    expect(endless.problems).toEqual([
      'the function f.mjs did not answer within 3 s and was ended while it was loaded',
    ])
    using waiting = await loaded('await new Promise(() => {})\nexport default () => true', short)
    expect(waiting.problems).toEqual(endless.problems)
    using broken = await loaded('export default (')
    expect(broken.problems.join()).toMatch(/^the function f\.mjs can't be used: /)
  })

  test('that ends the process is told, and ends nothing else', async () => {
    using leaving = await loaded('export default () => process.exit(0)')
    expect(leaving.failure('x').said).toContain('ended the process that it ran in')
  })

  test('sees no environment', async () => {
    using curious = await loaded('export default () => Object.keys(process.env).length === 0')
    expect(curious.ask('x')).toBe(true)
  })
})

test('a check whose policy names an endless function ends with a problem, and does not pass', async () => {
  await using repository = await governed()
  await repository.configure('functions: [functions]')
  await repository.write('functions/loop.js', 'export default () => { for (;;); }\n')
  await repository.write(
    'policies/timeouts.yaml',
    policyText({ state: 'candidate', assert: '{ name: { function: functions/loop.js } }', examples: '[]' }),
  )
  await repository.write(
    'kong/kong.yaml',
    '_format_version: "3.0"\nservices: [{ name: payouts, host: payouts.internal }]\n',
  )
  const workspace = await repository.workspace()
  const report = await check(workspace, workspace.targets, { live: false }, new AbortController().signal)
  expect(report.ok ? [] : report.error.map(each => each.message)).toEqual([
    'the function functions/loop.js of the rule timeouts did not answer within 2 s and was ended',
  ])
})
