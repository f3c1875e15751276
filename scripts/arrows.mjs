// Checks the arrows of the design: which part may import which (.dependency-cruiser.json).
// A run that looked at no module, or at few, is a failure: a parser that finds nothing finds no fault either.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cruise } from 'dependency-cruiser'
import { root } from './runtime.mjs'

const { forbidden, options } = JSON.parse(readFileSync(join(root, '.dependency-cruiser.json'), 'utf8'))
process.chdir(root)
const { output } = await cruise(['src'], { ...options, ruleSet: { forbidden }, validate: true })
const sources = readdirSync(join(root, 'src'), { recursive: true }).filter(name =>
  /\.tsx?$/.test(String(name)),
)
const seen = output.modules.filter(({ source }) => /^src\/.*\.tsx?$/.test(source)).length
const links = output.modules.reduce((n, { dependencies }) => n + dependencies.length, 0)

for (const { rule, from, to, cycle } of output.summary.violations) {
  const through = cycle ? ` (through ${cycle.map(({ name }) => name).join(', ')})` : ''
  process.stdout.write(`${rule.name}: ${from} -> ${to}${through}\n`)
}
const wrong = output.summary.violations.length
process.stdout.write(`${seen} of ${sources.length} files, ${links} imports, ${wrong} against the arrows\n`)
if (wrong > 0 || seen < sources.length || links < seen) process.exitCode = 1
