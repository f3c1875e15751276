import { Fzf } from 'fzf'
import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { cell, type Line, span } from '../components/line.ts'
import { RowList } from '../components/row-list.tsx'
import { useSurroundings } from '../components/surroundings.ts'
import { type App, bodyRows, type OpenField, type OpenScreen } from '../store/app.ts'
import { emptyField, type TextField } from '../store/field.ts'
import { noRows, type Rows } from '../store/rows.ts'
import { openDrift } from './drift/drift.tsx'
import { openRuleFindings } from './findings/findings.ts'
import { goToScreen, screens } from './index.ts'
import { openList } from './pane/list.ts'

/** Somewhere to go. */
interface Place {
  readonly key: string
  readonly what: string
  readonly name: string
  readonly go: () => void
}

interface GoToState {
  readonly typed: TextField
  readonly rows: Rows<Place>
}

const moving = new Set(['up', 'down', 'pgup', 'pgdn'])

/** `:` opens a target, a changed entity, a screen or a rule by its name; enter goes there. */
export function openGoTo(app: App): OpenScreen {
  const store = createStore<GoToState>(() => ({ typed: emptyField, rows: noRows() }))
  const places = placesOf(app)
  const find = new Fzf(places, {
    selector: place => `${place.name} ${place.what}`,
    casing: 'case-insensitive',
  })
  const height = () => bodyRows(app.store.getState().size)
  const list = openList<Place>({
    get: () => store.getState().rows,
    set: rows => store.setState({ rows }),
    height,
  })
  const refresh = () => {
    const { typed } = store.getState()
    const found = typed.text === '' ? places : find.find(typed.text).map(each => each.item)
    list.show(found)
  }
  const field = (): OpenField => ({
    label: 'go to',
    field: store.getState().typed,
    passes: event => event.type === 'key' && moving.has(event.key),
    change(typed) {
      // The best match is the first: a selection for other letters no longer applies.
      store.setState({ typed, rows: noRows() })
      refresh()
    },
    submit() {
      const place = list.selected()
      if (place === undefined) app.tell('Nothing has that name')
      else place.go()
    },
    cancel: () => app.back(),
  })
  return {
    title: () => 'Go to',
    store,
    draw: () => <GoToScreen store={store} />,
    bindings: () => list.bindings(),
    subject: () => `go to ${list.selected()?.key}`,
    field,
    refresh,
  }
}

function placesOf(app: App): readonly Place[] {
  const { fleet } = app.store.getState()
  const known = screens
    .filter(screen => screen.inGoTo)
    .map(
      (screen): Place => ({
        key: `screen ${screen.id}`,
        what: 'screen',
        name: screen.title,
        go: () => goToScreen(app, screen),
      }),
    )
  const targets = fleet.targets.map(
    (target): Place => ({
      key: `target ${target.name}`,
      what: `target in ${target.environment}`,
      name: target.name,
      go: () => app.openAtHome(openDrift(app, { target: target.name })),
    }),
  )
  const changes = fleet.targets.flatMap(target =>
    (target.drift?.changes ?? []).map(
      (change): Place => ({
        key: `change ${target.name} ${change.id}`,
        what: `${change.kind} on ${target.name}, ${change.cause}`,
        name: change.name,
        go: () => app.openAtHome(openDrift(app, { target: target.name, change: change.id })),
      }),
    ),
  )
  const rules = (fleet.governance?.policies ?? []).map(
    ({ id, found }): Place => ({
      key: `rule ${id}`,
      what: found === null ? 'rule' : `rule, finds ${found.findings}`,
      name: id,
      go: () => app.openAtHome(openRuleFindings(app, id)),
    }),
  )
  return [...targets, ...changes, ...known, ...rules]
}

function drawPlace(place: Place, width: number): Line {
  return [
    span(cell(place.name, Math.min(44, Math.floor(width / 2))), 'strong'),
    '  ',
    span(place.what, 'dim'),
  ]
}

function GoToScreen({ store }: { readonly store: StoreApi<GoToState> }) {
  const { columns, rows } = useSurroundings()
  const state = useStore(store)
  return (
    <RowList
      rows={state.rows.rows}
      list={state.rows.list}
      draw={drawPlace}
      height={bodyRows({ columns, rows })}
      focused
      empty="nothing has that name"
    />
  )
}
