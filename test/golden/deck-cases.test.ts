import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import type { Drift } from '../../src/reconcile/drift.ts'
import { describeShared, hasShared, shared } from '../shared.ts'
import { driftOf } from './drift-of.ts'
import {
  type RecordedGateway,
  type RecordedLists,
  recordedLists,
  startRecordedGateway,
} from './recorded-gateway.ts'

const item = z.object({ kind: z.string(), name: z.string() })
const diff = z.object({ creating: z.array(item), updating: z.array(item), deleting: z.array(item) })
const syncedSchema = z.object({ file: z.string(), live: recordedLists })
const refusedSchema = z.object({ file: z.string(), refused_by_deck_or_gateway: z.string() })
const nextSchema = z.object({
  from: z.string(),
  to: z.string(),
  live: recordedLists,
  deck_diff: diff,
  deck_sync_error: z.string().optional(),
})

const folder = join(shared, 'golden', 'kong-3.9.1', 'deck-cases')
const files = join(shared, 'golden', 'deck')
const cases = hasShared
  ? readdirSync(folder).map(name => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
  : []
const of = <T>(schema: z.ZodType<T>): readonly (readonly [string, T])[] =>
  cases.flatMap(({ name, text }) => {
    const parsed = schema.safeParse(JSON.parse(text))
    return parsed.success ? [[name, parsed.data] as const] : []
  })

let gateway: RecordedGateway
let work: string
beforeAll(async () => {
  if (!hasShared) return
  gateway = await startRecordedGateway()
  work = mkdtempSync(join(tmpdir(), 'gatewatch-deck-cases-'))
})
afterAll(async () => {
  if (!hasShared) return
  expect(gateway.writes).toEqual([])
  await gateway[Symbol.asyncDispose]()
  await rm(work, { recursive: true })
})

async function drift(lists: RecordedLists, file: string): Promise<Drift> {
  gateway.show(lists)
  const found = await driftOf(gateway.address, join(files, file), work)
  if ('problems' in found) throw new Error(found.problems.join('\n'))
  return found.drift
}

/** decK names a target's upstream, and a consumer without a username, by ids; gatewatch by what people gave them. */
function clearName(kind: string, name: string, lists: RecordedLists, changes: Drift['changes']): string {
  const listed = (path: string, id: string) => lists[path]?.find(each => each.id === id)
  if (kind === 'target') {
    return name.replace(/(?<=for upstream )\S+$/, id => String(listed('upstreams', id)?.name ?? id))
  }
  if (kind !== 'consumer') return name
  const made = changes.find(
    change => change.kind === 'consumer' && change.fields.every(field => field.path !== 'username'),
  )
  return String(
    listed('consumers', name)?.custom_id ?? (/^[0-9a-f-]{36}$/.test(name) && made ? made.name : name),
  )
}

describeShared("decK's own cases", () => {
  it('are all here', () => {
    expect(of(syncedSchema).length + of(refusedSchema).length + of(nextSchema).length).toBe(cases.length)
    expect(cases.length).toBeGreaterThan(200)
  })

  it.each(of(syncedSchema))('%s: nothing differs after the sync', async (_name, { file, live }) => {
    const { changes, unknown, blocked } = await drift(live, file)
    // decK never sets an algorithm on an upstream that a file gives a time of creation: it differs for ever.
    const wrong = /^sync\/027-created-at\/new\.yaml$/.test(file)
    expect(changes.map(change => change.id)).toEqual(wrong ? ['update upstream upstream1'] : [])
    expect([...unknown, ...blocked]).toEqual([])
  })

  it.each(of(nextSchema))('%s: what decK says', async (_name, { to, live, deck_diff, deck_sync_error }) => {
    const { changes } = await drift(live, to)
    for (const change of changes) {
      if (change.operation === 'update') expect(change.fields.length).toBeGreaterThan(0)
    }
    // Where decK itself gave up half way there is nothing to be equal to.
    if (deck_sync_error !== undefined) return
    const said = (operation: string, items: readonly z.infer<typeof item>[]) =>
      items.map(({ kind, name }) => `${operation} ${kind} ${clearName(kind, name, live, changes)}`)
    const deck = [
      ...said('create', deck_diff.creating),
      ...said('update', deck_diff.updating),
      ...said('delete', deck_diff.deleting),
    ]
    expect(changes.map(change => `${change.operation} ${change.kind} ${change.name}`).sort()).toEqual(
      deck.filter(line => !line.startsWith('update oauth2-cred ')).sort(),
    )
  })

  it.each(of(refusedSchema))(
    '%s: a clear problem, or something that the gateway is asked for',
    async (_name, { file }) => {
      gateway.show({})
      const found = await driftOf(gateway.address, join(files, file), work)
      if ('problems' in found) {
        expect(found.problems.length).toBeGreaterThan(0)
        for (const problem of found.problems) expect(problem).toMatch(/[.?!]$/)
      } else {
        expect(found.drift.changes.length + found.drift.unknown.length).toBeGreaterThan(0)
      }
    },
  )
})
