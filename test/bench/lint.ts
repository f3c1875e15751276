// How long linting takes beside Spectral itself, each in a process of its own, and whether both find the same.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compareFindings, type FoundFinding } from './lint-compare.ts'

const FOLDER = fileURLToPath(new URL('../../../shared/reference/openapi/', import.meta.url))
const RUNS = 3

function run(program: string, args: readonly string[]): { ms: number; findings: FoundFinding[] } {
  const started = performance.now()
  const path = fileURLToPath(new URL(program, import.meta.url))
  const options = { encoding: 'utf8', maxBuffer: 1 << 28 } as const
  const findings: FoundFinding[] = JSON.parse(execFileSync(process.execPath, [path, ...args], options))
  return { ms: performance.now() - started, findings }
}

/** The fastest of a few runs: what else the machine does only ever makes them slower. */
function fastest(program: string, args: readonly string[]) {
  const runs = Array.from({ length: RUNS }, () => run(program, args))
  return runs.reduce((best, one) => (one.ms < best.ms ? one : best))
}

/** Lines: for each file and choice of rulesets the times, their ratio, and the findings that stand elsewhere. */
export async function bench(): Promise<string> {
  if (!existsSync(FOLDER)) return 'skipped: the OpenAPI files are not here'
  const lines: string[] = []
  let differ = 0
  for (const name of readdirSync(FOLDER)) {
    const size = `${Math.round(statSync(FOLDER + name).size / 1024)} kB`
    for (const rulesets of [['oas'], ['oas', 'owasp']]) {
      const plain = fastest('lint-plain.ts', [FOLDER + name, ...rulesets])
      const ours = fastest('lint-ours.ts', [FOLDER + name, ...rulesets])
      const ratio = (ours.ms / plain.ms).toFixed(2)
      const times = `Spectral ${Math.round(plain.ms)} ms, gatewatch ${Math.round(ours.ms)} ms, ratio ${ratio}`
      lines.push(`${name} (${size}), ${rulesets.join(' and ')}: ${times}`)
      const there = compareFindings(plain.findings, ours.findings)
      const back = compareFindings(ours.findings, plain.findings)
      for (const { rule, line } of there.moved)
        lines.push(`  ${rule}: Spectral's line ${line} is another one here`)
      const missing = [...there.missing, ...back.missing]
      for (const { rule, line, message } of missing) lines.push(`  DIFFERS: ${rule}:${line} ${message}`)
      differ += missing.length
    }
  }
  if (differ > 0) throw new Error(`${lines.join('\n')}\n${differ} findings differ in more than their places`)
  return lines.join('\n')
}
