import { expect, it } from 'vitest'
import { type HeldCase, heldFile, heldText } from '../compatibility.ts'
import { describeShared } from '../shared.ts'
import { madeFiles, validatedFiles } from './file-tools-cases.ts'

const wrong = (rows: readonly HeldCase[]) => rows.filter(({ verdict }) => verdict === 'wrong')

describeShared("decK's golden files of the file tools", () => {
  let made: readonly HeldCase[] = []
  let validated: readonly HeldCase[] = []

  it('come out the same', () => {
    made = madeFiles()
    expect(made.length).toBeGreaterThanOrEqual(6)
    expect(wrong(made)).toEqual([])
  })

  it('are valid where a gateway took them', async () => {
    validated = await validatedFiles()
    expect(validated.length).toBeGreaterThan(150)
    expect(wrong(validated)).toEqual([])
  }, 60_000)

  it('stand in docs/compatibility.md, none left out', async () => {
    await expect(heldText({ made, validated })).toMatchFileSnapshot(heldFile('file-tools'))
  })
})
