import { counts, type Finding, type Severity } from '../../governance/finding.ts'
import type { Policy } from '../../governance/policies/policy.ts'
import { type Problem, problemText } from '../../model/problem.ts'
import { githubMessage, githubProperty, xmlAttribute, xmlText } from '../../model/safe-markup.ts'
import { safeJson } from '../../model/safe-text.ts'
import { type FindingGroup, groupFindings } from './findings-text.ts'

/**
 * Findings in JUnit's format: a suite for each rule, with a failed case for each finding that counts, a skipped one for
 * each waived finding, and a passed one for the rest; a rule without findings has one passed case, and one that could
 * not be evaluated has an error. What could not be read is a suite of its own, of cases with an error.
 */
export function junitText(
  findings: readonly Finding[],
  rules: readonly string[],
  unread: ReadonlyMap<string, number>,
  problems: readonly Problem[],
  failOn: Severity,
): string {
  const byRule = Map.groupBy(groupFindings(findings), group => group.first.rule)
  const names = [...new Set([...rules, ...byRule.keys()])]
  const suites = [
    ...(problems.length > 0 ? [problemSuite(problems)] : []),
    ...names.map(rule => suite(rule, byRule.get(rule) ?? [], unread.get(rule) ?? 0, failOn)),
  ]
  const sum = (of: (each: (typeof suites)[number]) => number): number =>
    suites.reduce((n, each) => n + of(each), 0)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="gatewatch check" tests="${sum(each => each.tests)}" failures="${sum(each => each.failures)}" errors="${sum(each => each.errors)}">`,
    ...suites.map(each => each.text),
    '</testsuites>',
    '',
  ].join('\n')
}

function problemSuite(problems: readonly Problem[]) {
  const name = 'what could not be read'
  const tests = problems.length
  const cases = problems.map(problem => {
    const head = `    <testcase name="${xmlAttribute(problem.target ?? problem.code)}" classname="${name}">`
    const error = `<error type="${xmlAttribute(problem.code)}" message="${xmlAttribute(problemText(problem))}"/>`
    return `${head}\n      ${error}\n    </testcase>`
  })
  const numbers = `tests="${tests}" failures="0" errors="${tests}" skipped="0"`
  const text = [`  <testsuite name="${name}" ${numbers}>`, ...cases, '  </testsuite>'].join('\n')
  return { text, tests, failures: 0, errors: tests }
}

function suite(rule: string, groups: readonly FindingGroup[], unknown: number, failOn: Severity) {
  const failures = groups.filter(({ first }) => counts(first, failOn)).length
  const skipped = groups.filter(({ first }) => first.waived !== null).length
  const cases = groups.map(group => testCase(group, failOn))
  const errors = unknown > 0 ? 1 : 0
  if (unknown > 0) cases.push(unknownCase(rule, unknown))
  if (cases.length === 0) cases.push(`    <testcase name="nothing found" classname="${xmlAttribute(rule)}"/>`)
  const tests = cases.length
  const numbers = `tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}"`
  const text = [`  <testsuite name="${xmlAttribute(rule)}" ${numbers}>`, ...cases, '  </testsuite>'].join(
    '\n',
  )
  return { text, tests, failures, errors }
}

/** What was not evaluated has not passed. */
function unknownCase(rule: string, unknown: number): string {
  const message = `not known: ${unknown} ${unknown === 1 ? 'entity' : 'entities'} could not be asked about`
  return `    <testcase name="not known" classname="${xmlAttribute(rule)}">\n      <error message="${message}"/>\n    </testcase>`
}

function testCase({ first, targets }: FindingGroup, failOn: Severity): string {
  const { rule, severity, message, waived } = first
  const name = [...targets, `${first.kind} ${first.name}`].join(' ')
  const head = `    <testcase name="${xmlAttribute(name)}" classname="${xmlAttribute(rule)}">`
  const inner = waived
    ? `<skipped message="${xmlAttribute(`waived until ${waived.expires}: ${waived.reason}`)}"/>`
    : counts(first, failOn)
      ? `<failure type="${severity}" message="${xmlAttribute(message)}">${xmlText(bodyText(first))}</failure>`
      : `<system-out>${xmlText(`${severity}: ${bodyText(first)}`)}</system-out>`
  return `${head}\n      ${inner}\n    </testcase>`
}

function bodyText({ place, message, fix }: Finding): string {
  return `${place ? `${place.file}:${place.line}:${place.column}: ` : ''}${message}. ${fix}`
}

const levels: Readonly<Record<Severity, string>> = {
  block: 'error',
  error: 'error',
  warn: 'warning',
  info: 'note',
}

/**
 * Findings in SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html); a finding that is in no
 * file is placed at `elsewhere`.
 */
export function sarifText(
  findings: readonly Finding[],
  policies: readonly Policy[],
  problems: readonly Problem[],
  elsewhere: string,
): string {
  const known = new Map(policies.map(policy => [policy.id, policy]))
  const rules = [...new Map(findings.map(finding => [finding.rule, finding])).values()]
  const numbers = new Map(rules.map((finding, i) => [finding.rule, i]))
  const run = {
    tool: {
      driver: {
        name: 'gatewatch check',
        rules: rules.map(finding => ({
          id: finding.rule,
          shortDescription: { text: finding.title },
          fullDescription: { text: finding.rationale },
          help: { text: finding.fix },
          properties: {
            tags: [finding.owasp ?? [], [...(known.get(finding.rule)?.select.kinds ?? [])]].flat(),
          },
        })),
      },
    },
    invocations: [
      {
        executionSuccessful: problems.length === 0,
        toolExecutionNotifications: problems.map(problem => ({
          level: 'error',
          descriptor: { id: problem.code },
          message: { text: problemText(problem) },
        })),
      },
    ],
    columnKind: 'utf16CodeUnits',
    results: groupFindings(findings).map(group =>
      sarifResult(group, numbers.get(group.first.rule) ?? -1, elsewhere),
    ),
  }
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }
  return `${safeJson(JSON.stringify(log, undefined, 2))}\n`
}

function sarifResult({ first, targets }: FindingGroup, ruleIndex: number, elsewhere: string) {
  const { rule, severity, kind, name, message, waived, policy } = first
  const place = first.place ?? { file: elsewhere, line: 1, column: 1 }
  const at = targets.length > 0 ? ` (${targets.join(', ')})` : ''
  return {
    ruleId: rule,
    ruleIndex,
    level: levels[severity],
    message: { text: `${kind} ${name}: ${message}${at}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: {
            uri: encodeURI(place.file.toWellFormed()).replaceAll('#', '%23').replaceAll('?', '%3F'),
          },
          region: { startLine: place.line, startColumn: place.column },
        },
        logicalLocations: [{ fullyQualifiedName: `${kind} ${name}` }],
      },
    ],
    properties: { severity, targets, ...(policy.commit === null ? {} : { policyCommit: policy.commit }) },
    ...(waived ? { suppressions: [{ kind: 'external', justification: waived.reason }] } : {}),
  }
}

/**
 * Findings as GitHub Actions commands, which GitHub shows at their lines, after what could not be read; empty if there
 * are none.
 */
export function githubText(
  findings: readonly Finding[],
  problems: readonly Problem[],
  elsewhere: string,
): string {
  const unread = problems.map(
    problem => `::error title=${githubProperty('not known')}::${githubMessage(problemText(problem))}\n`,
  )
  const found = groupFindings(findings.filter(finding => finding.waived === null)).map(
    ({ first, targets }) => {
      const { severity, rule, kind, name, message } = first
      const { file, line, column } = first.place ?? { file: elsewhere, line: 1, column: 1 }
      const command = severity === 'info' ? 'notice' : severity === 'warn' ? 'warning' : 'error'
      const properties = { file, line, col: column, title: rule }
      const written = Object.entries(properties).map(
        ([key, value]) => `${key}=${githubProperty(String(value))}`,
      )
      const at = targets.length > 0 ? ` (${targets.join(', ')})` : ''
      return `::${command} ${written.join(',')}::${githubMessage(`${kind} ${name}: ${message}${at}`)}\n`
    },
  )
  return [...unread, ...found].join('')
}
