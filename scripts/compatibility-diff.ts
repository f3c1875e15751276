// Generates docs/compatibility-diff.md: gatewatch held against decK's own cases, as recorded at a real gateway.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compatibilityText } from '../test/golden/compatibility-text.ts'
import { DeckCaseGateways, deckCases, type Verdict } from '../test/golden/deck-cases.ts'

const work = mkdtempSync(join(tmpdir(), 'gatewatch-compatibility-'))
const gateways = await DeckCaseGateways.start()
const verdicts: Verdict[] = []
for (const { recording } of deckCases) verdicts.push(await gateways.judge(recording, work))
await gateways[Symbol.asyncDispose]()
await rm(work, { recursive: true })

writeFileSync(new URL('../docs/compatibility-diff.md', import.meta.url), compatibilityText(verdicts))
const wrong = verdicts.filter(verdict => !verdict.right)
for (const { title, there, here } of wrong) process.stdout.write(`wrong: ${title}: ${there}; ${here}\n`)
process.stdout.write(`${verdicts.length - wrong.length} of ${verdicts.length} cases are right\n`)
if (wrong.length > 0) process.exitCode = 1
