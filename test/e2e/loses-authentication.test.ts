import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { project } from '../program.ts'
import { Driver } from './driver.ts'

const served = z.object({ config: z.string(), state: z.string() })

it('the review of a sync that would open a route names the requests that lose authentication', async () => {
  const demo = spawn(process.execPath, [join(project, 'dist', 'gatewatch.js'), 'demo', '--serve'])
  try {
    const line = await new Promise<string>(resolve => demo.stdout.once('data', data => resolve(String(data))))
    const { config, state } = served.parse(JSON.parse(line))
    // Someone takes the key off a route in Git.
    const file = join(dirname(config), 'kong', 'disputes.yaml')
    const manifest = readFileSync(file, 'utf8')
    const without = manifest.replace(/( +)- name: key-auth\n(\1 .*\n)+/, '')
    expect(without).not.toBe(manifest)
    writeFileSync(file, without)
    await using console = Driver.start(['console', '--config', config, '--target', 'staging'], {
      columns: 120,
      rows: 36,
      env: { GATEWATCH_STATE_DIR: state },
    })
    await console.waitFor('AHEAD')
    console.press('2')
    await console.waitFor(/plugin key-auth for route disputes-\w+\s+delete/)
    console.press('s')
    const review = await console.waitFor('CONFIRM')
    expect(review).toMatch(/POSTURE.*! disputes-\w+ LOSES AUTHENTICATION: key-auth → nothing authenticates/)
    expect(review).toMatch(/! (GET|POST) api\.pay\.example\/disputes\S* LOSES AUTHENTICATION/)
  } finally {
    demo.kill('SIGTERM')
  }
})
