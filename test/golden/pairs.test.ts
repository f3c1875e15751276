import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod'
import { problemText } from '../../src/model/problem.ts'
import type { Drift } from '../../src/reconcile/drift/drift.ts'
import { countedChanges, type HeldCase, heldFile, heldText } from '../compatibility.ts'
import { describeShared, hasShared, shared } from '../shared.ts'
import { driftOf, type Found } from './drift-of.ts'
import {
  type RecordedGateway,
  type RecordedLists,
  recordedLists,
  startRecordedGateway,
} from './recorded-gateway.ts'

const deckItem = z.object({ kind: z.string(), name: z.string() })
const deckDiff = z.object({
  creating: z.array(deckItem),
  updating: z.array(deckItem),
  deleting: z.array(deckItem),
})
const pairSchema = z.object({
  manifest: z.string(),
  live: recordedLists,
  next_manifest: z.string(),
  deck_diff: deckDiff,
})

const folder = join(shared, 'golden', 'kong-3.9.1', 'pairs')
const pairs = hasShared ? readdirSync(folder).filter(name => name.endsWith('.json')) : []
let gateway: RecordedGateway
let work: string

/** What differs between a manifest and recorded lists. */
async function drift(lists: RecordedLists, manifest: string): Promise<Extract<Found, { drift: Drift }>> {
  gateway.show(lists)
  const file = join(work, 'kong.yaml')
  writeFileSync(file, manifest)
  const found = await driftOf(gateway.address, file, work)
  if ('problems' in found) throw new Error(found.problems.map(problemText).join('\n'))
  return found
}

/** The changes by the names that decK has for them: a short key stands as a number here, and as its ending there. */
function names({ drift: { changes }, resolve }: Extract<Found, { drift: Drift }>): readonly string[] {
  return changes
    .map(({ operation, kind, key, name }) => {
      const [, owner] = /^#\d+ of consumer (.+)$/.exec(name) ?? []
      const deckName = owner === undefined ? name : `${resolve(key)?.slice(-5)} for consumer ${owner}`
      return `${operation} ${kind} ${deckName}`
    })
    .sort()
}

/**
 * What decK said; without `all` that is set aside in which it is wrong: it updates every oauth2 credential for ever.
 */
function deckNames(diff: z.infer<typeof deckDiff>, lists: RecordedLists, choice?: 'all'): readonly string[] {
  const upstreams = new Map((lists.upstreams ?? []).map(each => [String(each.id), String(each.name)]))
  const said = (operation: string, items: readonly z.infer<typeof deckItem>[]): readonly string[] =>
    items.map(({ kind, name }) => {
      // decK names a target's upstream by its id.
      const clear = name.replace(/(?<=for upstream )\S+$/, id => upstreams.get(id) ?? id)
      return `${operation} ${kind} ${clear}`
    })
  return [
    ...said('create', diff.creating),
    ...said('update', diff.updating),
    ...said('delete', diff.deleting),
  ]
    .filter(line => choice === 'all' || !line.startsWith('update oauth2-cred '))
    .sort()
}

/** A row of docs/compatibility.md: nothing differs after the first sync (`after`), and then what decK says. */
function row(
  name: string,
  { drift: after }: Extract<Found, { drift: Drift }>,
  next: Extract<Found, { drift: Drift }>,
  pair: z.infer<typeof pairSchema>,
): HeldCase {
  const theirs = deckNames(pair.deck_diff, pair.live)
  const isEqual = names(next).join() === theirs.join() && after.changes.length === 0
  const rows = {
    case: name.replace('.json', ''),
    held: countedChanges(deckNames(pair.deck_diff, pair.live, 'all')),
    here: countedChanges(names(next)),
  }
  if (!isEqual) return { ...rows, verdict: 'wrong' }
  if (rows.held === rows.here) return { ...rows, verdict: 'equal' }
  return { ...rows, verdict: 'otherwise', why: 'decK updates oauth2 credentials for ever' }
}

describeShared('recorded syncs', () => {
  const rows: HeldCase[] = []
  beforeAll(async () => {
    gateway = await startRecordedGateway()
    work = mkdtempSync(join(tmpdir(), 'gatewatch-pairs-'))
  })
  afterAll(async () => {
    expect(gateway.writes).toEqual([])
    await gateway[Symbol.asyncDispose]()
    await rm(work, { recursive: true })
  })

  it.each(pairs)('%s: nothing differs after a sync, and then what decK says', async name => {
    const pair = pairSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')))
    const after = await drift(pair.live, pair.manifest)
    const next = await drift(pair.live, pair.next_manifest)
    rows.push(row(name, after, next, pair))
    expect(after.drift.changes).toEqual([])
    expect(after.drift.unknown).toEqual([])
    expect(names(next)).toEqual(deckNames(pair.deck_diff, pair.live))
    for (const change of next.drift.changes) {
      if (change.operation === 'update') expect(change.fields.length).toBeGreaterThan(0)
    }
  })

  it('stand in docs/compatibility.md, none left out', async () => {
    expect(rows).toHaveLength(pairs.length)
    await expect(heldText({ pairs: rows })).toMatchFileSnapshot(heldFile('pairs'))
  })
})
