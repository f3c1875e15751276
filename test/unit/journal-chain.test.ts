import { mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { startJournal } from '../../src/ledger/journal.ts'
import { type JournalItem, journalsOf } from '../../src/ledger/journal-series.ts'
import { change } from './console-fleet.ts'
import { planOf } from './console-workflows.ts'
import { good } from './repo-scratch.ts'

let stateFolder: string
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'gatewatch-journals-'))
  return () => rm(stateFolder, { recursive: true })
})
const homeOf = () => ({ stateFolder, workspace: 'w', target: 'prod-eu' })
const folder = (): string => join(stateFolder, 'journals', 'w', 'prod-eu')
const names = (): readonly string[] =>
  readdirSync(folder())
    .filter(name => name.endsWith('.jsonl'))
    .sort()
const file = (i: number): string => join(folder(), names()[i] ?? '')

const plan = (id: string) => ({
  ...planOf('prod-eu', [change('payouts-list'), change('payouts-show')], [], {
    excluded: new Set(),
    deletes: true,
  }),
  id,
})

/** The journal of a sync of two steps. */
async function journaled(id: string, at: string): Promise<void> {
  const journal = good(await startJournal(homeOf(), plan(id), 'mira', () => new Date(at)))
  for (const step of plan(id).steps) {
    await journal.write({ type: 'sending', at, step: step.id })
    journal.note({ type: 'done', at, step: step.id })
  }
  await journal.write({ type: 'ended', at, done: 2, failed: 0, unknown: 0, notSent: 0 })
  await journal.close()
}

async function items(): Promise<readonly JournalItem[]> {
  const found: JournalItem[] = []
  for await (const item of journalsOf(homeOf())) found.push(item)
  return found
}

/** What is found, newest first: ids of syncs, and the place of what is wrong. */
async function found(): Promise<readonly string[]> {
  return (await items()).map(item =>
    item.type === 'sync'
      ? item.sync.plan.id
      : `${item.problem.code} ${item.file.slice(folder().length + 1)}:${item.problem.place?.line ?? ''}`,
  )
}

describe('the chain of a journal', () => {
  beforeEach(async () => {
    await journaled('aaaa', '2026-10-01T10:00:00.000Z')
    await journaled('bbbb', '2026-10-01T11:00:00.000Z')
    await journaled('cccc', '2026-10-01T12:00:00.000Z')
  })

  it('is intact if nothing was touched, newest first', async () => {
    expect(await found()).toEqual(['cccc', 'bbbb', 'aaaa'])
  })

  it('reports each line that was changed, removed, moved or duplicated, at its place', async () => {
    const whole = readFileSync(file(1), 'utf8')
    const lines = whole.split('\n').slice(0, -1)
    let mutations = 0
    const damaged = async (changed: readonly string[], line: number): Promise<void> => {
      writeFileSync(file(1), changed.map(each => `${each}\n`).join(''))
      const [, second, third] = await found()
      expect(second).toBe(`bad-journal ${names()[1]}:${line}`)
      expect(third).toBe('aaaa')
      mutations += 1
    }
    for (const [i, line] of lines.entries()) {
      await damaged(lines.with(i, line.replace(/"at":"2026/, '"at":"2027')), i + 1)
      // What is taken out at the end shows in the journal after it.
      if (i < lines.length - 1) await damaged(lines.toSpliced(i, 1), i + 1)
      await damaged(lines.toSpliced(i, 0, line), i === 0 ? 2 : i + 2)
      if (i > 0) await damaged(lines.with(i, lines[i - 1] ?? '').with(i - 1, line), i)
    }
    writeFileSync(file(1), whole)
    expect(await found()).toEqual(['cccc', 'bbbb', 'aaaa'])
    expect(mutations).toBe(lines.length * 4 - 2)
  })

  it('reports entries that are missing at the end of any journal', async () => {
    for (const i of [0, 1, 2]) {
      const whole = readFileSync(file(i), 'utf8')
      writeFileSync(file(i), `${whole.split('\n').slice(0, -2).join('\n')}\n`)
      expect((await found())[2 - i]).toBe(`bad-journal ${names()[i]}:`)
      writeFileSync(file(i), whole)
    }
  })

  it('reports each missing journal, including the newest', async () => {
    for (const i of [0, 1, 2]) {
      const name = names()[i] ?? ''
      renameSync(join(folder(), name), join(folder(), 'kept'))
      expect(await found()).toContain(`missing-journal ${name}:`)
      expect(await found()).toHaveLength(3)
      renameSync(join(folder(), 'kept'), join(folder(), name))
    }
  })

  it('continues after a missing journal, which is still reported as missing', async () => {
    const name = names()[2] ?? ''
    await rm(join(folder(), name))
    await journaled('dddd', '2026-10-01T13:00:00.000Z')
    expect(await found()).toEqual(['dddd', `missing-journal ${name}:`, 'bbbb', 'aaaa'])
  })

  it('reports a head that is missing or older than what was sent', async () => {
    const head = join(folder(), 'head.json')
    const whole = readFileSync(head, 'utf8')
    await rm(head)
    expect(await found()).toContain('bad-journal head.json:')
    writeFileSync(head, whole.replace(names()[2] ?? '', names()[1] ?? ''))
    expect(await found()).toContain('bad-journal head.json:')
    writeFileSync(head, 'not JSON')
    expect(await found()).toContain('bad-journal head.json:')
  })
})

it('does not count a last line that a crash cut off as damage, wherever it was cut', async () => {
  await journaled('aaaa', '2026-10-01T10:00:00.000Z')
  await journaled('bbbb', '2026-10-01T11:00:00.000Z')
  const head = join(folder(), 'head.json')
  const whole = readFileSync(file(1), 'utf8')
  const lines = whole.split('\n').slice(0, -1)
  // A process that was killed left the head as it was when its journal began.
  const chain = /"chain":"([^"]+)"\}$/.exec(lines[0] ?? '')?.[1]
  writeFileSync(head, JSON.stringify({ journal: names()[1], chain }))
  let cuts = 0
  for (let end = whole.length; end > (lines[0] ?? '').length; end -= 7) {
    writeFileSync(file(1), whole.slice(0, end))
    expect(await found()).toEqual(['bbbb', 'aaaa'])
    cuts += 1
  }
  expect(cuts).toBeGreaterThan(50)
})

it('reports no sync and no fault for a journal cut off before its plan was on disk', async () => {
  await journaled('aaaa', '2026-10-01T10:00:00.000Z')
  writeFileSync(join(folder(), '2026-10-01T110000.000Z-bbbb.jsonl'), '{"type":"plan","version":2,"at":"2026')
  expect(await found()).toEqual(['aaaa'])
  await journaled('cccc', '2026-10-01T12:00:00.000Z')
  expect(await found()).toEqual(['cccc', 'aaaa'])
})

it('keeps the order of journals even if the clock was set back', async () => {
  await journaled('aaaa', '2026-10-01T10:00:00.000Z')
  await journaled('bbbb', '2026-09-01T10:00:00.000Z')
  expect(await found()).toEqual(['bbbb', 'aaaa'])
})

it('skips and reports an entry of an unknown type if the chain is intact, and otherwise reports damage', async () => {
  const journal = good(await startJournal(homeOf(), plan('aaaa'), 'mira', () => new Date('2026-10-01')))
  const entry: unknown = { type: 'from-a-later-version', what: 1 }
  Reflect.apply(journal.note, journal, [entry])
  await journal.close()
  const [item] = await items()
  expect(item).toMatchObject({ type: 'sync', sync: { strange: ['from-a-later-version'] } })
  writeFileSync(file(0), readFileSync(file(0), 'utf8').replace('"what":1', '"what":2'))
  expect(await found()).toEqual([`bad-journal ${names()[0]}:2`])
})

it('reports a journal of a later version as such, and does not skip it', async () => {
  await journaled('aaaa', '2026-10-01T10:00:00.000Z')
  const { chainedLine } = await import('../../src/ledger/journal-chain.ts')
  const first = chainedLine('', JSON.stringify({ type: 'plan', version: 3, at: '', by: '', plan: {} }))
  writeFileSync(file(0), `${first.text}\n`)
  await rm(join(folder(), 'head.json'))
  const [item] = await items()
  expect(item).toMatchObject({ type: 'unread', problem: { message: expect.stringContaining('version 3') } })
})
