import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GatewayBed } from '../gateway-bed.ts'
import { differingLists, liveState } from './live.ts'
import { hasRecordings, recordedSyncs } from './recordings.ts'

/** `npm run test:contract -- --all` runs all pairs, otherwise every ninth. */
const everyOne = process.env.GATEWATCH_CONTRACT_ALL === '1'
const pairs = recordedSyncs('pairs').filter((_, i) => everyOne || i % 9 === 0)

/** Without a database a gateway does not show that a key never expires. */
function withoutTtl(recorded: unknown): unknown {
  return JSON.parse(
    JSON.stringify(recorded, (name, value) => (name === 'ttl' && value === null ? undefined : value)),
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
      }
    },
  )
})
