import { describe, expect, test, vi } from 'vitest'
import { api, change, drift, fleet, minutesAgo, need, now, problem, target } from './console-fleet.ts'
import { stage } from './console-stage.ts'
import { FakeWorkflows, usual } from './console-workflows.ts'

const hostile = 'x\x1b[2J\x1b]0;owned\x07\u202egnp.exe\r\nroot'

describe('the first screen', () => {
  test('says in 80x24 what is exposed, since when, by whom, and which key puts it back', async () => {
    await using console = await stage(usual())
    const screen = console.screen()
    expect(screen).toMatch(/^>EXPOSED\s+PROD prod-eu\s+2 routes lost key-auth\s+14m\s+who unknown$/m)
    expect(screen).toMatch(/EXPOSED {2}PROD prod-eu.*since 02:00:07Z, 14m ago/)
    expect(screen).toContain('s put back')
    expect(console.lines()).toHaveLength(24)
    expect(console.lines().at(-1)).toMatch(/\? help$/)
  })

  test('shows question marks, not zeros, for a target that was never read, and marks no other row', async () => {
    await using console = await stage(usual())
    expect(console.screen()).toMatch(/^ {2}prod-ap\s+timeout\s+\?\s+\?\s+\?\s+\?\s+\?\s+\?\s+-/m)
    expect(console.screen()).toMatch(/^ {2}prod-eu\s+31ms\s+now\s+1\s+1\s+0\s+0/m)
  })

  test('marks data from a target as old once the target stops answering', async () => {
    const workflows = usual()
    const old = target('prod-eu', {
      reach: { state: 'failed', problem, attempts: 1 },
      readAt: minutesAgo(16),
      drift: drift('prod-eu', [change('a')]),
    })
    workflows.set(fleet([old]))
    await using console = await stage(workflows)
    expect(console.screen()).toMatch(/^ {2}prod-eu\s+timeout\s+16m!\s+0\s+1/m)
  })

  test('does not say that all is well before anything was read', async () => {
    const unread = {
      reach: { state: 'reading' },
      readAt: null,
      drift: null,
      apis: null,
      exposures: null,
    } as const
    const workflows = new FakeWorkflows(fleet([target('a', unread), target('b', unread)]))
    await using console = await stage(workflows)
    expect(console.screen()).toContain('NEEDS YOU ?   2 targets being read')
    workflows.set(fleet([target('a'), target('b')]))
    await console.settled()
    expect(console.screen()).toContain('NOTHING NEEDS YOU')
  })

  test('a target that is waited for says so in its row, and above all what for and how long', async () => {
    const reason = 'http://a:8001 asks to slow down (429)'
    const ends = new Date(now.getTime() + 12_000)
    const waiting = { target: 'a', reason, until: 'again', milliseconds: 30_000, ends } as const
    await using console = await stage(new FakeWorkflows(fleet([{ ...target('a'), waiting }, target('b')])), {
      columns: 100,
    })
    expect(console.screen()).toMatch(/^ {2}a .*waits 12 s/m)
    expect(console.screen()).not.toMatch(/^ {2}b .*waits/m)
    expect(console.screen()).toContain(`a: ${reason}; trying again in 12 s`)
    expect(console.screen()).not.toContain('NOTHING NEEDS YOU')
  })

  test('a target whose certificate is not checked says so in its row and above each screen about it', async () => {
    const unchecked = { ...target('a'), checksCertificate: false }
    await using console = await stage(new FakeWorkflows(fleet([unchecked, target('b')])))
    expect(console.screen()).toMatch(/^ {2}a .*no TLS check/m)
    expect(console.screen()).not.toMatch(/^ {2}b .*no TLS check/m)
    await console.type('\t')
    await console.type('j')
    expect(console.lines()[0]).toContain('certificate not checked')
    await console.type('\r')
    expect(console.lines()[0]).toContain('certificate not checked')
  })

  test('a target that can’t be read is never all well, even where nothing else is known to need anyone', async () => {
    const failed = target('a', {
      reach: { state: 'failed', problem, attempts: 1 },
      readAt: null,
      drift: null,
    })
    await using console = await stage(new FakeWorkflows(fleet([failed])))
    expect(console.screen()).not.toContain('every target was read')
  })
})

describe('a refresh', () => {
  test('never moves the cursor to another entity', async () => {
    const workflows = usual()
    await using console = await stage(workflows)
    await console.type('j')
    expect(console.screen()).toMatch(/^>UNSEEN/m)
    workflows.set(workflows.view, [
      need('conflict', 'prod-us', { title: 'new and worse' }),
      ...workflows.list.toReversed(),
    ])
    await console.settled()
    expect(console.screen()).toMatch(/^>UNSEEN\s+PROD prod-ap/m)
  })

  test('that removes the selected entity leaves nothing selected: no key acts on its neighbour', async () => {
    const workflows = usual()
    await using console = await stage(workflows)
    await console.type('jj')
    expect(console.screen()).toMatch(/^>AHEAD/m)
    workflows.set(workflows.view, workflows.list.slice(0, 2))
    await console.settled()
    expect(console.screen()).not.toMatch(/^>/m)
    await console.type('s')
    expect(console.lines().at(-1)).toContain('no target is selected')
    await console.type('k')
    expect(console.screen()).toMatch(/^>EXPOSED|^>UNSEEN/m)
  })

  test('that coincides with a key press makes the key ask for another look', async () => {
    const workflows = usual()
    await using console = await stage(workflows)
    await console.type('2')
    await console.type('jj')
    expect(console.screen()).toMatch(/^> {3}~ route refunds-list/m)
    workflows.set(fleet([target('prod-eu', { drift: drift('prod-eu', [change('disputes-list')]) })]))
    // The news is taken over in the same turn in which the key comes, before any frame.
    await new Promise(resolve => setImmediate(resolve))
    console.typeNow('s')
    await console.settled()
    expect(console.screen()).not.toContain('CONFIRM')
  })
})

describe('every screen', () => {
  const screens: readonly (readonly [string, string])[] = [
    ['needs', ''],
    ['drift', '2j'],
    ['inventory', '3'],
    ['review', 's'],
    ['help', '?'],
    ['go to', ':'],
  ]

  test.each(screens)('%s never draws more than the terminal has, at any size', async (_, keys) => {
    await using console = await stage(usual(), { columns: 80, rows: 24 })
    for (const key of keys) await console.type(key)
    for (const [columns, rows] of [
      [40, 8],
      [60, 16],
      [200, 60],
      [20, 4],
      [1, 1],
      [80, 24],
    ] as const) {
      await console.resize(columns, rows)
      expect(console.terminal.buffer.active.baseY).toBe(0)
      if (columns >= 60) {
        expect(console.lines()[1]).toBe('─'.repeat(columns))
        expect(console.lines().at(-2)).toBe('─'.repeat(columns))
      }
    }
  })

  test.each(screens.filter(([name]) => name !== 'help' && name !== 'go to'))(
    '%s says PROD where it is about production',
    async (_, keys) => {
      await using console = await stage(usual())
      for (const key of keys) await console.type(key)
      expect(console.screen()).toContain('PROD')
    },
  )

  test.each(screens)('%s escapes text from outside', async (_, keys) => {
    const name = hostile
    const evil = target('prod-eu', {
      drift: drift('prod-eu', [
        change('disputes-list', {
          id: 'update route disputes-list',
          name,
          fields: [{ path: name, git: name, live: name, base: name, cause: 'conflict' }],
          source: { file: name, line: 1, column: 1 },
        }),
      ]),
      apis: [api(name, { hosts: [name], tags: [name] })],
      lastSync: { at: minutesAgo(1), by: name, done: 1, total: 1 },
    })
    const workflows = new FakeWorkflows({ ...fleet([evil]), name }, [
      need('exposed', 'prod-eu', {
        title: name,
        who: name,
        details: [{ label: name, text: name }],
        changes: ['update route disputes-list'],
      }),
    ])
    await using console = await stage(workflows, { columns: 160, rows: 40 })
    for (const key of keys) await console.type(key)
    expect(console.sent).not.toContain('owned\x07')
    expect(console.sent).not.toContain('\u202e')
    expect(console.sent).not.toContain('\x1b]0;')
    expect(console.screen()).not.toMatch(/^root/m)
    if (_ !== 'help') expect(console.screen()).toMatch(/x\\x1b\[2J|\\u202e/)
  })

  test.each(['dark', 'light', 'high-contrast', 'mono'])('can be drawn in the theme %s', async theme => {
    await using console = await stage(usual(), { theme })
    expect(console.screen()).toContain('EXPOSED')
    const isColoured = /\x1b\[[0-9;]*(38|48);2;/.test(console.sent)
    expect(isColoured).toBe(theme !== 'mono')
  })

  test('NO_COLOR draws without any colour', async () => {
    await using console = await stage(usual(), { env: { NO_COLOR: '1' } })
    expect(console.sent).not.toMatch(/\x1b\[[0-9;]*([34][0-9]|9[0-7]|10[0-7])[;m]/)
  })
})

test('an unknown theme gives one sentence that names the themes, and exit code 1', async () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    const console = await stage(usual(), { theme: 'dusk' })
    expect(await console.ended).toBe(1)
    expect(write.mock.calls.join('')).toBe(
      'gatewatch: there is no theme dusk. The themes are dark, light, high-contrast, mono.\n',
    )
  } finally {
    write.mockRestore()
  }
})

test('a filter selects its first match, and esc clears it', async () => {
  await using console = await stage(usual())
  await console.type('3')
  await console.type('/refunds')
  expect(console.screen()).toContain('1 of 2 rows match refunds')
  expect(console.screen()).toMatch(/^>prod-eu\s+refunds-list.*open/m)
  await console.type('\x1b[27u')
  expect(console.screen()).toContain('2 rows')
})

test('the mouse selects a row and scrolls', async () => {
  await using console = await stage(usual())
  const row = console.lines().findIndex(line => line.includes('UNSEEN')) + 1
  await console.type(`\x1b[<0;5;${row}M\x1b[<0;5;${row}m`)
  expect(console.screen()).toMatch(/^>UNSEEN/m)
  await console.type('\x1b[<65;5;5M')
  expect(console.screen()).toMatch(/^>UNSEEN/m)
})

test('a copy goes to the terminal’s clipboard as OSC 52, and a message says so', async () => {
  await using console = await stage(usual())
  await console.type('y')
  const [, text = ''] = /\x1b\]52;c;([A-Za-z0-9+/=]+)\x07/.exec(console.sent) ?? []
  expect(Buffer.from(text, 'base64').toString()).toContain(
    'EXPOSED prod-eu: 2 routes lost key-auth, since 2026-03-01T02:00:07.000Z',
  )
  expect(console.lines().at(-1)).toContain('clipboard')
})

test('nothing is sent to the terminal while nothing changes', async () => {
  await using console = await stage(usual())
  const before = console.sent.length
  await new Promise(resolve => setTimeout(resolve, 300))
  expect(console.sent.length).toBe(before)
})
