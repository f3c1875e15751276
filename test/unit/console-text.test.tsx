import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import preciseWidth from '../../node_modules/string-width/index.js'
import { columnWidths } from '../../src/console/components/columns.ts'
import { fieldTable } from '../../src/console/components/field-table.ts'
import {
  cell,
  cutLine,
  drawLine,
  type Line,
  lineWidth,
  span,
  spread,
} from '../../src/console/components/line.ts'
import { textDiff } from '../../src/console/components/text-diff.ts'
import { valuePair, valueText } from '../../src/console/components/value-text.ts'
import { ageText } from '../../src/console/store/age.ts'
import { chooseTheme } from '../../src/console/theme/themes.ts'
import type { FieldDrift } from '../../src/reconcile/drift/drift.ts'

const theme = chooseTheme('mono', { environment: {}, depth: 24 })
if (!theme) throw new Error('the mono theme is missing')

function plain(line: Line): string {
  return line.map(part => (typeof part === 'string' ? part : part.text)).join('')
}

const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))

describe('lines', () => {
  const line = fc.array(
    fc.oneof(
      anyText,
      anyText.map(text => span(text, 'strong')),
    ),
    { maxLength: 4 },
  )

  test('never exceed their width, and fill it exactly if selected', () => {
    fc.assert(
      fc.property(line, fc.nat(30), (parts, width) => {
        expect(preciseWidth(drawLine(parts, { width, theme }))).toBeLessThanOrEqual(width)
        expect(preciseWidth(drawLine(parts, { width, theme, base: 'selection' }))).toBe(width)
        expect(lineWidth(cutLine(parts, width))).toBeLessThanOrEqual(width)
      }),
    )
  })

  test('mark truncated text with an ellipsis', () => {
    expect(drawLine(['abcdef'], { width: 4, theme })).toBe('abc…')
    expect(drawLine(['日本語'], { width: 5, theme })).toBe('日本…')
    expect(drawLine(['ab', span('cdef', 'text')], { width: 4, theme })).toBe('abc…')
    expect(drawLine(['abcd'], { width: 4, theme })).toBe('abcd')
  })

  test('have cells of exact width, aligned left or right', () => {
    fc.assert(
      fc.property(anyText, fc.nat(20), (text, width) => {
        expect(preciseWidth(cell(text, width))).toBe(width)
      }),
    )
    expect(cell('7', 4, 'right')).toBe('   7')
  })

  test('truncate the left part if both parts do not fit the width', () => {
    expect(plain(spread(['left'], ['right'], 12))).toBe('left   right')
    expect(plain(spread(['a long left part'], ['right'], 12))).toBe('a lon… right')
  })
})

test('have columns that fill the width exactly if the minimum fits', () => {
  const columns = [{ min: 4, max: 8 }, { min: 10 }, { min: 3, max: 3 }]
  for (let width = 19; width < 80; width++)
    expect(columnWidths(columns, width).reduce((sum, each) => sum + each, 2)).toBe(width)
  expect(columnWidths(columns, 15)).toEqual([4, 6, 3])
})

describe('values', () => {
  test.each([
    ['a text', 'local', 'local'],
    ['a text that looks like a number', '30', '"30"'],
    ['an empty text', '', '""'],
    ['a text that looks like nothing', '-', '"-"'],
    ['a number', 30, '30'],
    ['a list', ['a', 1], '["a",1]'],
    ['nothing there', undefined, '-'],
    ['null', null, 'null'],
    ['a secret', { $secret: 'abc' }, '••••'],
    ['a secret inside', { password: { $secret: 'abc' } }, '{"password":"••••"}'],
  ])('%s', (_, value, text) => expect(valueText(value)).toBe(text))

  test('two secrets that differ say so, and show neither', () => {
    expect(valuePair({ $secret: 'a' }, { $secret: 'b' })).toEqual(['••••', '•••• changed'])
  })
})

describe('the table of fields', () => {
  const field = (path: string, more: Partial<FieldDrift> = {}): FieldDrift => ({
    path,
    git: 3,
    live: 5,
    base: 3,
    cause: 'edited live',
    ...more,
  })

  test('has one line for each field: path, Git, live, cause', () => {
    expect(
      fieldTable([field('retries'), field('config.minute', { cause: 'git ahead' })], 60).map(plain),
    ).toEqual([
      'field          Git  live             ',
      'retries        3    5     edited live',
      'config.minute  3    5     git ahead',
    ])
  })

  test('has three columns for a conflict', () => {
    expect(
      fieldTable([field('read_timeout', { git: 30000, base: 60000, live: 5000, cause: 'conflict' })], 70).map(
        plain,
      ),
    ).toEqual([
      'field         Git    last applied  live          ',
      'read_timeout  30000  60000         5000  conflict',
    ])
  })

  test('shows multi-line texts as a diff without the equal lines', () => {
    const lines = Array.from({ length: 9 }, (_, at) => `line ${at}`)
    const table = fieldTable(
      [field('config.access', { live: lines.join('\n'), git: lines.with(4, 'other').join('\n') })],
      70,
    ).map(plain)
    expect(table.slice(1)).toEqual([
      'config.access  - live  + Git  edited live',
      '  ... 2 equal lines',
      '  line 2',
      '  line 3',
      '- line 4',
      '+ other',
      '  line 5',
      '  line 6',
      '  ... 2 equal lines',
    ])
  })

  test('fits the width, however long paths and values are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string(), fc.string())),
        fc.integer({ min: 50, max: 160 }),
        (fields, width) => {
          const table = fieldTable(
            fields.map(([path, git, live]) =>
              field(path, { git: git.replaceAll('\n', ' '), live: live.replaceAll('\n', ' ') }),
            ),
            width,
          )
          for (const line of table) expect(lineWidth(line)).toBeLessThanOrEqual(width)
        },
      ),
    )
  })
})

test('shows equal texts as one count', () => {
  expect(textDiff('a\nb\n', 'a\nb\n').map(plain)).toEqual(['  ... 2 equal lines'])
})

test.each([
  [0, 'now'],
  [9, 'now'],
  [25, '20s'],
  [60, '1m'],
  [3599, '59m'],
  [7200, '2h'],
  [47 * 3600, '47h'],
  [49 * 3600, '2d'],
  [-5, 'now'],
])('%i seconds ago is %s', (seconds, text) => {
  const now = new Date('2026-03-01T02:14:07Z')
  expect(ageText(new Date(now.getTime() - seconds * 1000), now)).toBe(text)
})
