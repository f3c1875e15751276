import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { complaints, deck, deckDiff } from './deck.ts'
import { differingLists, liveState } from './live.ts'
import { hasDeck, isRecord, recordedSyncs } from './recordings.ts'

/** `npm run test:contract -- --all` runs all pairs, otherwise every third. */
const everyOne = process.env.GATEWATCH_CONTRACT_ALL === '1'
const pairs = hasDeck ? recordedSyncs('pairs').filter((_, i) => everyOne || i % 3 === 0) : []

const summaryOf = (diff: unknown) => (isRecord(diff) ? diff.summary : undefined)

describe.skipIf(!hasDeck)('from a manifest to the next', () => {
  let sandbox: RunningSandbox | undefined
  let folder = ''
  const url = (name: string) => sandbox?.gateways.find(gateway => gateway.name === name)?.adminUrl ?? ''
  const fileOf = (name: string, text: unknown): string => {
    const path = join(folder, name)
    writeFileSync(path, String(text))
    return path
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatewatch-pairs-'))
    sandbox = await launchSandbox({
      gateways: pairs.map(({ name }) => ({ name, proxyPort: false as const })),
    })
    await deck('http://127.0.0.1:1', 'ping')
  }, 900_000)
  afterAll(async () => {
    await sandbox?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test.each(pairs.map(one => [one.name, one.recording] as const))('%s', async (name, recording) => {
    const manifest = fileOf(`${name}-first.yaml`, recording.manifest)
    const next = fileOf(`${name}-next.yaml`, recording.next_manifest)
    const first = await deck(url(name), 'sync', manifest)
    expect(first.ok, first.output).toBe(true)
    expect(differingLists(recording.live, await liveState(url(name)))).toEqual([])
    expect(await deckDiff(url(name), manifest)).toEqual(summaryOf(recording.deck_diff_again))
    expect(await deckDiff(url(name), next)).toEqual(summaryOf(recording.deck_diff))
    const second = await deck(url(name), 'sync', next)
    if (recording.deck_sync_error !== undefined) {
      expect(complaints(second.output)).toEqual(complaints(String(recording.deck_sync_error)))
      return
    }
    expect(second.ok, second.output).toBe(true)
    expect(differingLists(recording.live_after, await liveState(url(name)))).toEqual([])
  })
})
