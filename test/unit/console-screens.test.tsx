import { render } from 'ink-testing-library'
import { afterEach, describe, expect, it } from 'vitest'
import { AppFrame } from '../../src/console/app.tsx'
import type { InputEvent } from '../../src/console/input/key.ts'
import { openDrift } from '../../src/console/screens/drift.tsx'
import { openInventory } from '../../src/console/screens/inventory.tsx'
import { openNeeds } from '../../src/console/screens/needs.tsx'
import { type App, createApp, type OpenScreen } from '../../src/console/store/app.ts'
import { Presses } from '../../src/console/store/press.ts'
import { chooseTheme } from '../../src/console/theme/themes.ts'
import type { Api } from '../../src/model/api.ts'
import type { Change } from '../../src/reconcile/drift.ts'
import { needsOf } from '../../src/workflows/needs.ts'
import type { FleetView, TargetView, Workflows } from '../../src/workflows/values.ts'

const now = new Date('2026-11-24T02:14:07Z')

function target(name: string, more: Partial<TargetView> = {}): TargetView {
  return {
    name,
    environment: 'prod',
    protected: false,
    labels: {},
    address: 'http://127.0.0.1:8001',
    gateway: 'Kong Gateway 3.9.1',
    reach: { state: 'reached', milliseconds: 31 },
    readAt: new Date(now.getTime() - 4_000),
    drift: { target: name, changes: [], unknown: [], notOurs: [], blocked: [], equal: 3 },
    apis: [],
    exposures: [],
    lastSync: null,
    blocked: null,
    manifestProblems: [],
    ...more,
  }
}

function update(name: string, more: Partial<Change> = {}): Change {
  return {
    id: `update route ${name}`,
    operation: 'update',
    kind: 'route',
    key: name,
    name,
    cause: 'edited live',
    fields: [{ path: 'strip_path', git: false, live: true, base: false, cause: 'edited live' }],
    needs: [],
    cascades: [],
    ...more,
  }
}

/** The console on a fleet that is given, with what is read made up by the test. */
class Console {
  readonly app: App
  #fleet: FleetView
  readonly #presses: Presses
  readonly #listeners = new Set<() => void>()
  readonly #shown: ReturnType<typeof render>

  constructor(
    targets: readonly TargetView[],
    open: (app: App) => OpenScreen,
    size = { columns: 80, rows: 24 },
  ) {
    this.#fleet = this.fleetOf(targets)
    const workflows: Workflows = {
      fleet: () => this.#fleet,
      needs: () => needsOf(this.#fleet, now),
      subscribe: listener => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      refresh: async () => {},
      review: target => ({ code: 'none', target, message: 'no plan here' }),
      async *apply() {},
      curl: () => '',
      close: async () => {},
    }
    const surface = { exit: () => {}, suspend: () => {}, redraw: () => {}, copy: () => {}, frames: () => 0 }
    this.app = createApp({ workflows, surface, size, now: () => now })
    this.#presses = new Presses(this.app, () => [])
    this.app.open(open(this.app))
    const theme = chooseTheme('mono', { environment: {}, depth: 1 })
    if (!theme) throw new Error('no theme')
    this.#shown = render(<AppFrame app={this.app} theme={theme} bindings={() => this.#presses.bindings()} />)
    this.#presses.paintedNow()
  }

  private fleetOf(targets: readonly TargetView[]): FleetView {
    return {
      name: 'payments',
      origin: { repository: 'payments', branch: 'main', commit: '3f2a9c1'.padEnd(40, '0'), edited: 2 },
      environments: ['dev', 'prod'],
      production: ['prod'],
      targets,
    }
  }

  /** A reading came in. */
  async read(targets: readonly TargetView[]): Promise<void> {
    this.#fleet = this.fleetOf(targets)
    for (const listener of this.#listeners) listener()
    await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
    this.#presses.paintedNow()
  }

  press(key: 'j' | 'k' | 's' | 'esc' | '/'): void {
    const event: InputEvent = { type: 'key', key, text: key.length === 1 ? key : '' }
    this.#presses.take(event)
  }

  get frame(): string {
    return (this.#shown.lastFrame() ?? '').replaceAll(/\u001b\[[0-9;]*m/g, '')
  }

  stop(): void {
    this.app.stop()
    this.#shown.unmount()
  }
}

let console_: Console | undefined
afterEach(() => console_?.stop())
function open(...args: ConstructorParameters<typeof Console>): Console {
  console_ = new Console(...args)
  return console_
}

describe('what is not known', () => {
  it('shows as ? and never as 0, on its own row alone', () => {
    const dead = target('prod-ap', {
      reach: { state: 'failed', problem: { code: 'timeout', message: 'no answer' }, attempts: 4 },
      drift: null,
      apis: null,
      exposures: null,
      readAt: null,
    })
    const { frame } = open([dead, target('prod-eu')], openNeeds)
    expect(frame).toMatch(/prod-ap\s+timeout\s+\?\s+\?\s+\?\s+\?\s+\?/)
    expect(frame).toMatch(/prod-eu\s+31ms\s+now\s+0\s+0\s+0\s+0/)
  })

  it('that was known before keeps its numbers and says how old they are', () => {
    const stale = target('prod-ap', {
      reach: { state: 'failed', problem: { code: 'timeout', message: 'no answer' }, attempts: 4 },
      readAt: new Date(now.getTime() - 16 * 60_000),
    })
    expect(open([stale], openNeeds).frame).toMatch(/prod-ap\s+timeout\s+16m!\s+0/)
  })
})

describe('a reading', () => {
  const drifted = (...names: string[]) =>
    target('prod-eu', {
      drift: {
        target: 'prod-eu',
        changes: names.map(name => update(name)),
        unknown: [],
        notOurs: [],
        blocked: [],
        equal: 0,
      },
    })

  it('never moves the cursor to another entity', async () => {
    const console = open([drifted('b', 'c')], app => openDrift(app, { target: null }))
    console.press('j')
    console.press('j')
    await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
    expect(console.frame).toMatch(/^> {3}~ route c/m)
    await console.read([drifted('a', 'b', 'c')])
    expect(console.frame).toMatch(/^> {3}~ route c/m)
  })

  it('in which the selected entity went away leaves nothing selected for an action to hit', async () => {
    const console = open([drifted('b', 'c')], app => openDrift(app, { target: null }))
    console.press('j')
    await console.read([drifted('c')])
    expect(console.frame).not.toMatch(/^>/m)
  })
})

it('text from gateways can’t move the cursor or turn the line', () => {
  const { frame } = open(
    [
      target('prod-eu', {
        drift: {
          target: 'x',
          changes: [update('a\u001b[2Jb\u202ec')],
          unknown: [],
          notOurs: [],
          blocked: [],
          equal: 0,
        },
      }),
    ],
    app => openDrift(app, { target: null }),
  )
  expect(frame).not.toContain('\u001b[2J')
  expect(frame).not.toContain('\u202e')
  expect(frame).toMatch(/route a.+2Jb.+c/)
})

it('a hidden value that changed says so and shows nothing', () => {
  const secret = update('x', {
    fields: [
      {
        path: 'config.password',
        git: { $secret: 'aaaa' },
        live: { $secret: 'bbbb' },
        base: undefined,
        cause: 'unattributed',
      },
    ],
  })
  const console = open(
    [
      target('prod-eu', {
        drift: { target: 'x', changes: [secret], unknown: [], notOurs: [], blocked: [], equal: 0 },
      }),
    ],
    app => openDrift(app, { target: 'prod-eu', change: secret.id }),
  )
  expect(console.frame).toMatch(/config\.password\s+•••• changed\s+••••/)
  expect(console.frame).not.toMatch(/aaaa|bbbb/)
})

it('the inventory says what is open, what Git does not know, and what could not be read', () => {
  const api: Api = {
    target: 'prod-eu',
    environment: 'prod',
    service: 'legacy',
    route: 'legacy-export',
    hosts: ['export.example'],
    paths: ['/export'],
    methods: [],
    protocols: ['https'],
    tags: [],
    authentication: [],
    managed: false,
    specification: null,
    enabled: true,
    unreachable: null,
  }
  const { frame } = open(
    [target('prod-eu', { apis: [api] }), target('prod-ap', { apis: null, reach: { state: 'reading' } })],
    openInventory,
    { columns: 100, rows: 24 },
  )
  expect(frame).toMatch(/legacy-export.*export\.example\/export\s+open\s+not in Git/)
  expect(frame).toContain('not known: prod-ap')
})
