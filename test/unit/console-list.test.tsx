import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editField, emptyField, type TextField } from '../../src/console/store/field.ts'
import {
  emptyList,
  type ListState,
  moveCursor,
  reconcileList,
  rowSource,
  scrollList,
  select,
  selectedKey,
} from '../../src/console/store/list.ts'

const source = (keys: readonly string[]) => rowSource(keys, key => key)
const keys = fc.uniqueArray(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), { maxLength: 26 })

/** What must hold of every list: the cursor is in view, and no line below the last row is wasted. */
function sound(list: ListState, count: number, height: number): void {
  if (count === 0) return
  expect(list.top).toBeGreaterThanOrEqual(0)
  expect(list.top).toBeLessThanOrEqual(Math.max(0, count - height))
  expect(list.index).toBeGreaterThanOrEqual(list.top)
  expect(list.index).toBeLessThan(list.top + height)
}

describe('lists', () => {
  test('a refresh selects the same row or none, whatever was read or pressed', () => {
    const step = fc.oneof(
      fc.record({ rows: keys }),
      fc.record({ move: fc.integer({ min: -30, max: 30 }) }),
      fc.record({ scroll: fc.integer({ min: -5, max: 5 }) }),
    )
    fc.assert(
      fc.property(
        keys,
        fc.array(step, { maxLength: 20 }),
        fc.integer({ min: 1, max: 9 }),
        (first, steps, height) => {
          let rows = source(first)
          let list = reconcileList(emptyList, rows, height)
          for (const each of steps) {
            const before = list
            if ('rows' in each) {
              rows = source(each.rows)
              list = reconcileList(list, rows, height)
              const selected = selectedKey(before)
              if (selected !== null) {
                expect(selectedKey(list)).toBe(each.rows.includes(selected) ? selected : null)
              }
            } else if ('move' in each) list = moveCursor(list, rows, each.move, height)
            else list = scrollList(list, rows, each.scroll, height)
            sound(list, rows.count, height)
            const selected = selectedKey(list)
            if (selected !== null) expect(rows.keyAt(list.index)).toBe(selected)
          }
        },
      ),
    )
  })

  test('the selected row keeps its line on the screen if rows are added above it', () => {
    const before = select(emptyList, source([...'abcdefghij']), 5, 4)
    const after = reconcileList(before, source([...'xyzabcdefghij']), 4)
    expect(after.cursor).toBe('f')
    expect(after.index - after.top).toBe(before.index - before.top)
  })

  test('after the selected row disappears, down selects its replacement and up the row above', () => {
    const lost = reconcileList(select(emptyList, source([...'abcd']), 2, 4), source([...'abd']), 4)
    expect(selectedKey(lost)).toBe(null)
    expect(moveCursor(lost, source([...'abd']), 1, 4).cursor).toBe('d')
    expect(moveCursor(lost, source([...'abd']), -1, 4).cursor).toBe('b')
  })

  test('a row that comes back is selected again', () => {
    const lost = reconcileList(select(emptyList, source([...'abc']), 1, 4), source([...'ac']), 4)
    expect(selectedKey(reconcileList(lost, source([...'abc']), 4))).toBe('b')
  })

  test('moving in 100,000 rows does not visit each of them', () => {
    let asked = 0
    const rows = {
      count: 100_000,
      keyAt(index: number) {
        asked += 1
        return `row ${index}`
      },
      indexOf: (key: string) => Number(key.slice(4)),
    }
    let list = reconcileList(emptyList, rows, 45)
    for (let at = 0; at < 1000; at++) list = moveCursor(list, rows, 7, 45)
    expect(list.index).toBe(7000)
    expect(asked).toBeLessThan(2000)
  })
})

describe('fields', () => {
  const type = (field: TextField, ...events: readonly (readonly [string, string?])[]): TextField =>
    events.reduce((state, [key, text = '']) => {
      const result = editField(state, {
        type: 'key',
        key:
          key === 'left' ||
          key === 'backspace' ||
          key === 'ctrl+w' ||
          key === 'ctrl+u' ||
          key === 'home' ||
          key === 'delete'
            ? key
            : 'other',
        text,
      })
      return result.type === 'changed' ? result.field : state
    }, field)

  test('the cursor moves over a letter of several code points in one step', () => {
    const typed = type(emptyField, ['other', 'a'], ['other', '👩‍💻'], ['other', 'e\u0301'])
    expect(typed.text).toBe('a👩‍💻e\u0301')
    expect(type(typed, ['backspace']).text).toBe('a👩‍💻')
    expect(type(typed, ['left'], ['backspace']).text).toBe('ae\u0301')
    expect(type(typed, ['home'], ['delete']).text).toBe('👩‍💻e\u0301')
  })

  test('one word or the whole text can be deleted', () => {
    const typed = type(emptyField, ['other', 'read_timeout batch'])
    expect(type(typed, ['ctrl+w']).text).toBe('read_timeout ')
    expect(type(typed, ['ctrl+u']).text).toBe('')
  })

  test('a paste with line ends adds text and submits nothing', () => {
    const result = editField(emptyField, { type: 'paste', text: 'prod-eu\n' })
    expect(result).toEqual({ type: 'changed', field: { text: 'prod-eu', cursor: 7 } })
    expect(editField(emptyField, { type: 'paste', text: 'a\n b' })).toMatchObject({ field: { text: 'a b' } })
  })

  test('enter submits, esc cancels, and keys that type nothing are ignored', () => {
    expect(editField(emptyField, { type: 'key', key: 'enter', text: '' })).toEqual({ type: 'submitted' })
    expect(editField(emptyField, { type: 'key', key: 'esc', text: '' })).toEqual({ type: 'cancelled' })
    expect(editField(emptyField, { type: 'key', key: 'f5', text: '' })).toEqual({ type: 'ignored' })
  })
})
