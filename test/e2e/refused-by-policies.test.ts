import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { gatewatch, project } from '../program.ts'
import { Driver } from './driver.ts'

const served = z.object({ config: z.string(), state: z.string() })

it('in the console too, a sync that would open a production route is refused by policies, and nothing is sent', async () => {
  const demo = spawn(process.execPath, [join(project, 'dist', 'gatewatch.js'), 'demo', '--serve'])
  try {
    const line = await new Promise<string>(resolve => demo.stdout.once('data', data => resolve(String(data))))
    const { config, state } = served.parse(JSON.parse(line))
    const env = { GATEWATCH_STATE_DIR: state }
    const target = ['--config', config, '--target', 'prod-us']
    const before = await gatewatch(['diff', ...target, '--output', 'json'], { env })
    // Someone takes the only authentication of disputes-open away in Git.
    const file = join(dirname(config), 'kong', 'disputes.yaml')
    const manifest = readFileSync(file, 'utf8')
    writeFileSync(file, manifest.replace(/( +)- name: key-auth\n(\1 .*\n)+/, ''))
    await using console = Driver.start(['console', ...target], { columns: 140, rows: 40, env })
    await console.waitFor('AHEAD')
    console.press('2')
    await console.waitFor('19 changes')
    console.press('s')
    await console.waitFor(/LOSES AUTHENTICATION/)
    console.press('Y')
    const next = await console.waitFor(/type prod-us and enter|refuse/)
    if (!/refuse/.test(next)) {
      console.type('prod-us')
      console.press('enter')
    }
    expect(await console.waitFor(/refuse/)).toMatch(/disputes-open/)
    console.press('esc', 'q')
    writeFileSync(file, manifest)
    const after = await gatewatch(['diff', ...target, '--output', 'json'], { env })
    expect(JSON.parse(after.out).summary).toEqual(JSON.parse(before.out).summary)
  } finally {
    demo.kill('SIGTERM')
  }
})
