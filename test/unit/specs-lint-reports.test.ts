import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import AjvDraft4 from 'ajv-draft-04'
import fc from 'fast-check'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { describe, expect, it } from 'vitest'
import type { LintedFile, LintFinding, LintReport } from '../../src/specs/lint/index.ts'
import { formatReport } from '../../src/specs/lint/index.ts'

const SARIF_SCHEMA = createRequire(import.meta.url).resolve(
  '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
)
const { $schema: _draft, ...sarifSchema } = JSON.parse(readFileSync(SARIF_SCHEMA, 'utf8'))
const isSarif = new AjvDraft4({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(
  sarifSchema,
)

const XSD = XmlDocument.fromString(readFileSync(new URL('specs-lint/junit.xsd', import.meta.url), 'utf8'))
const validator = XsdValidator.fromDoc(XSD)

function checkJunit(text: string): void {
  const document = XmlDocument.fromString(text)
  try {
    validator.validate(document)
  } finally {
    document.dispose()
  }
}

const REPORT: LintReport = {
  files: [
    {
      file: 'specs/pay.yaml',
      cached: false,
      problems: [],
      findings: [
        {
          rule: 'owasp:api4:2023-string-limit',
          severity: 'error',
          message: 'Schema of type string must specify maxLength, enum, or const.',
          place: { file: 'specs/pay.yaml', line: 12, column: 9 },
          pointer: '/components/schemas/Card/properties/token',
        },
        {
          rule: 'operation-description',
          severity: 'warn',
          message: 'Operation "description" must be 100% <present>,\nnon-empty: always.',
          place: { file: 'specs/paths/a b.yaml', line: 3, column: 1 },
          pointer: '/get',
          documentation: 'https://rules.test/operation-description',
        },
        {
          rule: 'note',
          severity: 'hint',
          message: 'A hint',
          place: { file: 'specs/pay.yaml', line: 1, column: 1 },
          pointer: '',
        },
      ],
    },
    { file: 'specs/clean.yaml', cached: true, problems: [], findings: [] },
    {
      file: 'specs/broken.yaml',
      cached: false,
      findings: [],
      problems: [
        {
          code: 'yaml-syntax',
          message: 'This is no YAML',
          place: { file: 'specs/broken.yaml', line: 2, column: 5 },
        },
      ],
    },
  ],
}

describe('a report', () => {
  it('as text has a line for each finding, and one with totals', () => {
    expect(
      formatReport(REPORT, 'text'),
    ).toBe(`specs/pay.yaml:12:9: error owasp:api4:2023-string-limit: Schema of type string must specify maxLength, enum, or const.
specs/paths/a b.yaml:3:1: warn operation-description: Operation "description" must be 100% <present>,\\nnon-empty: always.
specs/pay.yaml:1:1: hint note: A hint
specs/broken.yaml:2:5: This is no YAML.
3 files: 1 error, 1 warning, 1 note, 1 problem while linting
`)
  })

  it('as JSON is the whole report', () => {
    expect(JSON.parse(formatReport(REPORT, 'json'))).toEqual(REPORT)
  })

  it('for GitHub Actions is a command for each finding', () => {
    expect(
      formatReport(REPORT, 'github'),
    ).toBe(`::error file=specs/pay.yaml,line=12,col=9,title=owasp%3Aapi4%3A2023-string-limit::Schema of type string must specify maxLength, enum, or const.
::warning file=specs/paths/a b.yaml,line=3,col=1,title=operation-description::Operation "description" must be 100%25 <present>,%0Anon-empty: always.
::notice file=specs/pay.yaml,line=1,col=1,title=note::A hint
::error file=specs/broken.yaml,line=2,col=5,title=yaml-syntax::This is no YAML.
`)
  })

  it('for JUnit has a suite for each file', () => {
    const text = formatReport(REPORT, 'junit')
    checkJunit(text)
    expect(text).toContain('<testsuites name="gatewatch lint" tests="5" failures="2" errors="1">')
    expect(text).toContain(
      '<testsuite name="specs/clean.yaml" tests="1" failures="0" errors="0" skipped="0">',
    )
    expect(text).toContain(
      'message="Operation &quot;description&quot; must be 100% &lt;present&gt;,&#10;non-empty: always."',
    )
  })

  it('in SARIF fits its schema', () => {
    const log = JSON.parse(formatReport(REPORT, 'sarif'))
    expect([isSarif(log), isSarif.errors]).toEqual([true, null])
    const [run] = log.runs
    expect(run.invocations[0].executionSuccessful).toBe(false)
    expect(run.results[1]).toEqual({
      ruleId: 'operation-description',
      ruleIndex: 1,
      level: 'warning',
      message: { text: 'Operation "description" must be 100% <present>,\nnon-empty: always.' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'specs/paths/a%20b.yaml' },
            region: { startLine: 3, startColumn: 1 },
          },
          logicalLocations: [{ fullyQualifiedName: '/get' }],
        },
      ],
    })
  })

  it('that does not fit SARIF’s schema is detected', () => {
    expect(isSarif({ version: '2.1.0', runs: [{}] })).toBe(false)
    expect(() => checkJunit('<testsuites><testsuite/></testsuites>')).toThrow()
  })
})

describe('any report at all', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom('\u0000', '\ud800', ']]>', '<!--', '%0A', '\u202e'),
  )
  const place = fc.record({ file: text, line: fc.integer({ min: 1 }), column: fc.integer({ min: 1 }) })
  const finding: fc.Arbitrary<LintFinding> = fc.record({
    rule: text,
    severity: fc.constantFrom('error' as const, 'warn' as const, 'info' as const, 'hint' as const),
    message: text,
    place,
    pointer: text,
  })
  const file: fc.Arbitrary<LintedFile> = fc.record({
    file: text,
    findings: fc.array(finding, { maxLength: 4 }),
    problems: fc.array(fc.record({ code: fc.constantFrom('linear', 'ruleset'), message: text }), {
      maxLength: 2,
    }),
    cached: fc.boolean(),
  })
  const report = fc.record({ files: fc.array(file, { maxLength: 3 }) })

  it('is valid XML of JUnit, SARIF, and one command on each line', () => {
    fc.assert(
      fc.property(report, given => {
        checkJunit(formatReport(given, 'junit'))
        expect(isSarif(JSON.parse(formatReport(given, 'sarif')))).toBe(true)
        const count = given.files.reduce((sum, one) => sum + one.findings.length + one.problems.length, 0)
        const commands = formatReport(given, 'github').split('\n').slice(0, -1)
        expect(commands.length).toBe(count)
        for (const command of commands) expect(command).toMatch(/^::(?:error|warning|notice) file=/)
        expect(formatReport(given, 'text').split('\n').length).toBe(count + 2)
      }),
    )
  })
})
