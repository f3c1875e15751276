import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { complaints, deck, unsaid } from './deck.ts'
import { differingLists, liveState } from './live.ts'
import { hasDeck, recordedSyncs } from './recordings.ts'

if (!hasDeck) process.stdout.write('contract: skipped, there is no decK in ../shared\n')

const cases = hasDeck ? recordedSyncs('deck-cases') : []
const pathOf = (file: unknown) => `golden/deck/${String(file)}`

const synced = cases.filter(({ recording }) => recording.deck_dump !== undefined)
const refused = cases.filter(({ recording }) => recording.refused_by_deck_or_gateway !== undefined)
const followed = cases.filter(({ recording }) => recording.from !== undefined)

describe.skipIf(!hasDeck)("decK's own cases", () => {
  let sandbox: RunningSandbox | undefined
  const url = (name: string) => sandbox?.gateways.find(gateway => gateway.name === name)?.adminUrl ?? ''

  beforeAll(async () => {
    sandbox = await launchSandbox({
      gateways: cases.map(({ name }) => ({ name, proxyPort: false as const })),
    })
    // The first use of decK may build it.
    await deck('http://127.0.0.1:1', 'ping')
  }, 900_000)
  afterAll(() => sandbox?.stop())

  test.each(synced.map(one => [one.name, one.recording] as const))('%s', async (name, recording) => {
    const run = await deck(url(name), 'sync', pathOf(recording.file))
    expect(run.ok, run.output).toBe(true)
    expect(differingLists(recording.live, await liveState(url(name)))).toEqual([])
  })

  test.each(refused.map(one => [one.name, one.recording] as const))(
    '%s is refused',
    async (name, recording) => {
      const said = String(recording.refused_by_deck_or_gateway)
      // One step at a time: the first that is refused is the only one.
      const run = await deck(url(name), 'sync', '--parallelism', '1', pathOf(recording.file))
      expect(run.ok).toBe(false)
      if (/Error:| failed: HTTP /.test(said)) {
        const here = complaints(run.output)
        expect(here).not.toEqual([])
        expect(complaints(said)).toEqual(expect.arrayContaining(here))
      } else expect(unsaid(said, run.output)).toEqual([])
    },
  )

  test.each(followed.map(one => [one.name, one.recording] as const))('%s', async (name, recording) => {
    const first = await deck(url(name), 'sync', pathOf(recording.from))
    expect(first.ok, first.output).toBe(true)
    const second = await deck(url(name), 'sync', pathOf(recording.to))
    if (recording.deck_sync_error !== undefined) {
      expect(complaints(second.output)).toEqual(complaints(String(recording.deck_sync_error)))
      return
    }
    expect(second.ok, second.output).toBe(true)
    expect(differingLists(recording.live_after, await liveState(url(name)))).toEqual([])
  })
})
