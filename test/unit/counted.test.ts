import { expect, it } from 'vitest'
import { counted } from '../../src/model/counted.ts'

it.each([
  [1, 'route', '1 route'],
  [0, 'route', '0 routes'],
  [2, 'policy', '2 policies'],
  [2, 'key', '2 keys'],
  [2, 'address', '2 addresses'],
])('%i with the word %s is written as %s', (n, word, text) => {
  expect(counted(n, word)).toBe(text)
})
