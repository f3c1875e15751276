// Lints one file with gatewatch and prints what it found and the CPU time that it took: `lint-ours.ts FILE oas|owasp…`.
import { basename, dirname } from 'node:path'
import { lint } from '../../src/specs/lint/index.ts'
import type { FoundFinding } from './lint-compare.ts'

const [path = '', ...rulesets] = process.argv.slice(2)
const builtin = rulesets.map(name => (name === 'owasp' ? 'owasp' : 'oas'))
const [file] = (await lint([basename(path)], { root: dirname(path), builtin, memoryLimitMb: 4000 })).files
if (file?.problems[0]) throw new Error(file.problems[0].message)
const findings: FoundFinding[] = (file?.findings ?? []).map(({ rule, message, place }) => ({
  rule,
  message,
  line: place.line,
}))
const { user, system } = process.cpuUsage()
process.stdout.write(JSON.stringify({ findings, cpuMs: (user + system) / 1000 }))
