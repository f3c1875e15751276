import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ProblemError } from '../../src/model/problem.ts'
import { check } from '../../src/workflows/governance/check.ts'
import {
  type FunctionLimits,
  PolicyFunctions,
} from '../../src/workflows/governance/policies/policy-functions.ts'
import { endedAfterSeconds, severalRulesets } from '../timeouts.ts'
import { governed, policyText } from './governance-repository.ts'

const work = mkdtempSync(join(tmpdir(), 'gatewatch-functions-'))
afterAll(() => rm(work, { recursive: true }))

let number = 0

const short = { milliseconds: 3000 }
const now = new Date('2026-05-04T03:02:01Z')

/** Loads a function by its source. */
async function loaded(code: string, limits: Partial<FunctionLimits> = {}) {
  number += 1
  const name = `f${number}.mjs`
  // Code that took too long is not tried again in a process: each test has its own.
  writeFileSync(join(work, name), `${code}\n// ${number}`)
  const places = { root: work, allowed: ['.'], now }
  const { functions, problems } = await PolicyFunctions.load([name], places, {
    milliseconds: 10_000,
    millisecondsInAll: 5_000,
    megabytes: 64,
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
  test('is called with a value and returns an answer; an exception or any answer but true is not a yes', async () => {
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

  test(
    'that never ends is ended, with one sentence that names file and rule',
    endedAfterSeconds,
    async () => {
      using endless = await loaded('export default value => { while (value === "x"); return true }', short)
      expect(endless.ask('a')).toBe(true)
      const { said, took } = endless.failure('x')
      expect(said).toBe('the function f.mjs of the rule known-names did not answer within 3 s and was ended')
      expect(took).toBeLessThan(12_000)
      // It is not tried again for every other entity.
      const again = endless.failure('y')
      expect(again.said).toBe(said)
      expect(again.took).toBeLessThan(500)
    },
  )

  test.each([
    ['objects', 'const all = []; for (;;) all.push({ a: Array(1000).fill(all.length) })'],
    ['small objects', 'const all = []; for (;;) all.push({ a: [all.length] })'],
    ['buffers', 'const all = []; for (;;) all.push(new Uint8Array(10_000_000))'],
    ['a text', 'let text = "x".repeat(1000); for (;;) text = (text + text).split("").reverse().join("")'],
    ['a list that no engine can hold', 'return "x".repeat(2 ** 29 - 24).split("").length > 0'],
  ])('that fills the memory with %s is ended', endedAfterSeconds, async (_name, body) => {
    // A busy machine takes its time to fill so much.
    const patient = { milliseconds: 60_000, millisecondsInAll: 60_000 }
    using bomb = await loaded(`export default () => { ${body} }`, patient)
    const before = process.memoryUsage.rss()
    expect(bomb.failure('x').said).toMatch(
      /^the function f\.mjs of the rule known-names can't be called: out of memory(, or it threw null)?$/,
    )
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(200)
  })

  test(
    'that takes a little too long each time is ended for all of it together',
    endedAfterSeconds,
    async () => {
      using slow = await loaded('export default value => { for (let i = 0; i < 2e6; i += 1); return true }', {
        millisecondsInAll: 400,
      })
      const said = Array.from({ length: 20 }, (_, i) => slow.failure(`v${i}`).said)
      expect(said.filter(each => each === 'true').length).toBeLessThan(8)
      expect(said.at(-1)).toContain('took more than 0.4 s in total and was ended')
    },
  )

  test(
    'whose module never ends, or is a bomb, is reported while it is loaded',
    endedAfterSeconds,
    async () => {
      using endless = await loaded('for (;;);\nexport default () => true', short)
      expect(endless.problems).toEqual(['the function f.mjs did not load within 3 s and was ended'])
      using waiting = await loaded('await new Promise(() => {})\nexport default () => true', short)
      expect(waiting.problems).toEqual([
        "the function f.mjs can't be used: it waits for something that never comes",
      ])
      using chained = await loaded(
        'await (async () => { for (;;) await null })()\nexport default () => true',
        short,
      )
      expect(chained.problems).toEqual(endless.problems)
      using broken = await loaded('export default (')
      expect(broken.problems.join()).toMatch(/^the function f\.mjs can't be used: /)
    },
  )

  test('has no clock and no randomness: its answer for a value is the same at any time', async () => {
    using timed = await loaded(
      "export default value => new Date(value) < new Date() && Date.now() === Date.parse('2026-05-04T03:02:01Z')",
    )
    expect([timed.ask('2026-05-04T03:02:00Z'), timed.ask('2026-05-04T03:02:02Z')]).toEqual([true, false])
    using zoned = await loaded('export default value => new Date(2026, 6, 1).getTimezoneOffset() === 0')
    expect(zoned.ask('x')).toBe(true)
    using random = await loaded('export default () => Math.random() < 2')
    expect(random.failure('x').said).toMatch(/can't be called: Math\.random is not there/)
  })

  test('imports files beside it, JSON too, and nothing else', severalRulesets, async () => {
    writeFileSync(join(work, 'names.json'), '["payouts"]')
    writeFileSync(
      join(work, 'known.mjs'),
      "import names from './names.json'\nexport const known = name => names.includes(name)",
    )
    using split = await loaded("import { known } from './known.mjs'\nexport default known")
    expect(split.problems).toEqual([])
    expect([split.ask('payouts'), split.ask('other')]).toEqual([true, false])
    using outside = await loaded("import text from '../../etc/passwd'\nexport default () => true")
    expect(outside.problems).toEqual([
      "the function f.mjs can't be used: ../../etc/passwd is not in an allowed folder",
    ])
    using machine = await loaded("import 'node:fs'\nexport default () => true")
    expect(machine.problems).toEqual([
      'the function f.mjs can\'t be used: it imports "node:fs": a function can only import files, such as "./names.js"',
    ])
  })

  test(
    'that took too long is not tried again, though policies are read again',
    endedAfterSeconds,
    async () => {
      const code = 'export default () => { for (;;); } // the same each time'
      const name = 'again.mjs'
      writeFileSync(join(work, name), code)
      const places = { root: work, allowed: ['.'], now }
      const limits = { milliseconds: 1_000, millisecondsInAll: 5_000, megabytes: 64 }
      const took: number[] = []
      for (const _ of [1, 2]) {
        const { functions } = await PolicyFunctions.load([name], places, limits)
        const began = performance.now()
        expect(() => functions.passes(name, 'a-rule', 'x')).toThrow(
          'of the rule a-rule did not answer within 1 s',
        )
        took.push(performance.now() - began)
        functions.close()
      }
      expect(took[0]).toBeGreaterThan(900)
      expect(took[1]).toBeLessThan(500)
    },
  )

  test('that never ends does not prevent others from answering', endedAfterSeconds, async () => {
    writeFileSync(join(work, 'endless.mjs'), 'export default () => { for (;;); }')
    writeFileSync(join(work, 'brief.mjs'), 'export default value => value === "a"')
    const places = { root: work, allowed: ['.'], now }
    const limits = { milliseconds: 1_000, millisecondsInAll: 5_000, megabytes: 64 }
    const { functions } = await PolicyFunctions.load(['endless.mjs', 'brief.mjs'], places, limits)
    expect(() => functions.passes('endless.mjs', 'one', 'x')).toThrow(
      'endless.mjs of the rule one did not answer',
    )
    expect([functions.passes('brief.mjs', 'two', 'a'), functions.passes('brief.mjs', 'two', 'b')]).toEqual([
      true,
      false,
    ])
    functions.close()
  })
})

test(
  'a check whose policy names an endless function reports it, and what the other rules find',
  endedAfterSeconds,
  async () => {
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
    const project = await repository.project()
    const report = await check(project, project.targets, { live: false }, new AbortController().signal)
    expect(report.ok && report.value.problems.map(each => each.message)).toEqual([
      'the function functions/loop.js of the rule timeouts did not answer within 2 s and was ended',
    ])
    // What the other rules find stands all the same.
    expect(report.ok && report.value.findings.map(each => each.rule)).not.toEqual([])
    expect(report.ok && report.value.unknown.get('timeouts')).toBeGreaterThan(0)
  },
)
