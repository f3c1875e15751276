import { render } from 'ink-testing-library'
import type { ReactNode } from 'react'
import { describe, expect, test } from 'vitest'
import { cell, type Line, span } from '../../src/console/components/line.ts'
import { Lines, Rule, UprightRule } from '../../src/console/components/lines.tsx'
import { RowCache } from '../../src/console/components/row-cache.ts'
import { RowList } from '../../src/console/components/row-list.tsx'
import { SideBySide } from '../../src/console/components/side-by-side.tsx'
import { SummaryTable } from '../../src/console/components/summary-table.tsx'
import { SurroundingsContext } from '../../src/console/components/surroundings.ts'
import { emptyList, reconcileList, rowSource, select } from '../../src/console/store/list.ts'
import { chooseTheme } from '../../src/console/theme/themes.ts'

const theme = chooseTheme('mono', { environment: {}, depth: 1 })
if (!theme) throw new Error('the mono theme is missing')

function draw(node: ReactNode, columns = 40) {
  const surroundings = { theme: theme ?? never(), columns, rows: 24 }
  const wrap = (inner: ReactNode) => <SurroundingsContext value={surroundings}>{inner}</SurroundingsContext>
  const result = render(wrap(node))
  const text = () =>
    (result.lastFrame() ?? '')
      .replaceAll(/\x1b\[[0-9;]*m/g, '')
      .split('\n')
      .map(line => line.trimEnd())
  return {
    text,
    again: (next: ReactNode) => result.rerender(wrap(next)),
    raw: () => result.lastFrame() ?? '',
  }
}

function never(): never {
  throw new Error('no theme')
}

interface Row {
  readonly name: string
}
const rows: readonly Row[] = Array.from({ length: 100_000 }, (_, at) => ({ name: `route ${at}` }))
const source = rowSource(rows, row => row.name)
const drawRow = (row: Row, width: number): Line => [cell(row.name, width)]

describe('a list of 100,000 rows', () => {
  test('draws only the rows in view', () => {
    let drawn = 0
    const counted = (row: Row, width: number): Line => {
      drawn += 1
      return drawRow(row, width)
    }
    const list = select(emptyList, source, 50_000, 5)
    const { text } = draw(<RowList rows={rows} list={list} draw={counted} height={5} focused />)
    expect(text()).toEqual([' route 49996', ' route 49997', ' route 49998', ' route 49999', '>route 50000'])
    expect(drawn).toBe(5)
  })

  test('a cursor that moves draws only the two rows that changed', () => {
    let drawn = 0
    const counted = (row: Row, width: number): Line => {
      drawn += 1
      return drawRow(row, width)
    }
    const at = (index: number) => (
      <RowList
        rows={rows}
        list={{ ...select(emptyList, source, index, 5), top: 10 }}
        draw={counted}
        height={5}
        focused
      />
    )
    const { text, again } = draw(at(10))
    drawn = 0
    again(at(11))
    expect(text()).toEqual([' route 10', '>route 11', ' route 12', ' route 13', ' route 14'])
    expect(drawn).toBe(2)
    again(at(10))
    expect(drawn).toBe(2)
  })

  test('a list without keyboard focus marks no row, and a lost cursor has no marker', () => {
    const list = reconcileList(emptyList, source, 3)
    expect(
      draw(<RowList rows={rows} list={list} draw={drawRow} height={3} focused={false} />).text()[0],
    ).toBe(' route 0')
    expect(
      draw(
        <RowList rows={rows} list={{ ...list, lost: true }} draw={drawRow} height={3} focused />,
      ).text()[0],
    ).toBe(' route 0')
  })

  test('fewer rows than lines leave blank lines; an empty list says why', () => {
    const few = rows.slice(0, 2)
    const list = reconcileList(
      emptyList,
      rowSource(few, row => row.name),
      4,
    )
    expect(draw(<RowList rows={few} list={list} draw={drawRow} height={4} focused />).text()).toEqual([
      '>route 0',
      ' route 1',
      '',
      '',
    ])
    expect(
      draw(
        <RowList rows={[]} list={emptyList} draw={drawRow} height={2} focused empty="no row matches" />,
      ).text(),
    ).toEqual([' no row matches', ''])
  })
})

test('drawn rows are cached, up to a limit', () => {
  const cache = new RowCache<Row>()
  let drawn = 0
  const counted = (row: Row): Line => {
    drawn += 1
    return [row.name]
  }
  if (!theme) return
  cache.prepare(counted, theme, 20)
  for (const row of rows.slice(0, 5000)) cache.get(row, ' ', undefined)
  expect(drawn).toBe(5000)
  for (const row of rows.slice(4950, 5000)) cache.get(row, ' ', undefined)
  expect(drawn).toBe(5000)
  cache.get(rows[0] ?? { name: '' }, ' ', undefined)
  expect(drawn).toBe(5001)
  cache.prepare(counted, theme, 30)
  cache.get(rows[4999] ?? { name: '' }, ' ', undefined)
  expect(drawn).toBe(5002)
})

test('lines keep to their height: blank lines stay, excess lines are left out', () => {
  const lines: readonly Line[] = [['one'], [], [span('three', 'strong')], ['four']]
  expect(draw(<Lines lines={lines} height={3} />).text()).toEqual(['one', '', 'three'])
  expect(draw(<Lines lines={lines.slice(0, 1)} height={3} />).text()).toEqual(['one', '', ''])
})

test('horizontal rules fill the width', () => {
  expect(draw(<Rule />, 12).text()).toEqual(['─'.repeat(12)])
  expect(draw(<UprightRule height={2} />).text()).toEqual(['│', '│'])
})

test('details are shown beside the list', () => {
  const left = <Lines lines={[['left'], ['list']]} width={10} />
  expect(draw(<SideBySide left={left} lines={[['right']]} height={2} width={20} />, 30).text()).toEqual([
    'left      │ right',
    'list      │',
  ])
})

test('a summary is a table with a header, and escapes control sequences in its text', () => {
  const { text, raw } = draw(<SummaryTable rows={[{ target: 'prod\x1b[2J', done: 3 }]} />, 60)
  expect(text()).toEqual([
    '┌─────────────┬──────┐',
    '│ target      │ done │',
    '├─────────────┼──────┤',
    '│ prod\\x1b[2J │ 3    │',
    '└─────────────┴──────┘',
  ])
  expect(raw()).not.toContain('\x1b[2J')
})
