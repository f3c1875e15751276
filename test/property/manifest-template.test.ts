import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderTemplate } from '../../src/providers/kong/manifest/template/template.ts'

const plain = fc
  .string({ unit: fc.constantFrom('a', 'b', ':', ' ', '\n', '-', '"', '$', '{', '}', '\r\n'), maxLength: 30 })
  .filter(text => !text.includes('${{'))
const value = fc.string({ unit: 'grapheme', maxLength: 10 })

test('a text without expressions and comments is unchanged', () => {
  fc.assert(
    fc.property(plain, text => {
      const rendered = renderTemplate('f', text, { env: {} })
      expect(rendered.text).toBe(text)
      expect(rendered.origin(text.length)).toBe(text.length)
    }),
  )
})

test('values stand where their expressions stood, and every other character is traced back to itself', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(plain, value), { minLength: 1, maxLength: 5 }), plain, (parts, end) => {
      const env: Record<string, string> = {}
      let text = ''
      let expected = ''
      const origins: (readonly [number, number])[] = []
      const copy = (piece: string) => {
        for (let i = 0; i < piece.length; i += 1) origins.push([expected.length + i, text.length + i])
        text += piece
        expected += piece
      }
      for (const [i, [before, inside]] of parts.entries()) {
        // Two pieces must not make the beginning of an expression together.
        copy(`${before};`)
        env[`DECK_${i}`] = inside
        for (let j = 0; j < inside.length; j += 1) origins.push([expected.length + j, text.length])
        text += `\${{ env "DECK_${i}" }}`
        expected += inside
      }
      copy(end)
      const rendered = renderTemplate('f', text, { env })
      expect(rendered.problems).toEqual([])
      expect(rendered.text).toBe(expected)
      for (const [at, origin] of origins) expect(rendered.origin(at)).toBe(origin)
    }),
  )
})

test('any text ends with a text or with problems', () => {
  const pieces = fc.constantFrom(
    '${{',
    '}}',
    ' env ',
    '"DECK_A"',
    '|',
    'toInt',
    '(',
    ')',
    '-',
    '`',
    '"',
    '\n',
    '#',
    ' ',
    'indent 2',
    '/*',
    '*/',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 20 }), all => {
      const text = all.join('')
      const rendered = renderTemplate('f', text, { env: { DECK_A: '1' } })
      for (const { place } of rendered.problems) expect(place?.file).toBe('f')
      for (let at = 0; at <= rendered.text.length; at += 1) {
        expect(rendered.origin(at)).toBeGreaterThanOrEqual(0)
        expect(rendered.origin(at)).toBeLessThanOrEqual(text.length)
      }
    }),
    { numRuns: 300 },
  )
})
