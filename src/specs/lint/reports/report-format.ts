import { counted } from '../../../model/counted.ts'
import { type Problem, problemText } from '../../../model/problem.ts'
import { githubMessage, githubProperty } from '../../../model/safe-markup.ts'
import { safeJson, safeText } from '../../../model/safe-text.ts'
import type { LintFinding, LintReport, LintSeverity } from '../finding.ts'
import { junitText } from './junit.ts'
import { sarifText } from './sarif.ts'

/** How a report can be written: for people, programs, CI servers (JUnit), code scanning (SARIF) and GitHub Actions. */
const REPORT_FORMATS = ['text', 'json', 'junit', 'sarif', 'github'] as const

export type ReportFormat = (typeof REPORT_FORMATS)[number]

/** A report as a text that ends with a line break; `github` is empty where there is nothing to tell. */
export function formatReport(report: LintReport, format: ReportFormat): string {
  switch (format) {
    case 'text':
      return plainText(report)
    case 'json':
      return `${safeJson(JSON.stringify(report, undefined, 2))}\n`
    case 'junit':
      return junitText(report)
    case 'sarif':
      return sarifText(report)
    case 'github':
      return annotations(report)
  }
}

/** One line for each finding, as compilers write them, and one that counts. */
function plainText({ files }: LintReport): string {
  const lines = files.flatMap(({ problems, findings }) => [
    ...problems.map(problem => `${safeText(problemText(problem))}`),
    ...findings.map(
      ({ place, severity, rule, message }) =>
        `${safeText(place.file)}:${place.line}:${place.column}: ${severity} ${safeText(rule)}: ${safeText(message)}`,
    ),
  ])
  const findings = files.flatMap(file => file.findings)
  const count = (severity: LintSeverity): number => findings.filter(one => one.severity === severity).length
  const problems = files.reduce((sum, file) => sum + file.problems.length, 0)
  const parts = [
    counted(count('error'), 'error'),
    counted(count('warn'), 'warning'),
    counted(count('info') + count('hint'), 'note'),
    ...(problems > 0 ? [`${counted(problems, 'problem')} while linting`] : []),
  ]
  return `${[...lines, `${counted(files.length, 'file')}: ${parts.join(', ')}`].join('\n')}\n`
}

/** Commands of GitHub Actions that show findings at their lines. */
function annotations({ files }: LintReport): string {
  return files
    .flatMap(({ file, problems, findings }) => [
      ...problems.map(problem => problemAnnotation(problem, file)),
      ...findings.map(findingAnnotation),
    ])
    .map(line => `${line}\n`)
    .join('')
}

const COMMANDS: Readonly<Record<LintSeverity, string>> = {
  error: 'error',
  warn: 'warning',
  info: 'notice',
  hint: 'notice',
}

function findingAnnotation({ rule, severity, message, place }: LintFinding): string {
  return annotation(COMMANDS[severity], { ...place, title: rule }, message)
}

function problemAnnotation(problem: Problem, file: string): string {
  const { place = { file, line: 1, column: 1 }, ...rest } = problem
  return annotation('error', { ...place, title: problem.code }, problemText(rest))
}

function annotation(
  command: string,
  at: { readonly file: string; readonly line: number; readonly column: number; readonly title: string },
  message: string,
): string {
  const properties = { file: at.file, line: at.line, col: at.column, title: at.title }
  const written = Object.entries(properties).map(
    ([name, value]) => `${name}=${githubProperty(String(value))}`,
  )
  return `::${command} ${written.join(',')}::${githubMessage(message)}`
}
