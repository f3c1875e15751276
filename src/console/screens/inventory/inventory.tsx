import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Finding } from '../../../governance/finding.ts'
import type { FleetView } from '../../../workflows/fleet/fleet-view.ts'
import { inventoryGaps } from '../../../workflows/meaning/inventory-gaps.ts'
import { span } from '../../components/line.ts'
import { Lines, Rule } from '../../components/lines.tsx'
import { plainText } from '../../components/plain-text.ts'
import { plural } from '../../components/plural.ts'
import { RowList } from '../../components/row-list.tsx'
import { useSurroundings } from '../../components/surroundings.ts'
import type { Binding } from '../../keymap/bindings.ts'
import { type App, bodyRows, type OpenScreen } from '../../store/app.ts'
import { emptyField, type TextField } from '../../store/field.ts'
import { noRows, type Rows, withChosenRows, withRows } from '../../store/rows.ts'
import { openTargetFindings } from '../findings/findings.ts'
import { filterBindings, holdsAll, openFilter, wordsOf } from '../pane/filter.ts'
import { openList } from '../pane/list.ts'
import { type ApiRow, apiHeads, apiLines, apiRows, drawApi } from './inventory-rows.ts'

interface InventoryState {
  readonly rows: Rows<ApiRow>
  readonly filter: TextField
  readonly filtering: boolean
  readonly total: number
}

/** Lines around the list: heads above, rule and detail below. */
const detailRows = 6

/**
 * Every service and route of all targets: where it is, what protects it, and whether Git and a specification have it.
 */
export function openInventory(app: App): OpenScreen {
  const store = createStore<InventoryState>(() => ({
    rows: noRows(),
    filter: emptyField,
    filtering: false,
    total: 0,
  }))
  const height = () => Math.max(1, bodyRows(app.store.getState().size) - detailRows - 3)
  const list = openList<ApiRow>({
    get: () => store.getState().rows,
    set: rows => store.setState({ rows }),
    height,
  })
  let known: { readonly fleet: FleetView; readonly rows: readonly ApiRow[] } | undefined

  const refresh = (keep = withRows) => {
    const { fleet } = app.store.getState()
    if (known?.fleet !== fleet) known = { fleet, rows: apiRows(fleet) }
    const words = wordsOf(store.getState().filter.text)
    const next = words.length === 0 ? known.rows : known.rows.filter(row => holdsAll(row.search, words))
    store.setState({ total: known.rows.length })
    list.show(next, keep)
  }

  const bindings = (): readonly Binding[] => {
    const row = list.selected()
    return [
      ...filterBindings(store),
      {
        verb: 'findings',
        bar: true,
        disabled:
          row === undefined
            ? 'no row is selected'
            : row.findings === null
              ? 'findings are not known yet'
              : null,
        run: () => row && openRowFindings(app, row),
      },
      {
        verb: 'copy',
        bar: true,
        disabled: row === undefined ? 'no row is selected' : null,
        run() {
          if (row === undefined) return
          app.surface.copy(plainText(apiLines(row)))
          app.tell('The row is on the clipboard', 'ok')
        },
      },
      ...list.bindings(),
    ]
  }

  return {
    title: () => 'Inventory',
    target: () => list.selected()?.api.target ?? null,
    store,
    draw: () => <InventoryScreen app={app} store={store} />,
    bindings,
    subject: () => `inventory ${list.selected()?.key}`,
    field: () => openFilter(store, () => refresh(withChosenRows)),
    mouse: event => void list.mouse(5, event),
    refresh: () => refresh(),
  }
}

function openRowFindings(app: App, { api }: ApiRow): void {
  const { route, service } = api
  const { kinds } = app.workflows.fleet()
  const holds = ({ kind, name }: Finding): boolean => {
    const facet = kinds.facetOf(kind)
    return (facet === 'route' && name === route) || (facet === 'service' && name === service)
  }
  app.open(openTargetFindings(app, api.target, { name: route ?? service ?? '', holds }))
}

function InventoryScreen({ app, store }: { readonly app: App; readonly store: StoreApi<InventoryState> }) {
  const { columns: width, rows } = useSurroundings()
  const state = useStore(store)
  const fleet = useStore(app.store, each => each.fleet)
  const list = Math.max(1, bodyRows({ columns: width, rows }) - detailRows - 3)
  const gaps = inventoryGaps(fleet.targets, fleet.kinds)
  const unknown = gaps.map(({ target, what }) => (what === null ? target : `${what} of ${target}`)).join(', ')
  const shown = state.rows.rows[state.rows.list.index]
  const count =
    state.filter.text === ''
      ? plural(state.total, 'row')
      : `${state.rows.rows.length} of ${plural(state.total, 'row')} match ${state.filter.text}`
  return (
    <>
      <Lines
        lines={[
          [' ', span(count, 'heading'), span(unknown === '' ? '' : `   not known: ${unknown}`, 'unknown')],
          apiHeads(width),
        ]}
      />
      <RowList
        rows={state.rows.rows}
        list={state.rows.list}
        draw={drawApi}
        height={list}
        focused
        empty={gaps.length > 0 ? 'nothing is known about it' : 'no row matches'}
      />
      <Rule />
      <Lines lines={shown === undefined ? [] : apiLines(shown)} height={detailRows} />
    </>
  )
}
