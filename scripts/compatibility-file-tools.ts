// Generates docs/compatibility-file-tools.md: the file tools held against decK's golden files.
import { writeFileSync } from 'node:fs'
import { fileToolsText, fileToolVerdicts } from '../test/golden/file-tools-cases.ts'

const verdicts = await fileToolVerdicts()
writeFileSync(new URL('../docs/compatibility-file-tools.md', import.meta.url), fileToolsText(verdicts))
const wrong = verdicts.filter(({ right }) => right === false)
for (const { input, here } of wrong) process.stdout.write(`wrong: ${input}: ${here}\n`)
if (wrong.length > 0) process.exitCode = 1
