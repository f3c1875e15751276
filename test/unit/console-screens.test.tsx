import { describe, expect, test, vi } from 'vitest'
import type { SyncEvent } from '../../src/workflows/values.ts'
import {
  api,
  change,
  drift,
  FakeWorkflows,
  fleet,
  minutesAgo,
  need,
  problem,
  target,
} from './console-fleet.ts'
import { stage } from './console-stage.ts'

const hostile = 'x\x1b[2J\x1b]0;owned\x07\u202egnp.exe\r\nroot'

/** Two targets in need, one that never answered, one in sync. */
function usual(): FakeWorkflows {
  const eu = drift('prod-eu', [change('disputes-list'), change('refunds-list', { cause: 'edited live' })])
  return new FakeWorkflows(
    fleet([
      target('dev-1', { environment: 'dev' }),
      target('prod-eu', {
        drift: eu,
        apis: [api('disputes-list'), api('refunds-list', { authentication: [] })],
      }),
      target('prod-ap', {
        reach: { state: 'failed', problem, attempts: 4 },
        readAt: null,
        drift: null,
        apis: null,
        exposures: null,
        findings: null,
      }),
    ]),
    [
      need('exposed', 'prod-eu', {
        title: '2 routes lost key-auth',
        changes: ['update route disputes-list'],
      }),
      need('unseen', 'prod-ap', { title: 'no answer', since: null, who: 'timeout, try 4' }),
      need('ahead', 'prod-eu', { title: '1 ahead in Git', changes: ['update route refunds-list'] }),
    ],
  )
}

describe('the first screen', () => {
  test('says in 80x24 what is exposed, since when, who, and which key puts it back', async () => {
    await using console = await stage(usual())
    const screen = console.screen()
    expect(screen).toMatch(/^>EXPOSED\s+PROD prod-eu\s+2 routes lost key-auth\s+14m\s+who unknown$/m)
    expect(screen).toMatch(/EXPOSED {2}PROD prod-eu.*since 02:00:07Z, 14m ago/)
    expect(screen).toContain('s put back')
    expect(console.lines()).toHaveLength(24)
    expect(console.lines().at(-1)).toMatch(/\? help$/)
  })

  test('a target that was never read shows question marks, not zeros, and marks no other row', async () => {
    await using console = await stage(usual())
    expect(console.screen()).toMatch(/^ {2}prod-ap\s+timeout\s+\?\s+\?\s+\?\s+\?\s+\?\s+\?\s+-/m)
    expect(console.screen()).toMatch(/^ {2}prod-eu\s+31ms\s+now\s+1\s+1\s+0\s+0/m)
  })

  test('what a target said before it stopped answering is marked as old', async () => {
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

  test('before anything was read it does not say that all is well', async () => {
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

  test('that takes the selected entity away leaves nothing selected: its neighbour is not acted on', async () => {
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

  test('in the very moment of a key that acts makes the key ask for another look', async () => {
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

describe('a review', () => {
  test('takes only the changes of the need it was opened on', async () => {
    await using console = await stage(usual())
    await console.type('s')
    expect(console.screen()).toContain('This sends 1 request to prod-eu.')
    expect(console.screen()).toMatch(/\[x\] ~ route disputes-list/)
    expect(console.screen()).toMatch(/\[ \] ~ route refunds-list.*by you/)
  })

  test('is sent by Y alone: not by the key that opened it, not by enter, not by y', async () => {
    const workflows = usual()
    await using console = await stage(workflows)
    await console.type('s')
    await console.type('s')
    await console.type('\r')
    await console.type('y')
    await console.type('\x1b[200~Y\x1b[201~')
    expect(workflows.applied).toEqual([])
    await console.type('Y')
    expect(workflows.applied).toHaveLength(1)
  })

  test('keys that come glued to the one that opens it are not taken for having seen it', async () => {
    const workflows = usual()
    workflows.meaning = { ...workflows.meaning, confirmByName: true }
    await using console = await stage(workflows)
    await console.type('sYprod-eu')
    expect(workflows.applied).toEqual([])
    expect(console.screen()).toContain('type prod-eu and enter to send: prod-eu')
  })

  test('asks for the name where protection is lost, and takes no other and no paste with a line end', async () => {
    const workflows = usual()
    workflows.meaning = {
      ...workflows.meaning,
      confirmByName: true,
      posture: [{ text: 'weaker', weaker: true, changes: [] }],
    }
    await using console = await stage(workflows)
    await console.type('s')
    await console.type('Y')
    await console.type('prod-us\r')
    expect(console.screen()).toContain('That is not prod-eu; nothing was sent')
    await console.type('\x15\x1b[200~prod-eu\r\x1b[201~')
    expect(workflows.applied).toEqual([])
    await console.type('\r')
    expect(workflows.applied).toHaveLength(1)
  })

  test('says when a reading changed what would be sent, and does not send it on the next Y', async () => {
    const workflows = usual()
    await using console = await stage(workflows)
    await console.type('s')
    const moved = change('disputes-list', {
      fields: [{ path: 'paths', git: ['/a'], live: ['/b'], base: ['/a'], cause: 'edited live' }],
    })
    workflows.set(fleet([target('prod-eu', { drift: drift('prod-eu', [moved, change('brand-new')]) })]))
    await console.settled()
    expect(console.screen()).toContain('it has changed since you opened it')
    // What nobody asked for is not taken in either.
    expect(console.screen()).toMatch(/\[ \] ~ route brand-new/)
    await console.type('Y')
    expect(workflows.applied).toEqual([])
    expect(console.lines().at(-1)).toContain('look through it, then Y again')
    await console.type('Y')
    expect(workflows.applied.map(plan => plan.changes.map(each => each.name))).toEqual([['disputes-list']])
  })

  test('space leaves a change out and takes it in again; without any nothing can be sent', async () => {
    const workflows = usual()
    await using console = await stage(workflows)
    await console.type('s')
    await console.type(' ')
    expect(console.screen()).toContain('nothing is chosen')
    await console.type('Y')
    expect(workflows.applied).toEqual([])
    expect(console.lines().at(-1)).toContain('Y send: nothing is chosen')
    await console.type(' ')
    expect(console.screen()).toContain('This sends 1 request')
  })
})

describe('a sync under way', () => {
  function running(): { workflows: FakeWorkflows; tell: (event: SyncEvent) => void; stopped: () => boolean } {
    const workflows = usual()
    const events: SyncEvent[] = []
    let wake = () => {}
    let signal: AbortSignal | undefined
    workflows.sync = async function* (_plan, given) {
      signal = given
      for (;;) {
        for (const event of events.splice(0)) {
          yield event
          if (event.type === 'ended') return
        }
        await new Promise<void>(resolve => {
          wake = resolve
          given.addEventListener('abort', () => resolve())
        })
        if (given.aborted && events.length === 0) return
      }
    }
    return {
      workflows,
      tell(event) {
        events.push(event)
        wake()
      },
      stopped: () => signal?.aborted ?? false,
    }
  }

  test('is left and stopped by no key but x', async () => {
    const { workflows, stopped } = running()
    await using console = await stage(workflows)
    await console.type('s')
    await console.type('Y')
    for (const key of ['1', '2', '3', '4', ':', 'q', '\x03', '\x1b[27u']) {
      await console.type(key)
      expect(console.screen()).toContain('the sync is under way; x stops it')
    }
    expect(stopped()).toBe(false)
    await console.type('x')
    expect(stopped()).toBe(true)
  })

  test('tells first whether the exposure is closed, then what was done, failed and not sent', async () => {
    const { workflows, tell } = running()
    await using console = await stage(workflows, { columns: 120 })
    await console.type('s')
    await console.type('Y')
    const step = { type: 'step', id: 'step update route disputes-list', preview: '' } as const
    tell({ type: 'started', total: 1, journal: 'j' })
    tell({ ...step, state: 'running' })
    await vi.waitFor(async () => {
      await console.settled()
      expect(console.screen()).toContain('1 running, 0 waiting, 0 failed, 1 to go')
    })
    tell({
      type: 'ended',
      result: {
        target: 'prod-eu',
        done: 0,
        failed: 1,
        notSent: 0,
        problems: [{ code: 'x', message: 'the gateway said no' }],
        remaining: null,
        exposure: 'still exposed',
        journal: null,
      },
    })
    await vi.waitFor(async () => {
      await console.settled()
      expect(console.screen()).toContain('STILL EXPOSED')
    })
    const screen = console.screen()
    expect(console.lines()[2]).toContain('STILL EXPOSED')
    expect(screen).toMatch(/prod-eu\s+│ 0\s+│ 1\s+│ 0\s+│ \?/)
    expect(screen).toContain('the gateway said no')
    await console.type('q')
    expect(await console.ended).toBe(0)
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

  test.each(screens)('%s shows text from outside and does not obey it', async (_, keys) => {
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

test('no theme of that name: one sentence that names the themes, and exit code 1', async () => {
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

test('a filter selects its first match, esc takes it back', async () => {
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

test('a copy goes to the terminal’s clipboard as OSC 52, and says so', async () => {
  await using console = await stage(usual())
  await console.type('y')
  const [, text = ''] = /\x1b\]52;c;([A-Za-z0-9+/=]+)\x07/.exec(console.sent) ?? []
  expect(Buffer.from(text, 'base64').toString()).toContain(
    'EXPOSED prod-eu: 2 routes lost key-auth, since 2026-03-01T02:00:07.000Z',
  )
  expect(console.lines().at(-1)).toContain('clipboard')
})

test('nothing is sent to the terminal while nothing moves', async () => {
  await using console = await stage(usual())
  const before = console.sent.length
  await new Promise(resolve => setTimeout(resolve, 300))
  expect(console.sent.length).toBe(before)
})
