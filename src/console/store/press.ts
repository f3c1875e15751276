import type { InputEvent } from '../input/key.ts'
import { type Binding, dispatch, keyName } from '../keymap/bindings.ts'
import { verbOf, verbs } from '../keymap/verbs.ts'
import type { App, OpenScreen } from './app.ts'
import { editField } from './field.ts'

/** What a person can have seen: a screen, and what its keys would act on. */
interface Painted {
  readonly screen: OpenScreen
  readonly subject: string
}

/** Turns input into actions of the console, one event at a time, each after the frame of the previous one. */
export class Presses {
  private readonly app: App
  private readonly shared: () => readonly Binding[]
  private readonly waiting: InputEvent[] = []
  private painted: Painted | null = null
  private busy = false

  /** `shared` are the keys that act on every screen, after the screen's own. */
  constructor(app: App, shared: () => readonly Binding[]) {
    this.app = app
    this.shared = shared
  }

  /** The frame on the terminal now shows this. */
  paintedNow(): void {
    const screen = this.top()
    this.painted = screen === undefined ? null : { screen, subject: screen.subject() }
  }

  /** All bindings of the screen in view. */
  bindings(): readonly Binding[] {
    const own = this.top()?.bindings() ?? []
    return [...own, ...this.shared().filter(shared => !own.some(binding => binding.verb === shared.verb))]
  }

  take(event: InputEvent): void {
    this.waiting.push(event)
    if (!this.busy) this.next()
  }

  private next(): void {
    const event = this.waiting.shift()
    this.busy = event !== undefined
    if (event === undefined) return
    try {
      this.act(event)
    } finally {
      // Glued keys are pressed one after the other: each meets the frame that the previous one produced.
      setImmediate(() => this.next())
    }
  }

  private act(event: InputEvent): void {
    const screen = this.top()
    if (screen === undefined) return
    if (event.type === 'mouse') {
      screen.mouse?.(event)
      return
    }
    const open = screen.field?.() ?? null
    if (open !== null && !open.passes(event)) {
      const result = editField(open.field, event)
      if (result.type !== 'ignored') this.clearMessage()
      if (result.type === 'changed') open.change(result.field)
      if (result.type === 'submitted') this.guarded(screen, () => open.submit())
      if (result.type === 'cancelled') open.cancel()
      if (result.type !== 'ignored') return
    }
    if (event.type === 'paste') {
      this.app.tell('Pasted text presses no keys; open a field first, for example the filter with /')
      return
    }
    if (event.key === 'other') return
    const { key } = event
    this.clearMessage()
    const verb = verbOf(key)
    const acts = verb !== undefined && (verbs[verb].chapter === 'Change' || verb === 'open')
    const run = () => {
      const result = dispatch(this.bindings(), key)
      if (result.type === 'refused') this.app.tell(result.reason)
      if (result.type === 'unbound' && (open === null || verb === 'quit'))
        this.app.tell(`${keyName(key)} does nothing here; ? lists the keys`, 'dim')
    }
    if (acts) this.guarded(screen, run)
    else run()
  }

  /** Acts only if its object is what the terminal shows. */
  private guarded(screen: OpenScreen, run: () => void): void {
    if (this.painted?.screen === screen && this.painted.subject === screen.subject()) run()
    else this.app.tell('The screen has just changed; look again, then press the key once more')
  }

  private clearMessage(): void {
    if (this.app.store.getState().message !== null) this.app.store.setState({ message: null })
  }

  private top(): OpenScreen | undefined {
    return this.app.store.getState().stack.at(-1)
  }
}
