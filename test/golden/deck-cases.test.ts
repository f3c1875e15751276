import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { heldFile, heldText } from '../compatibility.ts'
import { describeShared, hasShared } from '../shared.ts'
import { DeckCaseGateways, deckCases, type Verdict } from './deck-cases.ts'

describeShared("decK's own cases", () => {
  let gateways: DeckCaseGateways
  let work: string
  const verdicts: Verdict[] = []

  beforeAll(async () => {
    if (!hasShared) return
    gateways = await DeckCaseGateways.start()
    work = mkdtempSync(join(tmpdir(), 'gatewatch-deck-cases-'))
  })
  afterAll(async () => {
    if (!hasShared) return
    expect(gateways.writes).toEqual([])
    await gateways[Symbol.asyncDispose]()
    await rm(work, { recursive: true })
  })

  it('are all here', () => {
    expect(deckCases.length).toBeGreaterThan(200)
  })

  it.each(deckCases.map(one => [one.name, one.recording] as const))('%s', async (_name, recording) => {
    const verdict = await gateways.judge(recording, work)
    verdicts.push(verdict)
    expect(verdict.held.verdict).not.toBe('wrong')
  })

  it('stand in docs/compatibility.md, none left out', async () => {
    expect(verdicts).toHaveLength(deckCases.length)
    const group = (wanted: Verdict['kind']) =>
      verdicts.filter(({ kind }) => kind === wanted).map(({ held }) => held)
    const part = { synced: group('synced'), followed: group('followed'), refused: group('refused') }
    await expect(heldText(part)).toMatchFileSnapshot(heldFile('deck-cases'))
  })
})
