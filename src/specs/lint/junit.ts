import { type Problem, problemText } from '../../model/problem.ts'
import type { Finding, LintedFile, LintReport } from './finding.ts'

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
  if (cases.length === 0) cases.push(`    <testcase name="all rules" classname="${attribute(file)}"/>`)
  const counts = `tests="${cases.length}" failures="${failures}" errors="${problems.length}" skipped="0"`
  const text = [`  <testsuite name="${attribute(file)}" ${counts}>`, ...cases, '  </testsuite>'].join('\n')
  return { text, tests: cases.length, failures, errors: problems.length }
}

function isFailure({ severity }: Finding): boolean {
  return severity === 'error' || severity === 'warn'
}

function findingCase(finding: Finding, file: string): string {
  const { rule, severity, message, place, pointer } = finding
  const at = `${place.file}:${place.line}:${place.column}`
  const names = `name="${attribute(`${rule} ${at}`)}" classname="${attribute(file)}"`
  const text = content(`${at}: ${message} (${pointer || '/'})`)
  if (!isFailure(finding)) {
    return `    <testcase ${names}>\n      <system-out>${text}</system-out>\n    </testcase>`
  }
  const failure = `<failure type="${severity}" message="${attribute(message)}">${text}</failure>`
  return `    <testcase ${names}>\n      ${failure}\n    </testcase>`
}

function problemCase(problem: Problem, file: string): string {
  const names = `name="${attribute(problem.code)}" classname="${attribute(file)}"`
  const error = `<error type="${attribute(problem.code)}" message="${attribute(problem.message)}">`
  return `    <testcase ${names}>\n      ${error}${content(problemText(problem))}</error>\n    </testcase>`
}

/** Characters that XML 1.0 can't hold at all. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

function content(text: string): string {
  return text
    .replace(FORBIDDEN, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

function attribute(text: string): string {
  return content(text)
    .replaceAll('"', '&quot;')
    .replace(/[\t\n\r]/g, character => `&#${character.charCodeAt(0)};`)
}
