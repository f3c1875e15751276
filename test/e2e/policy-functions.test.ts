import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Driver } from './driver.ts'
import { type GovernedDemo, serveDemo } from './governed-demo.ts'

let demo: GovernedDemo
beforeAll(async () => {
  demo = await serveDemo()
})
afterAll(() => demo[Symbol.asyncDispose]())

const policy = `id: short-names
title: Services have short names
state: candidate
severity: error
select: { kind: service }
assert: { name: { function: policies/functions/short.js } }
rationale: Long names are cut on every screen.
fix: Name it shorter.
`

/** The demo's repository with a policy that asks a function of this code. */
function files(code: string): Readonly<Record<string, string>> {
  const config = readFileSync(join(demo.folder, 'gatewatch.yaml'), 'utf8')
  return {
    'gatewatch.yaml': config.replace('governance:\n', 'governance:\n  functions: [policies/functions]\n'),
    'policies/short-names.yaml': policy,
    'policies/functions/short.js': code,
  }
}

test('a JavaScript function runs in the built program too', async () => {
  await demo.withFiles(files('export default name => name.length < 13\n'), async () => {
    const found = await demo.findings('--target', 'prod-eu')
    expect(found.filter(each => each.rule === 'short-names').map(each => each.name)).toEqual([
      'legacy-export',
    ])
  })
})

test('an endless function ends the check with one message, and the console goes on without findings', async () => {
  await demo.withFiles(
    files('export default name => { while (name.length > 5); return true }\n'),
    async () => {
      const sentence =
        'the function policies/functions/short.js of the rule short-names did not answer within 2 s and was ended'
      const ended = await demo.run('check', '--target', 'prod-eu')
      expect(ended.code).toBe(1)
      expect(ended.err).toContain(sentence)
      await using console = Driver.start(
        ['console', '--config', join(demo.folder, 'gatewatch.yaml'), '--target', 'prod-eu'],
        { columns: 200, rows: 30, cwd: demo.folder, env: { GATEWATCH_STATE_DIR: demo.state } },
      )
      await console.waitFor('EXPOSED')
      console.press('4')
      await console.waitFor(sentence)
      console.press('1')
      // Not known is not none.
      await console.waitFor(/prod-eu .*\? {2}2h mira/)
      console.press('q')
      expect(await console.exited).toBe(0)
    },
  )
})
