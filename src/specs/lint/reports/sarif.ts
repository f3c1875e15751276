import { type Problem, problemText } from '../../../model/problem.ts'
import { safeJson } from '../../../model/safe-text.ts'
import type { LintFinding, LintReport, LintSeverity } from '../finding.ts'

const LEVELS: Readonly<Record<LintSeverity, string>> = {
  error: 'error',
  warn: 'warning',
  info: 'note',
  hint: 'note',
}

/** A report in SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html) for code scanning. */
export function sarifText({ files }: LintReport): string {
  const findings = files.flatMap(file => file.findings)
  const problems = files.flatMap(file => file.problems.map(problem => ({ problem, file: file.file })))
  const rules = new Map(findings.map(({ rule, documentation }) => [rule, documentation]))
  const numbers = new Map([...rules.keys()].map((rule, index) => [rule, index]))
  const run = {
    tool: {
      driver: {
        name: 'gatewatch lint',
        rules: [...rules].map(([id, helpUri]) => ({ id, ...(helpUri ? { helpUri } : {}) })),
      },
    },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: problems.length === 0,
        toolExecutionNotifications: problems.map(({ problem, file }) => notification(problem, file)),
      },
    ],
    results: findings.map(finding => resultOf(finding, numbers.get(finding.rule) ?? -1)),
  }
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }
  return `${safeJson(JSON.stringify(log, undefined, 2))}\n`
}

function resultOf({ rule, severity, message, place, pointer }: LintFinding, ruleIndex: number) {
  return {
    ruleId: rule,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: message },
    locations: [{ ...locationOf(place), logicalLocations: [{ fullyQualifiedName: pointer || '/' }] }],
  }
}

function notification(problem: Problem, file: string) {
  const { place = { file, line: 1, column: 1 }, ...rest } = problem
  return {
    level: 'error',
    descriptor: { id: problem.code },
    message: { text: problemText(rest) },
    locations: [locationOf(place)],
  }
}

function locationOf(place: { readonly file: string; readonly line: number; readonly column: number }) {
  const region = { startLine: place.line, startColumn: place.column }
  return { physicalLocation: { artifactLocation: { uri: uriOf(place.file) }, region } }
}

function uriOf(path: string): string {
  return encodeURI(path.toWellFormed()).replaceAll('#', '%23').replaceAll('?', '%3F')
}
