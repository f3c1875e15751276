import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { heldFile, heldText } from '../compatibility.ts'
import { differenceRow, reasonFor } from './exceptions.ts'
import { hasRecordings, type RecordedCase, recordedCases, topics } from './recordings.ts'
import { type Difference, replay } from './replay.ts'

/** Schema violations of rarely used plugins are worth the least. */
const least: Readonly<Record<string, number>> = { 'plugin-defaults': 0.95, 'plugin-fields': 0.95 }

interface Topic {
  readonly name: string
  readonly cases: readonly RecordedCase[]
}

interface Result {
  total: number
  readonly differences: Difference[]
}

const all: readonly Topic[] = hasRecordings
  ? [...topics, 'dbless'].map(name => ({ name, cases: recordedCases(name) }))
  : []

const gatewayName = (topic: string, position: number) => `${topic} ${position}`

describe.skipIf(!hasRecordings)('recorded exchanges', () => {
  let sandbox: RunningSandbox | undefined
  const results = new Map<string, Result>()

  beforeAll(async () => {
    // Each case starts on an empty gateway: so it has its own.
    const gateways = all.flatMap(({ name, cases }) =>
      cases.map((_, i) => ({
        name: gatewayName(name, i),
        proxyPort: false as const,
        dbless: name === 'dbless',
      })),
    )
    sandbox = await launchSandbox({ gateways })
  })

  afterAll(async () => {
    await sandbox?.stop()
    const lines = [...results].map(([name, { total, differences }]) => {
      const equal = total - differences.length
      return `  ${name.padEnd(20)} ${equal} of ${total} equal (${((100 * equal) / total).toFixed(2)}%)`
    })
    process.stdout.write(`\nrecorded exchanges answered equally:\n${lines.join('\n')}\n`)
  })

  test.each(all.map(topic => [topic.name, topic] as const))('%s', async (name, { cases }) => {
    const result: Result = { total: 0, differences: [] }
    results.set(name, result)
    for (const [i, one] of cases.entries()) {
      const gateway = sandbox?.gateways.find(running => running.name === gatewayName(name, i))
      const { total, differences } = await replay(gateway?.adminUrl ?? '', one)
      result.total += total
      result.differences.push(...differences)
    }
    const unexplained = result.differences.filter(difference => reasonFor(difference) === undefined)
    expect(unexplained.map(difference => differenceRow(name, difference))).toEqual([])
    expect((result.total - result.differences.length) / result.total).toBeGreaterThanOrEqual(
      least[name] ?? 0.99,
    )
  })

  test('stand in docs/compatibility.md with every exchange that is answered otherwise', async () => {
    const rows = [...results].map(([name, { total, differences }]) => ({
      case: name,
      of: total,
      equal: total - differences.length,
    }))
    const different = [...results].flatMap(([name, { differences }]) =>
      differences.map(one => differenceRow(name, one)),
    )
    expect(rows).toHaveLength(all.length)
    await expect(heldText({ topics: rows, different })).toMatchFileSnapshot(heldFile('sandbox'))
  })
})
