import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCommand } from '../command-run.ts'
import { GatewayBed } from '../gateway-bed.ts'
import { severalProcesses } from '../timeouts.ts'
import { scratch } from './repo-scratch.ts'

const manifest = `_format_version: "3.0"
services:
- name: pay
  url: \${{ env "DECK_URL" }}
  retries: \${{ env "DECK_RETRIES" | toInt }}
  enabled: \${{ env "DECK_ENABLED" | toBool }}
  routes:
  - name: r
    paths: ["/\${{ env "DECK_PATH" }}"]
  plugins:
  - name: rate-limiting
    config: {minute: \${{ env "DECK_MINUTE" | toInt }}, policy: local}
consumers:
- username: shop
  keyauth_credentials:
  - key: \${{ env "DECK_KEY" }}
certificates:
- id: 0a0a0a0a-0000-4000-8000-000000000001
  cert: |
    \${{ env "DECK_CERT" | indent 4 }}
  key: "\${{ env "DECK_CERT_KEY" }}"
`

describe('two commits whose manifests need variables', () => {
  it(
    'are compared without the values; another name, or another use of it, is a change',
    severalProcesses,
    async () => {
      await using repo = await scratch()
      const diff = async () => {
        const env = { GATEWATCH_STATE_DIR: join(repo.folder, '.git', 'state') }
        const args = ['diff', '--base', 'HEAD~1', '--head', 'HEAD', '-o', 'json', 'kong.yaml']
        const ended = await runCommand(args, { cwd: repo.folder, env })
        expect(ended.err).toBe('')
        return JSON.parse(ended.out).changes.map(
          (change: { name: string; fields: { path: string; head: unknown }[] }) =>
            `${change.name}: ${change.fields.map(field => `${field.path} ${field.head}`).join(', ')}`,
        )
      }
      await repo.write('kong.yaml', manifest)
      await repo.commit('first')
      await repo.write('kong.yaml', `# only words\n${manifest}`)
      await repo.commit('words')
      expect(await diff()).toEqual([])
      for (const [from, to, change] of [
        ['DECK_URL', 'DECK_OTHER', 'pay: host $DECK_OTHER'],
        ['DECK_RETRIES', 'DECK_OTHER', 'pay: retries $DECK_OTHER|toInt'],
        ['DECK_ENABLED', 'DECK_OTHER', 'pay: enabled $DECK_OTHER|toBool'],
        ['DECK_PATH', 'DECK_OTHER', 'r: paths /$DECK_OTHER'],
        ['DECK_MINUTE', 'DECK_OTHER', 'rate-limiting for service pay: config.minute $DECK_OTHER|toInt'],
        ['DECK_CERT_KEY', 'DECK_OTHER', '0a0a0a0a-0000-4000-8000-000000000001: key ••••'],
      ] as const) {
        await repo.write('kong.yaml', manifest.replace(from, to))
        await repo.commit(from)
        expect(await diff()).toEqual([change])
        await repo.write('kong.yaml', manifest)
        await repo.commit('back')
      }
    },
  )

  it('still report what is wrong with them', async () => {
    await using repo = await scratch()
    const env = { GATEWATCH_STATE_DIR: join(repo.folder, '.git', 'state') }
    await repo.write('kong.yaml', manifest)
    await repo.commit('first')
    for (const [from, to, said] of [
      ['DECK_URL', 'URL', 'not decK'],
      ['| toInt', '| toInteger', 'toInteger'],
      ['retries:', 'retires:', 'retries'],
      ['policy: local', 'policy: [${{ env "DECK_X" }}', 'kong.yaml:'],
    ] as const) {
      await repo.write('kong.yaml', manifest.replace(from, to))
      const ended = await runCommand(['diff', '--base', 'HEAD', 'kong.yaml'], { cwd: repo.folder, env })
      expect(ended.err).toContain(said)
      expect(ended.code).toBe(1)
    }
  })

  it('do not affect a diff with a gateway: a text that only looks like a variable is refused', async () => {
    const work = mkdtempSync(join(tmpdir(), 'gatewatch-variables-'))
    writeFileSync(join(work, 'kong.yaml'), '_format_version: "3.0"\nservices:\n- {name: a, url: $DECK_URL}\n')
    const ended = await runCommand(['validate', 'kong.yaml'], { cwd: work })
    expect(ended.out).toContain('kong.yaml:3:13: "url" of service a is no URL')
    await rm(work, { recursive: true })
  })
})

it('a live diff and a plan can be Markdown too, in which values are escaped', async () => {
  await using bed = await GatewayBed.start()
  const work = mkdtempSync(join(tmpdir(), 'gatewatch-markdown-'))
  try {
    await bed.request('POST', '/services', { name: 'gone', host: 'h' })
    writeFileSync(
      join(work, 'kong.yaml'),
      '_format_version: "3.0"\nservices:\n- name: new\n  host: h\n  routes: [{name: open, paths: [/]}]\nconsumers: [{username: "a|b <img>", keyauth_credentials: [{key: CANARY}]}]\n',
    )
    const run = (...args: string[]) =>
      runCommand([...args, '--kong-addr', bed.address, 'kong.yaml'], {
        cwd: work,
        env: { GATEWATCH_STATE_DIR: join(work, 'state') },
      })
    for (const args of [
      ['diff', '-o', 'markdown'],
      ['plan', '--output', 'markdown'],
    ]) {
      const { out, code } = await run(...args)
      expect(code).toBe(2)
      expect(out).toContain('4 to create, 0 to update, 1 to delete')
      expect(out).toContain('| | Entity | Field | Live | Git | Cause | Where |')
      expect(out).toContain('| to delete | service <code>gone</code> |')
      expect(out).not.toMatch(/<img>|CANARY/)
      for (const line of out.split('\n').filter(each => each.startsWith('|')))
        expect(line.split('|'), line).toHaveLength(9)
    }
    expect((await run('plan', '--output', 'markdown')).out).toContain('- **open new and open')
    await bed.clear()
    writeFileSync(join(work, 'kong.yaml'), '_format_version: "3.0"\n')
    expect((await run('diff', '-o', 'markdown')).out).toContain('In sync')
    expect((await run('plan', '--output', 'markdown')).out).toContain('Nothing to do.')
  } finally {
    await rm(work, { recursive: true })
  }
})
