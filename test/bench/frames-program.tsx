// A console of 100,000 rows: the frame, the row list and the input of the real one. Bundled and run by frames.ts.
import { useSyncExternalStore } from 'react'
import { createStore } from 'zustand/vanilla'
import { Frame } from '../../src/console/components/frame.tsx'
import { keyBar } from '../../src/console/components/key-bar.ts'
import { cell, type Line, span, spread } from '../../src/console/components/line.ts'
import { Lines, Rule } from '../../src/console/components/lines.tsx'
import { RowList } from '../../src/console/components/row-list.tsx'
import { useSurroundings } from '../../src/console/components/surroundings.ts'
import { type Binding, dispatch } from '../../src/console/keymap/bindings.ts'
import { emptyList, moveCursor, reconcileList, rowSource } from '../../src/console/store/list.ts'
import { showOnTerminal } from '../../src/console/terminal/show.tsx'
import { chooseTheme } from '../../src/console/theme/themes.ts'
import { type BenchRow, benchRow } from './frames-rows.ts'

const rows = Array.from({ length: 100_000 }, (_, at) => benchRow(at))
const source = rowSource(rows, row => row.name)
const height = (process.stdout.rows || 24) - 5
const store = createStore(() => ({ list: reconcileList(emptyList, source, height) }))
const theme = chooseTheme('dark', { environment: {}, depth: 24 })

function draw(row: BenchRow, width: number): Line {
  return [
    cell(row.name, 24),
    span(cell(row.cause, 12), 'edited'),
    cell(row.target, 10),
    cell(row.request, width - 46 - 30),
    span(cell(row.source, 30), 'dim'),
  ]
}

const bindings: readonly Binding[] = [
  { verb: 'open', bar: true, run: () => {} },
  { verb: 'sync', bar: true, disabled: 'nothing is selected', run: () => {} },
  { verb: 'filter', bar: true, run: () => {} },
  { verb: 'help', bar: true, run: () => {} },
  { verb: 'down', run: () => store.setState(({ list }) => ({ list: moveCursor(list, source, 1, height) })) },
]

function Screen() {
  const { columns } = useSurroundings()
  const list = useSyncExternalStore(store.subscribe, () => store.getState().list)
  return (
    <>
      <Lines
        lines={[
          spread(
            [' gatewatch  ', span('inventory', 'heading')],
            [`${list.index + 1} of ${rows.length} `],
            columns,
          ),
        ]}
      />
      <Rule />
      <RowList rows={rows} list={list} draw={draw} height={height} focused />
      <Rule />
      <Lines lines={[keyBar(bindings, columns)]} />
      <Lines lines={[[span(` row ${list.index}`, 'dim')]]} />
    </>
  )
}

if (theme === undefined) throw new Error('the dark theme is missing')
process.exit(
  await showOnTerminal({
    input: process.stdin,
    output: process.stdout,
    mouse: false,
    logFile: process.argv[2] ?? 'frames.log',
    draw: () => (
      <Frame theme={theme} columns={process.stdout.columns || 80} rows={process.stdout.rows || 24}>
        <Screen />
      </Frame>
    ),
    onInput: (event, control) => {
      if (event.type !== 'key') return
      if (event.key === 'q') control.exit(0)
      else dispatch(bindings, event.key)
    },
  }),
)
