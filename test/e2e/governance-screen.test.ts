import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Driver } from './driver.ts'
import { type GovernedDemo, serveDemo } from './governed-demo.ts'

let demo: GovernedDemo
let work: string
beforeAll(async () => {
  demo = await serveDemo()
  work = mkdtempSync(join(tmpdir(), 'gatewatch-editor-'))
})
afterAll(async () => {
  await demo[Symbol.asyncDispose]()
  await rm(work, { recursive: true })
})

/** An editor that writes down what it was asked for, and shows itself until a key is pressed. */
function editor(): { readonly command: string; readonly asked: () => string } {
  const asked = join(work, 'asked')
  const command = join(work, 'vim')
  writeFileSync(command, `#!/bin/sh\nprintf '%s\\n' "$@" > '${asked}'\nprintf 'EDITOR HERE'\nread -r _\n`)
  chmodSync(command, 0o755)
  return { command, asked: () => readFileSync(asked, 'utf8') }
}

test.each([
  [80, 24],
  [200, 60],
])(
  'Governance at %ix%i: findings with their lines, policies, waivers and coverage',
  async (columns, rows) => {
    await using console = Driver.start(['console', '--config', join(demo.folder, 'gatewatch.yaml')], {
      columns,
      rows,
      cwd: demo.folder,
      env: { GATEWATCH_STATE_DIR: demo.state },
    })
    await console.waitFor('EXPOSED')
    console.press('4')
    await console.waitFor(/2 block, 2 error, .*1 waived/)
    await console.waitFor(/^> {2}block prod-eu\s+live\s+route disputes-list/m)
    expect(
      await console.waitFor(/specs\/disputes\.yaml:13 GET \/disputes → kong\/disputes\.yaml:33/),
    ).toMatch(/PROD prod-eu {2}route disputes-list: nothing authenticates its callers/)
    console.press('tab')
    await console.waitFor(/\[policies \d+\][\s\S]*timeouts\s+unverified/)
    console.press('tab')
    await console.waitFor(/\[waivers 1\][\s\S]*active\s+route-without-authentication/)
    console.press('tab')
    await console.waitFor(
      /\[coverage prod \d+%\][\s\S]*PROD {2}\d+% {2}\d+ of \d+ routes, \d+ of \d+ operations/,
    )
    expect(console.lines()).toHaveLength(rows)
    console.press('q')
    expect(await console.exited).toBe(0)
  },
)

test('a waiver is asked for in the console, written to its file, and opened in the editor at its line', async () => {
  const { command, asked } = editor()
  await using console = Driver.start(['console', '--config', join(demo.folder, 'gatewatch.yaml')], {
    columns: 120,
    rows: 32,
    cwd: demo.folder,
    env: { GATEWATCH_STATE_DIR: demo.state, VISUAL: command },
  })
  try {
    await console.waitFor('EXPOSED')
    console.press('4')
    await console.waitFor(/2 block, 2 error, .*1 waived/)
    console.press('j')
    await console.waitFor(/^> {2}block prod-eu\s+live\s+route refunds-list/m)
    console.press('w')
    await console.waitFor('Waive > route-without-authentication')
    console.type('The partner signs requests itself')
    await console.waitFor(/reason\s+The partner signs requests itself/)
    console.press('esc')
    await console.waitFor('Y write it')
    console.press('Y')
    await console.waitFor(/WRITTEN {2}waivers\/waivers\.yaml:2/)
    const written = readFileSync(join(demo.folder, 'waivers', 'waivers.yaml'), 'utf8')
    expect(written).toMatch(
      /rule: route-without-authentication\n\s+entity: route refunds-list\n\s+target: prod-eu/,
    )
    expect(written).toContain('reason: The partner signs requests itself')
    console.press('e')
    await console.waitFor('EDITOR HERE')
    expect(console.isFullScreen).toBe(false)
    expect(asked()).toBe(`+2\n${join(demo.folder, 'waivers', 'waivers.yaml')}\n`)
    console.press('enter')
    await console.waitFor(screen => console.isFullScreen && screen.includes('WRITTEN'))
    // It counts once it is approved: until then it is a finding itself.
    console.press('4', 'tab', 'tab')
    await console.waitFor(/not approved\s+route-without-authentication/)
    console.press('tab', 'tab')
    await console.waitFor(/2 block, 3 error, .*1 waived/)
  } finally {
    demo.git('clean', '-qfd')
  }
})

test('a missing editor is reported, and the console goes on', async () => {
  await using console = Driver.start(['console', '--config', join(demo.folder, 'gatewatch.yaml')], {
    cwd: demo.folder,
    env: { GATEWATCH_STATE_DIR: demo.state, VISUAL: '/nowhere/vim' },
  })
  await console.waitFor('EXPOSED')
  console.press('4')
  await console.waitFor(/2 block, 2 error/)
  console.press('e')
  await console.waitFor('/nowhere/vim was not found')
  console.press('k')
  await console.waitFor(/^>- block/m)
})
