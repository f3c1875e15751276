import { expect, it } from 'vitest'
import { type Ended, gatewatch } from '../program.ts'
import { type Scratch, scratch } from '../unit/repo-scratch.ts'

const manifest = (minute: number, key: string, more = ''): string => `
_format_version: "3.0"
services:
- name: payments
  url: http://payments.internal:8080
  routes:
  - name: list
    paths: [/payments]
  plugins:
  - name: rate-limiting
    config: {minute: ${minute}, policy: local}
consumers:
- username: shop
  keyauth_credentials:
  - key: ${key}
${more}`

const run = (repo: Scratch, ...args: string[]): Promise<Ended> =>
  gatewatch(['diff', ...args], {
    cwd: repo.folder,
    env: { GATEWATCH_STATE_DIR: `${repo.folder}/.git/state` },
  })

it('compares two commits without a gateway: text, JSON, Markdown, exit code', async () => {
  await using repo = await scratch()
  await repo.write('kong/all.yaml', manifest(60, 'canary-old-key-aaaaa'))
  await repo.commit('first')
  // The gateway's default, now written out, and a comment: no change.
  await repo.write(
    'kong/all.yaml',
    manifest(60, 'canary-old-key-aaaaa', '# retries: 5\n').replace('8080', '8080\n  retries: 5'),
  )
  await repo.commit('defaults written out')
  expect(await run(repo, '--base', 'HEAD~1', '--head', 'HEAD', 'kong')).toMatchObject({ code: 0, err: '' })

  await repo.write('kong/all.yaml', manifest(90, 'canary-old-key-aaaaa'))
  await repo.write(
    'kong/more.yaml',
    '_format_version: "3.0"\nservices:\n- name: "a|b <img>"\n  url: http://x.internal\n',
  )
  await repo.commit('raise the limit', 'maria')
  const text = await run(repo, '--base', 'HEAD~1', '--head', 'HEAD', 'kong')
  expect(text.code).toBe(2)
  expect(text.out).toContain('1 to create, 1 to update, 0 to delete')
  expect(text.out).toMatch(/config\.minute +base 60 → head 90/)
  expect(text.out).toContain('maria')
  expect(text.out).not.toContain('unattributed')

  const json = await run(repo, '--base', 'HEAD~1', '--head', 'HEAD', '--output', 'json', 'kong')
  expect(JSON.parse(json.out)).toMatchObject({
    summary: { create: 1, update: 1, delete: 0 },
    changes: [
      {
        operation: 'create',
        kind: 'service',
        name: 'a|b <img>',
        source: { file: 'kong/more.yaml', line: 3 },
      },
      {
        operation: 'update',
        kind: 'plugin',
        fields: [{ path: 'config.minute', base: 60, head: 90 }],
        source: { file: 'kong/all.yaml' },
      },
    ],
  })

  const markdown = await run(repo, '--base', 'HEAD~1', '--head', 'HEAD', '--output', 'markdown', 'kong')
  expect(markdown.code).toBe(2)
  expect(markdown.out).toContain('| <code>config.minute</code> | <code>60</code> | <code>90</code> |')
  expect(markdown.out).not.toContain('<img>')
  for (const line of markdown.out.split('\n').filter(each => each.startsWith('|')))
    expect(line.split('|'), line).toHaveLength(8)
})

it('reads the work tree if no head is named, accepts a new manifest, and hides keys', async () => {
  await using repo = await scratch()
  await repo.commit('nothing yet')
  await repo.write('kong.yaml', manifest(60, 'canary-old-key-aaaaa'))
  const made = await run(repo, '--base', 'HEAD', '--output', 'json', 'kong.yaml')
  expect(JSON.parse(made.out)).toMatchObject({ summary: { create: 5, update: 0, delete: 0 } })
  await repo.commit('made')
  await repo.write('kong.yaml', manifest(60, 'canary-new-key-bbbbb'))
  for (const output of ['text', 'json', 'yaml', 'markdown']) {
    const changed = await run(repo, '--base', 'HEAD', '--output', output, 'kong.yaml')
    expect(changed.code).toBe(2)
    expect(changed.out + changed.err).not.toContain('canary')
  }
})

it('reports what is wrong with the commits', async () => {
  await using repo = await scratch()
  await repo.commit('nothing yet')
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['--head', 'HEAD', 'kong.yaml'], /--head needs --base/],
    [['--base', 'nowhere', 'kong.yaml'], /nowhere/],
    [['--base', 'HEAD', '--head', 'HEAD', 'kong.yaml'], /"kong.yaml" is not at commit/],
    [['--base', 'HEAD'], /no gatewatch.yaml/],
  ]
  for (const [args, said] of cases) {
    const ended = await run(repo, ...args)
    expect(ended).toMatchObject({ code: 1, out: '' })
    expect(ended.err).toMatch(said)
  }
})
