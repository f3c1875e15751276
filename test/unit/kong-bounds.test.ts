import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import {
  boundedJson,
  excessOf,
  levels,
  readingBytes,
} from '../../src/providers/kong/admin/connection/answer-bounds.ts'
import { Paging, ReadingBounds } from '../../src/providers/kong/admin/reading/paging.ts'

/** How deep a value nests, counted on the value and not on its text. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

const nested = (depth: number, leaf: unknown): unknown => {
  let value = leaf
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { [`"]}{[\\${i}`]: value, b: '[[{' }
  return value
}

test('the measured depth of JSON is that of its value: brackets in strings do not count', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), fc.nat({ max: levels + 20 }), (text, depth) => {
      const value = nested(depth, JSON.parse(text))
      expect(excessOf(JSON.stringify(value)) === undefined).toBe(depthOf(value) <= levels)
    }),
  )
})

test('an answer that is nested too deeply is refused, whether checked before or after parsing', () => {
  const long = ' '.repeat(2 ** 22)
  fc.assert(
    fc.property(fc.integer({ min: levels - 3, max: levels + 3 }), depth => {
      const text = JSON.stringify({ data: [nested(depth, null)] })
      const refused = depth + 2 > levels
      expect(boundedJson(text).excess !== undefined).toBe(refused)
      expect(boundedJson(text + long)).toStrictEqual(boundedJson(text))
    }),
    { numRuns: 20 },
  )
})

test('measuring the depth of invalid JSON ends too', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', 'a') }), text => {
      excessOf(text)
    }),
  )
  expect(excessOf('"'.repeat(1_000_001))).toBeUndefined()
  expect(excessOf(`"${'\\'.repeat(1_000_001)}`)).toBeUndefined()
})

const connection = { target: 't', address: 'http://kong:8001', headers: {}, timeoutMs: 1000 }

test('one list, or all lists read together, have sixty times the timeout of one answer', () => {
  let now = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
  const paging = new Paging(connection, '/plugins?size=1000')
  const reading = new ReadingBounds(connection)
  now = 60_000
  expect(paging.follow('a')).toBeUndefined()
  expect(reading.add('{}')).toBeUndefined()
  now = 60_001
  expect(paging.follow('b')?.message).toBe('reading /plugins of http://kong:8001 took more than 60 s')
  expect(reading.add('{}')?.message).toBe('reading all lists of http://kong:8001 took more than 60 s')
  clock.mockRestore()
})

test('lists that are read together share one size limit', () => {
  const reading = new ReadingBounds(connection)
  const page = { length: readingBytes / 2 }
  expect([page, page].map(text => reading.add(text))).toEqual([undefined, undefined])
  expect(reading.add({ length: 1 })?.message).toContain('larger than 512 MB together')
})
