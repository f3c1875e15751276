import { type Problem, problemText } from '../../../model/problem.ts'
import { xmlAttribute, xmlText } from '../../../model/safe-markup.ts'
import type { LintedFile, LintFinding, LintReport } from '../finding.ts'

/**
 * A report in JUnit's format as CI servers read it: a suite for each file, a failed case for each error or warning, a
 * passed one for each note. A file without findings has one passed case.
 */
export function junitText({ files }: LintReport): string {
  const suites = files.map(suite)
  const total = (name: 'tests' | 'failures' | 'errors'): number =>
    suites.reduce((sum, one) => sum + one[name], 0)
  const counts = `tests="${total('tests')}" failures="${total('failures')}" errors="${total('errors')}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="gatewatch lint" ${counts}>`,
    ...suites.map(({ text }) => text),
    '</testsuites>',
    '',
  ].join('\n')
}

function suite({ file, findings, problems }: LintedFile) {
  const failures = findings.filter(isFailure).length
  const cases = [
    ...problems.map(problem => problemCase(problem, file)),
    ...findings.map(one => findingCase(one, file)),
  ]
  if (cases.length === 0) cases.push(`    <testcase name="all rules" classname="${xmlAttribute(file)}"/>`)
  const counts = `tests="${cases.length}" failures="${failures}" errors="${problems.length}" skipped="0"`
  const text = [`  <testsuite name="${xmlAttribute(file)}" ${counts}>`, ...cases, '  </testsuite>'].join('\n')
  return { text, tests: cases.length, failures, errors: problems.length }
}

function isFailure({ severity }: LintFinding): boolean {
  return severity === 'error' || severity === 'warn'
}

function findingCase(finding: LintFinding, file: string): string {
  const { rule, severity, message, place, pointer } = finding
  const at = `${place.file}:${place.line}:${place.column}`
  const names = `name="${xmlAttribute(`${rule} ${at}`)}" classname="${xmlAttribute(file)}"`
  const text = xmlText(`${at}: ${message} (${pointer || '/'})`)
  if (!isFailure(finding)) {
    return `    <testcase ${names}>\n      <system-out>${text}</system-out>\n    </testcase>`
  }
  const failure = `<failure type="${severity}" message="${xmlAttribute(message)}">${text}</failure>`
  return `    <testcase ${names}>\n      ${failure}\n    </testcase>`
}

function problemCase(problem: Problem, file: string): string {
  const names = `name="${xmlAttribute(problem.code)}" classname="${xmlAttribute(file)}"`
  const error = `<error type="${xmlAttribute(problem.code)}" message="${xmlAttribute(problem.message)}">`
  return `    <testcase ${names}>\n      ${error}${xmlText(problemText(problem))}</error>\n    </testcase>`
}
