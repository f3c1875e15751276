import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { gatewatch, project, runProgram } from '../program.ts'

const started = z.object({
  config: z.string(),
  state: z.string(),
  gateways: z.array(z.object({ name: z.string(), adminUrl: z.string() })),
})

it('the demo without a terminal prints the state of the fleet and how each target differs, and exits 0', async () => {
  const { code, out } = await gatewatch(['demo'])
  expect(code).toBe(0)
  const [needs = '', targets = ''] = out.split(/^TARGET/m)
  expect(needs).toMatch(/EXPOSED\s+prod-eu\s+2 routes lost key-auth\s+14m\s+who unknown/)
  expect(needs).toMatch(/HALF-DONE\s+prod-us/)
  expect(needs).toMatch(/UNSEEN\s+prod-ap/)
  expect(needs).toMatch(/CONFLICT\s+prod-eu\s+batch read_timeout/)
  expect(needs).toMatch(/EDITED\s+staging/)
  expect(needs).toMatch(/AHEAD\s+staging/)
  // A gateway that does not answer is unknown, and marks no row but its own.
  expect(targets).toMatch(/^prod-ap\s+prod\s+timeout\s+\?\s+\?\s+\?\s+\?/m)
  expect(targets).toMatch(/^dev\s+dev\s+\d+ms\s+0\s+0\s+0\s+0/m)
  expect(out).toMatch(/service batch {2}conflict {2}kong\/batch\.yaml:\d+/)
  expect(out).toMatch(/entities at the gateway not ours, never touched/)
})

it('npm start prints the state of the demo fleet through a pipe', async () => {
  const { code, out } = await runProgram('npm', ['start', '--silent'], { cwd: project })
  expect(code).toBe(0)
  expect(out).toMatch(/^payments {2}main@/)
  expect(out).toContain('EXPOSED')
})

it('a served demo is a fleet for every other command, and leaves nothing behind', async () => {
  const { spawn } = await import('node:child_process')
  const child = spawn(process.execPath, [`${project}/dist/gatewatch.js`, 'demo', '--serve'])
  const line = await new Promise<string>(resolve => child.stdout.once('data', data => resolve(String(data))))
  const fleet = started.parse(JSON.parse(line))
  const options = { env: { GATEWATCH_STATE_DIR: fleet.state } }
  const prod = ['--config', fleet.config, '--target', 'prod-eu']
  try {
    expect(fleet.gateways.length).toBeGreaterThanOrEqual(6)
    const diff = await gatewatch(['diff', ...prod, '--output', 'json'], options)
    expect(diff.code).toBe(2)
    const causes = new Set(
      z
        .object({ changes: z.array(z.object({ cause: z.string() })) })
        .parse(JSON.parse(diff.out))
        .changes.map(each => each.cause),
    )
    expect([...causes].sort()).toEqual(['conflict', 'edited live', 'git ahead'])
    const before = await gatewatch(['diff', ...prod, '--ref', 'HEAD~6', '--output', 'json'], options)
    expect(JSON.parse(before.out).changes.length).not.toBe(JSON.parse(diff.out).changes.length)
    const synced = await gatewatch(['sync', ...prod, '--yes', '--confirm', 'prod-eu'], options)
    expect(synced.out).toContain('CLOSED')
    expect((await gatewatch(['diff', ...prod], options)).code).toBe(0)
    const fleetNow = await gatewatch(['fleet', '--config', fleet.config], options)
    expect(fleetNow.out).not.toContain('EXPOSED')
  } finally {
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGTERM')
    await gone
  }
  expect(existsSync(fleet.config)).toBe(false)
})
