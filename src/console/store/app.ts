import type { ReactNode } from 'react'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { FleetPort } from '../../workflows/fleet/fleet-port.ts'
import type { FleetView, Need } from '../../workflows/fleet/fleet-view.ts'
import type { InputEvent } from '../input/key.ts'
import type { Binding } from '../keymap/bindings.ts'
import type { Role } from '../theme/roles.ts'
import { ageStep } from './age.ts'
import type { TextField } from './field.ts'

/** How much room there is, in cells. */
export interface Size {
  readonly columns: number
  readonly rows: number
}

/** A field that takes keys before the screen does. */
export interface OpenField {
  /** The label before it, such as `filter`. */
  readonly label: string
  readonly field: TextField
  /** Keys that still go to the screen, such as the arrows of a list that is being filtered. */
  readonly passes: (event: InputEvent) => boolean
  change(field: TextField): void
  submit(): void
  cancel(): void
}

/** An open screen. Each is made by its own file and keeps its own state. */
export interface OpenScreen {
  /** The screen's name in the header. */
  readonly title: () => string
  /** The target that the screen is about, if it is about one. */
  readonly target?: () => string | null
  readonly draw: () => ReactNode
  /** What keys do now, the most important first. */
  readonly bindings: () => readonly Binding[]
  /** What actions apply to now, as one text. A key that changes something acts only on what was on the screen. */
  readonly subject: () => string
  readonly field?: () => OpenField | null
  readonly mouse?: (event: InputEvent & { readonly type: 'mouse' }) => void
  /** The fleet, the clock or the size changed. */
  readonly refresh: () => void
  /** The screen's own state, for the frame around it: what its keys do depends on it. */
  readonly store: { subscribe(listener: () => void): () => void; getState(): unknown }
  readonly close?: () => void
}

/** A sentence on the last line, until the next key. */
export interface Message {
  readonly text: string
  readonly role: Role
}

export interface AppState {
  readonly fleet: FleetView
  readonly needs: readonly Need[]
  readonly now: Date
  readonly size: Size
  /** Open screens; the last one is in view. */
  readonly stack: readonly OpenScreen[]
  readonly message: Message | null
  /** Targets that are being read. */
  readonly reading: boolean
}

/** What the console can do to the machine around it. */
export interface Surface {
  exit(code: number): void
  suspend(): void
  redraw(): void
  /** Opens a line in the user's editor, and resolves when that ends; a text: why it failed. */
  edit(place: {
    readonly file: string
    readonly line: number
    readonly column: number
  }): Promise<string | null>
  /** Puts a text on the clipboard of the person's own terminal. */
  copy(text: string): void
}

/** The console's state and what changes it. */
export interface App {
  readonly store: StoreApi<AppState>
  readonly workflows: FleetPort
  readonly surface: Surface
  open(screen: OpenScreen): void
  /** Closes the screen in view; the first one stays. */
  back(): void
  /** Closes all but the first screen, then opens this one. */
  openAtHome(screen: OpenScreen | null): void
  tell(text: string, role?: Role): void
  read(targets?: readonly string[]): void
  /** Stops the clock and the news. */
  stop(): void
}

/** The usual rows around a screen's content: header, rule, rule, key bar. */
const frameRows = 4

/** How many rows a screen has for itself. */
export function bodyRows(size: Size): number {
  return Math.max(1, size.rows - frameRows)
}

interface AppOptions {
  readonly workflows: FleetPort
  readonly surface: Surface
  readonly size: Size
  readonly now: () => Date
}

export function createApp({ workflows, surface, size, now }: AppOptions): App {
  const store = createStore<AppState>(() => ({
    fleet: workflows.fleet(),
    needs: workflows.needs(),
    now: now(),
    size,
    stack: [],
    message: null,
    reading: false,
  }))

  // A reading of many targets reports each one: what arrives within one turn is drawn once.
  let newsWaits = false
  const takeNews = () => {
    newsWaits = false
    store.setState({ fleet: workflows.fleet(), needs: workflows.needs(), now: now() })
  }
  const unsubscribe = workflows.subscribe(() => {
    if (newsWaits) return
    newsWaits = true
    setImmediate(takeNews)
  })
  const clock = setInterval(() => store.setState({ now: now() }), ageStep)
  clock.unref()
  // Waits are counted down by the second.
  const countdown = setInterval(() => {
    if (store.getState().fleet.targets.some(target => target.waiting !== null)) store.setState({ now: now() })
  }, 1000)
  countdown.unref()

  store.subscribe((state, before) => {
    if (
      state.fleet === before.fleet &&
      state.now === before.now &&
      state.size === before.size &&
      state.needs === before.needs
    )
      return
    for (const screen of state.stack) screen.refresh()
  })

  const top = () => store.getState().stack.at(-1)
  return {
    store,
    workflows,
    surface,
    open(screen) {
      screen.refresh()
      store.setState(({ stack }) => ({ stack: [...stack, screen], message: null }))
    },
    back() {
      const { stack } = store.getState()
      if (stack.length < 2) return
      top()?.close?.()
      store.setState({ stack: stack.slice(0, -1), message: null })
    },
    openAtHome(screen) {
      const { stack } = store.getState()
      for (const closed of stack.slice(1)) closed.close?.()
      screen?.refresh()
      store.setState({ stack: [...stack.slice(0, 1), ...(screen === null ? [] : [screen])], message: null })
    },
    tell: (text, role = 'notice') => store.setState({ message: { text, role } }),
    read(targets) {
      store.setState({ reading: true })
      workflows
        .refresh(targets)
        .catch((error: unknown) =>
          store.setState({
            message: {
              text: `reading failed: ${error instanceof Error ? error.message : String(error)}`,
              role: 'error',
            },
          }),
        )
        .finally(() => store.setState({ reading: false, now: now() }))
    },
    stop() {
      clearInterval(clock)
      clearInterval(countdown)
      unsubscribe()
      for (const screen of store.getState().stack) screen.close?.()
    },
  }
}
