import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { describeShared } from '../shared.ts'
import { type FileToolVerdict, fileToolsText, fileToolVerdicts } from './file-tools-cases.ts'

const page = new URL('../../docs/compatibility-file-tools.md', import.meta.url)

describeShared("decK's golden files of the file tools", () => {
  let verdicts: readonly FileToolVerdict[] = []

  it('come out the same', async () => {
    verdicts = await fileToolVerdicts()
    expect(verdicts.length).toBeGreaterThan(150)
    expect(verdicts.filter(({ right }) => right === false)).toEqual([])
  }, 60_000)

  it('stand in docs/compatibility-file-tools.md, none left out', async () => {
    expect(await readFile(page, 'utf8'), 'run node scripts/run.mjs scripts/compatibility-file-tools.ts').toBe(
      fileToolsText(verdicts),
    )
  })
})
