import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCommand } from '../command-run.ts'
import { GatewayBed } from '../gateway-bed.ts'

it('a sync that leaves out what others own does not call it in sync', async () => {
  await using bed = await GatewayBed.start()
  const work = mkdtempSync(join(tmpdir(), 'gatewatch-standing-'))
  try {
    await bed.request('POST', '/services', { name: 'theirs', host: 'h', tags: ['team-b'] })
    const file = join(work, 'kong.yaml')
    const services = ['mine', 'theirs'].map(name => ({ name, host: 'h' }))
    writeFileSync(
      file,
      JSON.stringify({ _format_version: '3.0', _info: { select_tags: ['team-a'] }, services }),
    )
    const run = (...words: string[]) =>
      runCommand(['sync', '--yes', ...words, '--kong-addr', bed.address, file], {
        cwd: work,
        env: { GATEWATCH_STATE_DIR: join(work, 'state') },
      })
    const ended = await run()
    expect(ended.out).toContain('in sync, except for 1 difference listed above')
    expect(ended.err).toContain('team-b')
    expect(ended.code).toBe(1)
    expect(JSON.parse((await run('--output', 'json')).out)).toMatchObject({ done: 0, standing: 1 })
  } finally {
    await rm(work, { recursive: true })
  }
})
