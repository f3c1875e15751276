// Lints one file as Spectral's own command does (6.16 finds the same in the same time), and prints what it found and the
// CPU time that it took: `lint-plain.ts FILE oas|owasp…`.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import spectral from '@stoplight/spectral-core'
import { createHttpAndFileResolver } from '@stoplight/spectral-ref-resolver'
import { builtinRuleset } from '../../src/specs/lint/rulesets/rulesets.ts'
import type { FoundFinding } from './lint-compare.ts'

const [path = '', ...rulesets] = process.argv.slice(2)
const runner = new spectral.Spectral({ resolver: createHttpAndFileResolver() })
runner.setRuleset({ extends: rulesets.map(name => builtinRuleset(name === 'owasp' ? 'owasp' : 'oas')) })
// A package of Spectral's own: the parser that its command uses.
const { Yaml } = createRequire(import.meta.url)('@stoplight/spectral-parsers')
const results = await runner.run(new spectral.Document(readFileSync(path, 'utf8'), Yaml, path))
const findings: FoundFinding[] = results.map(({ code, message, range }) => ({
  rule: String(code),
  message,
  line: range.start.line + 1,
}))
const { user, system } = process.cpuUsage()
process.stdout.write(JSON.stringify({ findings, cpuMs: (user + system) / 1000 }))
