import type { StoreApi } from 'zustand/vanilla'
import type { InputEvent } from '../../input/key.ts'
import type { Binding } from '../../keymap/bindings.ts'
import type { OpenField } from '../../store/app.ts'
import { emptyField, type TextField } from '../../store/field.ts'

/** The part of a screen's state that a filter needs. */
export interface Filtered {
  readonly filter: TextField
  readonly filtering: boolean
}

/** A store of a screen that has a filter, whatever else it holds. */
export type FilteredStore = Pick<StoreApi<Filtered>, 'getState'> & { setState(part: Partial<Filtered>): void }

/** The words of a filter, in small letters. */
export function wordsOf(filter: string): readonly string[] {
  return filter.toLowerCase().split(/\s+/).filter(Boolean)
}

/** Whether a text in small letters holds every word. */
export function holdsAll(text: string, words: readonly string[]): boolean {
  return words.every(word => text.includes(word))
}

/** Keys that move through the list also while its filter is being typed. */
const moving = new Set(['up', 'down', 'pgup', 'pgdn'])

function isMove(event: InputEvent): boolean {
  return event.type === 'key' && moving.has(event.key)
}

/** The filter's field while it is open. */
export function openFilter(store: FilteredStore, changed: () => void): OpenField | null {
  const { filter, filtering } = store.getState()
  if (!filtering) return null
  return {
    label: 'filter',
    field: filter,
    passes: isMove,
    change(field) {
      store.setState({ filter: field })
      changed()
    },
    submit: () => store.setState({ filtering: false }),
    cancel() {
      store.setState({ filter: emptyField, filtering: false })
      changed()
    },
  }
}

/** `/` opens the filter. */
export function filterBindings(store: FilteredStore): readonly Binding[] {
  const { filter } = store.getState()
  return [
    {
      verb: 'filter',
      bar: true,
      name: filter.text === '' ? 'filter' : `filter: ${filter.text}`,
      run: () => store.setState({ filtering: true }),
    },
  ]
}
