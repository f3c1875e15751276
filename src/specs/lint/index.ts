import { LintCache } from './cache.ts'
import { runWorkers } from './engine/run-worker.ts'
import type { LintedFile, LintReport } from './finding.ts'
import type { LintOptions } from './options.ts'

export type { LintedFile, LintFinding, LintReport, LintSeverity } from './finding.ts'
export type { BuiltinRuleset, LintOptions } from './options.ts'
export { formatReport, type ReportFormat } from './reports/report-format.ts'

/**
 * Lints specifications with Spectral: its rules for OpenAPI, those for OWASP's API Security Top 10, and the
 * repository's own. Each finding stands where the text is written, behind references and in other files too.
 *
 * The rules run in a worker: a file that takes too long or too much memory is told with the rule at fault, and the
 * others go on. A file that has not changed since it was last linted with the same rules is answered from the cache,
 * without starting the worker. Never throws.
 *
 * @param files paths, relative to `options.root`
 */
export async function lint(files: readonly string[], options: LintOptions): Promise<LintReport> {
  const cache = options.cacheFolder === undefined ? undefined : new LintCache(options, options.cacheFolder)
  const linted = new Map<string, LintedFile>()
  await Promise.all(
    files.map(async file => {
      const findings = await cache?.find(file)
      if (findings) linted.set(file, { file, findings, problems: [], cached: true })
    }),
  )
  const kept: Promise<void>[] = []
  const left = files.filter(file => !linted.has(file))
  const problems = await runWorkers(left, options, (file, result, rulesetFiles) => {
    linted.set(file, { file, findings: result.findings, problems: result.problems, cached: false })
    if (cache) kept.push(cache.keep(file, result, rulesetFiles))
  })
  await Promise.all(kept)
  return {
    files: files.map(file => linted.get(file) ?? { file, findings: [], problems, cached: false }),
  }
}
