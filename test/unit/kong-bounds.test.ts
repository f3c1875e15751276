import fc from 'fast-check'
import { expect, test } from 'vitest'
import { excessOf, levels } from '../../src/gateways/kong/bounds.ts'

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

test('whatever JSON says, its depth is that of its value: brackets in texts do not count', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), fc.nat({ max: levels + 20 }), (text, depth) => {
      const value = nested(depth, JSON.parse(text))
      expect(excessOf(JSON.stringify(value)) === undefined).toBe(depthOf(value) <= levels)
    }),
  )
})

test('what is no JSON ends too', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', 'a') }), text => {
      excessOf(text)
    }),
  )
  expect(excessOf('"'.repeat(1_000_001))).toBeUndefined()
  expect(excessOf(`"${'\\'.repeat(1_000_001)}`)).toBeUndefined()
})
