import { expect, test } from 'vitest'
import type { Problem } from '../../src/model/problem.ts'
import { groupFaults, partProblem, toldOnce } from '../../src/model/problems/shared-faults.ts'

const forbidden = (part: string, target = 'prod'): Problem =>
  partProblem(
    { before: 'reading ', part, after: ' is not allowed (403)', parts: 'kinds' },
    { code: 'forbidden', target, hint: 'Ask for that permission.' },
  )
const refused: Problem = { code: 'refused', target: 'prod', message: 'http://k refused the connection' }

test('a fault that affected one part is reported for that part', () => {
  expect(toldOnce([forbidden('plugins')]).map(({ message }) => message)).toEqual([
    'reading plugins is not allowed (403)',
  ])
})

test('a fault that affected several parts is one sentence with their number and the first of them', () => {
  const parts = ['plugins', 'routes', 'services', 'consumers', 'upstreams']
  expect(toldOnce(parts.map(part => forbidden(part)))).toEqual([
    {
      code: 'forbidden',
      target: 'prod',
      message: 'reading 5 kinds (consumers, plugins, routes and 2 more) is not allowed (403)',
      hint: 'Ask for that permission.',
    },
  ])
  expect(toldOnce([forbidden('a'), forbidden('b')])[0]?.message).toContain('2 kinds (a and b)')
  expect(toldOnce([forbidden('c'), forbidden('a'), forbidden('b')])[0]?.message).toContain(
    '3 kinds (a, b and c)',
  )
})

test('the same message is reported once, with a count', () => {
  const all = Array.from({ length: 23 }, () => refused)
  expect(toldOnce(all)[0]?.message).toBe('http://k refused the connection, 23 times')
  expect(toldOnce([forbidden('a'), forbidden('a')])[0]?.message).toBe(
    'reading a is not allowed (403), 2 times',
  )
})

test('different targets, hints and places are different faults, in order of appearance', () => {
  const placed = (line: number): Problem => ({ ...refused, place: { file: 'k.yaml', line, column: 1 } })
  const all = [placed(1), forbidden('a'), placed(2), forbidden('a', 'dev'), forbidden('b')]
  expect(toldOnce(all).map(({ message, target, place }) => [message, target, place?.line])).toEqual([
    ['http://k refused the connection', 'prod', 1],
    ['reading 2 kinds (a and b) is not allowed (403)', 'prod', undefined],
    ['http://k refused the connection', 'prod', 2],
    ['reading a is not allowed (403)', 'dev', undefined],
  ])
})

test('the parts that share a fault are kept beside it', () => {
  const kinds = ['a', 'b'].map(kind => ({ kind, reason: forbidden(kind) }))
  const [group] = groupFaults(kinds, ({ reason }) => reason)
  expect(group?.items.map(({ kind }) => kind)).toEqual(['a', 'b'])
})
