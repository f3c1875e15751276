// How long linting takes beside Spectral itself, each in a process of its own, and whether both find the same.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { project } from '../program.ts'
import { compareFindings, type FoundFinding } from './lint-compare.ts'

const FOLDER = fileURLToPath(new URL('../../../shared/reference/openapi/', import.meta.url))
const RUNS = 3

interface Run {
  readonly ms: number
  readonly cpuMs: number
  readonly findings: readonly FoundFinding[]
}

function run(program: string, args: readonly string[]): Run {
  const started = performance.now()
  const path = fileURLToPath(new URL(program, import.meta.url))
  const options = { encoding: 'utf8', maxBuffer: 1 << 28 } as const
  const found: Omit<Run, 'ms'> = JSON.parse(execFileSync(process.execPath, [path, ...args], options))
  return { ms: performance.now() - started, ...found }
}

/** The least of a few runs: what else the machine does only ever makes them slower. */
function fastest(program: string, args: readonly string[]): Run {
  const [first, ...more] = Array.from({ length: RUNS }, () => run(program, args))
  if (!first) throw new Error('no runs')
  return more.reduce(
    (best, one) => ({ ...one, ms: Math.min(best.ms, one.ms), cpuMs: Math.min(best.cpuMs, one.cpuMs) }),
    first,
  )
}

/** From the command's start to the answer for a file that has not changed, and to that of a command that does nothing. */
function cachedAnswer(name: string): string {
  const state = mkdtempSync(join(tmpdir(), 'gatewatch-bench-'))
  try {
    const env = { ...process.env, GATEWATCH_STATE_DIR: state }
    const spent = (...args: string[]): number => {
      const started = performance.now()
      spawnSync(process.execPath, args, { cwd: FOLDER, env })
      return performance.now() - started
    }
    const command = [join(project, 'bin', 'gatewatch.js'), 'lint', name]
    const first = spent(...command)
    const again = Math.min(...Array.from({ length: 7 }, () => spent(...command)))
    const node = Math.min(...Array.from({ length: 7 }, () => spent('-e', '0')))
    const [whole, cached, bare] = [first, again, node].map(Math.round)
    return `${name} unchanged: ${cached} ms from the command's start, ${whole} ms the first time; Node alone ${bare} ms`
  } finally {
    rmSync(state, { recursive: true })
  }
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
      const ratios = `${(ours.ms / plain.ms).toFixed(2)}, of CPU time ${(ours.cpuMs / plain.cpuMs).toFixed(2)}`
      const times = `Spectral ${Math.round(plain.ms)} ms, gatewatch ${Math.round(ours.ms)} ms, ratio ${ratios}`
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
  lines.push(cachedAnswer('kong-admin-enterprise-3.15.yaml'))
  if (differ > 0) throw new Error(`${lines.join('\n')}\n${differ} findings differ in more than their places`)
  return lines.join('\n')
}
