import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GatewayBed } from '../gateway-bed.ts'
import { differingLists, liveState } from './live.ts'
import { hasRecordings, isRecord, recordedSyncs } from './recordings.ts'

/** `npm run test:contract -- --all` runs all pairs, otherwise every fifteenth. */
const everyOne = process.env.GATEWATCH_CONTRACT_ALL === '1'
const pairs = recordedSyncs('pairs').filter((_, i) => everyOne || i % 15 === 0)

/** Without a database a gateway does not show that a key never expires. */
function withoutTtl(recorded: unknown): unknown {
  return JSON.parse(
    JSON.stringify(recorded, (name, value) => (name === 'ttl' && value === null ? undefined : value)),
  )
}

const another = '_format_version: "3.0"\nservices: [{ name: of-somebody-else, host: h }]'

/** Entities by id, without the time of the last write: all are written each time. */
async function entities(bed: GatewayBed): Promise<ReadonlyMap<string, string>> {
  const found = Object.values(await liveState(bed.address))
    .flat()
    .filter(isRecord)
  return new Map(found.map(({ updated_at: _, ...rest }) => [String(rest.id), canonical(rest)]))
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part,
  )
}

describe.skipIf(!hasRecordings)('a sync to a gateway without a database', () => {
  let bed: GatewayBed
  beforeAll(async () => {
    bed = await GatewayBed.start({ dbless: true })
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  test.each(pairs.map(one => [one.name, one.recording] as const))(
    '%s leaves what decK left at the real gateway with one, in one request each time',
    async (_name, recording) => {
      await bed.clear()
      for (const [manifest, live] of [
        [recording.manifest, recording.live],
        [recording.next_manifest, recording.live_after],
      ] as const) {
        const { problems, writes } = await bed.sync(String(manifest))
        // What decK could not sync half way, gatewatch refuses before it writes.
        if (
          recording.deck_sync_error !== undefined &&
          manifest === recording.next_manifest &&
          problems.length > 0
        ) {
          expect(writes).toEqual([])
          expect(differingLists(withoutTtl(recording.live), await liveState(bed.address))).toEqual([])
          continue
        }
        expect(problems).toEqual([])
        expect(writes.length).toBeLessThanOrEqual(1)
        expect(differingLists(withoutTtl(live), await liveState(bed.address))).toEqual([])
        expect(await bed.changes(String(manifest))).toEqual([])
        // All of it is carried over as it is when somebody else syncs something of their own.
        const before = await entities(bed)
        expect((await bed.sync(another, { selectTags: ['somebody-else'] })).problems).toEqual([])
        const after = await entities(bed)
        expect([...before].filter(([id, entity]) => after.get(id) !== entity)).toEqual([])
        const nothing = '_format_version: "3.0"'
        expect((await bed.sync(nothing, { selectTags: ['somebody-else'] })).problems).toEqual([])
      }
    },
  )
})
