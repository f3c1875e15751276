import { describe, expect, test, vi } from 'vitest'
import type { Wait } from '../../src/workflows/reading/waits.ts'
import type { SyncEvent } from '../../src/workflows/syncing/sync-events.ts'
import { change, drift, fleet, now, target } from './console-fleet.ts'
import { stage } from './console-stage.ts'
import { type FakeWorkflows, usual } from './console-workflows.ts'

describe('a review', () => {
  test('selects only the changes of the need that it was opened on', async () => {
    await using console = await stage(usual())
    await console.type('s')
    expect(console.screen()).toContain('This sends 1 request to prod-eu.')
    expect(console.screen()).toContain('all or nothing: it is one request')
    expect(console.screen()).toMatch(/\[x\] ~ route disputes-list/)
    expect(console.screen()).toMatch(/\[ \] ~ route refunds-list.*by you/)
  })

  test('says how much of it can’t be taken back, and of each request why', async () => {
    const workflows = usual()
    workflows.losing = { reversible: true, overwrites: ['digest'] }
    await using console = await stage(workflows)
    await console.type('s')
    expect(console.screen()).toMatch(
      /UNDO +! 1 of 1 request can’t be taken back, for the reasons given with each/,
    )
    expect(console.screen()).toContain('no key to seal its secret to; run gatewatch init')
  })

  test('says with which key a request that overwrites a secret can be taken back', async () => {
    const workflows = usual()
    workflows.losing = { reversible: true, overwrites: ['digest'] }
    workflows.meaning = { ...workflows.meaning, sealedTo: ['mira', 'ops'] }
    await using console = await stage(workflows)
    await console.type('s')
    expect(console.screen()).toContain('can be taken back with the key of mira or ops')
    expect(console.screen()).not.toContain('UNDO')
    workflows.losing = { reversible: 'a secret of basic-auth joe is kept only as a hash' }
    await console.type('  ')
    expect(console.screen()).toContain('can’t be taken back: a secret of basic-auth joe')
  })

  test('is confirmed by Y alone: not by the key that opened it, not by enter, not by y', async () => {
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

  test('ignores keys that arrive together with the one that opens it', async () => {
    const workflows = usual()
    workflows.meaning = { ...workflows.meaning, confirmByName: true }
    await using console = await stage(workflows)
    await console.type('sYprod-eu')
    expect(workflows.applied).toEqual([])
    expect(console.screen()).toContain('type prod-eu and enter to send: prod-eu')
  })

  test('asks for the name if protection is lost, and accepts no other name and no paste with a line end', async () => {
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

  test('has the number of many deletions typed, with the name where that is asked for too', async () => {
    const workflows = usual()
    const guarded = { count: 19, text: '19 of 19 entities: everything there is' }
    workflows.meaning = { ...workflows.meaning, guarded }
    await using console = await stage(workflows)
    await console.type('s')
    expect(console.screen()).toContain('DELETES 19 of 19 entities: everything there is')
    expect(console.screen()).toContain('Y asks for delete 19, then sends')
    await console.type('Y')
    await console.type('delete 18\r')
    expect(console.screen()).toContain('That is not delete 19; nothing was sent')
    expect(workflows.applied).toEqual([])
    await console.type('\x15delete 19\r')
    expect(workflows.applied).toHaveLength(1)

    const both = usual()
    both.meaning = { ...both.meaning, guarded, confirmByName: true }
    await using second = await stage(both)
    await second.type('s')
    await second.type('Y')
    await second.type('delete 19\r')
    expect(both.applied).toEqual([])
    await second.type('\x15prod-eu delete 19\r')
    expect(both.applied).toHaveLength(1)
  })

  test('reports that a reading changed what would be sent, and does not send it on the next Y', async () => {
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
    expect(console.lines().at(-1)).toContain('look through it, then press Y again')
    await console.type('Y')
    expect(workflows.applied.map(plan => plan.changes.map(each => each.name))).toEqual([['disputes-list']])
  })

  test('deselects a change on space and selects it again; with none selected, nothing can be sent', async () => {
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

  test('can be stopped or left only with x', async () => {
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

  test('says what its gateway is waited for and how long, until that is over', async () => {
    const { workflows } = running()
    await using console = await stage(workflows, { columns: 120 })
    await console.type('s')
    await console.type('Y')
    const waitFor = async (waiting: Wait | null) => {
      const { view } = workflows
      const targets = view.targets.map(each => (each.name === 'prod-eu' ? { ...each, waiting } : each))
      workflows.set({ ...view, targets })
      await console.settled()
    }
    const reason = 'http://prod-eu:8001 asks to slow down (429)'
    const ends = new Date(now.getTime() + 28_000)
    await waitFor({ target: 'prod-eu', reason, until: 'again', milliseconds: 30_000, ends })
    expect(console.screen()).toContain(`${reason}; trying again in 28 s`)
    await waitFor(null)
    expect(console.screen()).not.toContain('trying again')
    await console.type('x')
  })

  test('shows first whether the exposure is closed, then what was done, failed and not sent', async () => {
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
        unknown: 0,
        notSent: 0,
        problems: [{ code: 'rejected', message: 'the gateway said no' }],
        remaining: null,
        halfWay: [{ kind: 'service', key: 'pay', name: 'pay', state: 'disabled' }],
        standing: 0,
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
    expect(screen).toContain('left disabled: service pay; the next sync ends that')
    expect(screen).toMatch(/prod-eu\s+│ 0\s+│ 1\s+│ 0\s+│ \?/)
    expect(screen).toContain('the gateway said no')
    await console.type('q')
    expect(await console.ended).toBe(0)
  })
})
