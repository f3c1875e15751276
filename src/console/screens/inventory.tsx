import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Api } from '../../model/api.ts'
import type { FleetView } from '../../workflows/values.ts'
import { type Column, columnWidths } from '../components/columns.ts'
import { cell, type Line, type Span, span } from '../components/line.ts'
import { Lines, Rule } from '../components/lines.tsx'
import { RowList } from '../components/row-list.tsx'
import { useSurroundings } from '../components/surroundings.ts'
import type { Binding } from '../keymap/bindings.ts'
import { type App, bodyRows, type OpenScreen } from '../store/app.ts'
import { emptyField, type Field } from '../store/field.ts'
import {
  mouseOnRows,
  moveBindings,
  noRows,
  type Rows,
  selectedRow,
  withChosenRows,
  withRows,
} from '../store/rows.ts'
import type { Role } from '../theme/roles.ts'
import { filterBindings, holdsAll, openFilter, wordsOf } from './filter.ts'
import { plural } from './need-words.ts'

/** One line of the inventory. */
interface ApiRow {
  readonly key: string
  readonly api: Api
  readonly production: boolean
  /** Whether what is known is from an earlier reading. */
  readonly stale: boolean
  readonly search: string
}

interface InventoryState {
  readonly rows: Rows<ApiRow>
  readonly filter: Field
  readonly filtering: boolean
  readonly total: number
}

/** Lines around the list: heads above, rule and detail below. */
const detailRows = 5

/** Every service and route of all targets: where it is, what protects it, and whether Git and a specification know it. */
export function openInventory(app: App): OpenScreen {
  const store = createStore<InventoryState>(() => ({
    rows: noRows(),
    filter: emptyField,
    filtering: false,
    total: 0,
  }))
  const height = () => Math.max(1, bodyRows(app.store.getState().size) - detailRows - 3)
  const moved = {
    get: () => store.getState().rows,
    set: (rows: Rows<ApiRow>) => store.setState({ rows }),
    height,
  }
  let known: { readonly fleet: FleetView; readonly rows: readonly ApiRow[] } | undefined

  const refresh = (keep = withRows) => {
    const { fleet } = app.store.getState()
    if (known?.fleet !== fleet) known = { fleet, rows: apiRows(fleet) }
    const { rows, filter } = store.getState()
    const words = wordsOf(filter.text)
    const next = words.length === 0 ? known.rows : known.rows.filter(row => holdsAll(row.search, words))
    store.setState({ rows: keep(rows, next, row => row.key, height()), total: known.rows.length })
  }

  const bindings = (): readonly Binding[] => {
    const row = selectedRow(store.getState().rows)
    return [
      ...filterBindings(store),
      {
        verb: 'copy',
        bar: true,
        disabled: row === undefined ? 'no row is selected' : null,
        run() {
          if (row === undefined) return
          app.surface.copy(
            apiLines(row)
              .map(line => line.map(part => (typeof part === 'string' ? part : part.text)).join(''))
              .join('\n'),
          )
          app.tell('The row is on the clipboard', 'ok')
        },
      },
      ...moveBindings(moved),
    ]
  }

  return {
    title: () => 'Inventory',
    target: () => selectedRow(store.getState().rows)?.api.target ?? null,
    store,
    draw: () => <InventoryScreen app={app} store={store} />,
    bindings,
    subject: () => `inventory ${selectedRow(store.getState().rows)?.key}`,
    field: () => openFilter(store, () => refresh(withChosenRows)),
    mouse: event => void mouseOnRows(moved, 5, event),
    refresh: () => refresh(),
  }
}

function apiRows(fleet: FleetView): readonly ApiRow[] {
  return fleet.targets.flatMap(target =>
    (target.apis ?? []).map((api): ApiRow => {
      const key = `${api.target} ${api.service} ${api.route}`
      return {
        key,
        api,
        production: fleet.production.includes(api.environment),
        stale: target.reach.state === 'failed',
        search: [
          api.target,
          api.service ?? '',
          api.route ?? '',
          ...api.methods,
          ...api.hosts,
          ...api.paths,
          ...api.tags,
          protectionText(api),
          gitText(api),
        ]
          .join(' ')
          .toLowerCase(),
      }
    }),
  )
}

function protectionText(api: Api): string {
  if (api.route === null) return 'no route'
  if (api.authentication === null) return '?'
  return api.authentication.length === 0 ? 'open' : api.authentication.join(',')
}

function gitText(api: Api): string {
  return api.managed === null ? '?' : api.managed ? 'in Git' : 'not in Git'
}

/** A column of the inventory. */
interface ApiColumn extends Column {
  readonly head: string
  /** From which width of the terminal on it is shown. */
  readonly from: number
  readonly draw: (row: ApiRow) => Span
}

const base = (row: ApiRow): Role => (row.stale ? 'stale' : 'text')

const apiColumns: readonly ApiColumn[] = [
  {
    head: 'TARGET',
    min: 8,
    max: 12,
    from: 0,
    draw: row => span(row.api.target, row.production ? 'production' : base(row)),
  },
  { head: 'SERVICE', min: 10, max: 20, from: 110, draw: row => span(row.api.service ?? '-', base(row)) },
  {
    head: 'ROUTE',
    min: 20,
    max: 28,
    from: 0,
    draw: row => span(row.api.route ?? `${row.api.service ?? ''} (no route)`, base(row)),
  },
  { head: 'ANSWERS', min: 28, from: 0, draw: row => span(answersText(row.api), base(row)) },
  {
    head: 'PROTECTED',
    min: 9,
    max: 16,
    from: 0,
    draw: row => span(protectionText(row.api), protectionRole(row.api)),
  },
  {
    head: 'GIT',
    min: 10,
    max: 10,
    from: 70,
    draw: row => span(gitText(row.api), row.api.managed === false ? 'edited' : 'dim'),
  },
  {
    head: 'SPEC',
    min: 4,
    max: 4,
    from: 100,
    draw: row => span(row.api.specification === null ? '-' : 'yes', 'dim'),
  },
]

function columnsOf(width: number): {
  readonly columns: readonly ApiColumn[]
  readonly widths: readonly number[]
} {
  const columns = apiColumns.filter(column => width >= column.from)
  return { columns, widths: columnWidths(columns, width - 1) }
}

function heads(width: number): Line {
  const { columns, widths } = columnsOf(width)
  return [span(` ${columns.map(({ head }, at) => cell(head, widths[at] ?? 0)).join(' ')}`, 'dim')]
}

/** As `GET api.pay.example/disputes`. */
function answersText(api: Api): string {
  if (api.route === null) return '-'
  const hosts = api.hosts.join(',') || '*'
  return `${api.methods.join(',') || 'ANY'} ${hosts}${api.paths.join(',') || '/'}`
}

function protectionRole(api: Api): Role {
  if (api.route === null) return 'dim'
  if (api.authentication === null) return 'unknown'
  return api.authentication.length === 0 ? 'exposed' : 'ok'
}

function drawApi(row: ApiRow, width: number): Line {
  const { columns, widths } = columnsOf(width + 1)
  return columns.flatMap((column, at) => {
    const { text, role } = column.draw(row)
    return [...(at === 0 ? [] : [' ']), span(cell(text, widths[at] ?? 0), role)]
  })
}

function apiLines(row: ApiRow): readonly Line[] {
  const { api } = row
  const open = api.route !== null && api.authentication?.length === 0
  return [
    [
      ' ',
      span(api.route ?? api.service ?? '', 'strong'),
      `  on ${api.target}`,
      span(api.enabled ? '' : '  the service is disabled', 'notice'),
    ],
    [
      ' ',
      span(cell('answers', 11), 'dim'),
      `${api.methods.join(', ') || 'any method'}  ${api.hosts.join(', ') || 'any host'}  ${api.paths.join(', ') || 'any path'}  ${api.protocols.join(', ')}`,
    ],
    [
      ' ',
      span(cell('protected', 11), 'dim'),
      span(open ? 'nothing authenticates' : protectionText(api), open ? 'exposed' : 'text'),
    ],
    [
      ' ',
      span(cell('known to', 11), 'dim'),
      `${gitText(api)}, ${api.specification === null ? 'in no specification' : api.specification}`,
    ],
    [' ', span(cell('tags', 11), 'dim'), api.tags.join(', ') || '-'],
  ]
}

function InventoryScreen({ app, store }: { readonly app: App; readonly store: StoreApi<InventoryState> }) {
  const { columns: width, rows } = useSurroundings()
  const state = useStore(store)
  const fleet = useStore(app.store, each => each.fleet)
  const list = Math.max(1, bodyRows({ columns: width, rows }) - detailRows - 3)
  const unknown = fleet.targets.filter(target => target.apis === null)
  const shown = state.rows.rows[state.rows.list.index]
  const count =
    state.filter.text === ''
      ? plural(state.total, 'row')
      : `${state.rows.rows.length} of ${plural(state.total, 'row')} match ${state.filter.text}`
  return (
    <>
      <Lines
        lines={[
          [
            ' ',
            span(count, 'heading'),
            span(
              unknown.length === 0 ? '' : `   not known: ${unknown.map(target => target.name).join(', ')}`,
              'unknown',
            ),
          ],
          heads(width),
        ]}
      />
      <RowList
        rows={state.rows.rows}
        list={state.rows.list}
        draw={drawApi}
        height={list}
        focused
        empty={unknown.length > 0 ? 'nothing is known yet' : 'no row matches'}
      />
      <Rule />
      <Lines lines={shown === undefined ? [] : apiLines(shown)} height={detailRows} />
    </>
  )
}
