import { mkdtempSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeShared, hasShared } from '../shared.ts'
import { compatibilityText } from './compatibility-text.ts'
import { DeckCaseGateways, deckCases, type Verdict } from './deck-cases.ts'

const page = new URL('../../docs/compatibility-diff.md', import.meta.url)

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
    expect(verdict).toMatchObject({ right: true })
  })

  it('stand in docs/compatibility-diff.md, none left out', async () => {
    expect(verdicts).toHaveLength(deckCases.length)
    expect(await readFile(page, 'utf8'), 'run node scripts/run.mjs scripts/compatibility-diff.ts').toBe(
      compatibilityText(verdicts),
    )
  })
})
