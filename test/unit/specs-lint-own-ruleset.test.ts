import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { problemText } from '../../src/model/problem.ts'
import { type LintOptions, lint } from '../../src/specs/lint/index.ts'
import { readOwnRuleset } from '../../src/specs/lint/own-ruleset.ts'
import { CLEAN } from './specs-lint/clean-document.ts'
import { lintFolder } from './specs-lint/folder.ts'

const { root, write } = lintFolder()

describe('the repository’s own ruleset', () => {
  const options = (ruleset: string, more: Partial<LintOptions> = {}): LintOptions => ({
    root,
    builtin: [],
    ruleset,
    ...more,
  })

  async function run(ruleset: string, files: Record<string, string> = {}, more: Partial<LintOptions> = {}) {
    write('own.yaml', CLEAN)
    write('rules/ruleset.yaml', ruleset)
    for (const [name, text] of Object.entries(files)) write(name, text)
    const [file] = (await lint(['own.yaml'], options('rules/ruleset.yaml', more))).files
    return {
      findings: file?.findings.map(
        ({ rule, severity, place }) => `${rule} ${severity} ${place.line}:${place.column}`,
      ),
      problems: file?.problems.map(problemText),
    }
  }

  const UPPER = `  title-in-capitals:
    given: $.info.title
    severity: error
    message: '{{error}}'
    then: { function: capitals }
`

  it('adds rules with functions of Spectral', async () => {
    const rules =
      'rules:\n  short-title:\n    given: $.info.title\n    formats: [oas3]\n    then: { function: length, functionOptions: { max: 3 } }\n'
    expect(await run(rules)).toEqual({ findings: ['short-title warn 3:3'], problems: [] })
  })

  it('extends other rulesets and changes their severities', async () => {
    const base =
      'rules:\n  short-title: { given: $.info.title, severity: hint, then: { function: length, functionOptions: { max: 3 } } }\n'
    const result = await run(
      'extends: [./base.yaml, [spectral:oas, off]]\nrules:\n  short-title: error\n  license-url: warn\n',
      { 'rules/base.yaml': base },
    )
    expect(result).toEqual({ findings: ['license-url warn 2:1', 'short-title error 3:3'], problems: [] })
  })

  it('runs no JavaScript but from allowed folders', async () => {
    const files = {
      'rules/functions/capitals.js':
        "export default text => (text === text.toUpperCase() ? [] : [{ message: 'Shout' }])\n",
    }
    const ruleset = `functions: [capitals]\nrules:\n${UPPER}`
    const refused = await run(ruleset, files)
    expect(refused.problems).toEqual([
      'rules/ruleset.yaml:1:1: The function rules/functions/capitals.js is not run: its folder is not allowed. Allow the folder in the configuration, if you trust what is in it.',
      expect.stringContaining('The function "capitals" is not known'),
    ])
    const allowed = await run(ruleset, files, { functionFolders: ['rules/functions'] })
    expect(allowed).toEqual({ findings: ['title-in-capitals error 3:3'], problems: [] })
  })

  it.each([
    ['extends: https://rules.example/all.yaml\nrules: {}\n', /can't be extended/],
    ['extends: some-package\n', /can't be extended/],
    ['extends: ./ruleset.yaml\n', /extends itself/],
    ['extends: ../../outside.yaml\n', /outside the repository/],
    [
      'rules: {a: {given: $, then: {function: nonsense}}}\n',
      /ruleset\.yaml:1:.*The function "nonsense" is not known/,
    ],
    ['rules: {a: {given: $, formats: [oas9], then: {function: truthy}}}\n', /The format "oas9" is not known/],
    ['[1]\n', /A ruleset must be an object/],
    ['rules: {a: [1\n', /neither YAML nor JSON/],
  ])('that is wrong is told: %j', async (text, message) => {
    write('wrong/ruleset.yaml', text)
    const result = await readOwnRuleset('wrong/ruleset.yaml', { root, functionFolders: [] })
    expect(result.ok ? [] : result.error.map(problemText)[0]).toMatch(message)
  })

  it('that Spectral does not take is told', async () => {
    expect(await run('rules: { a: { given: $, then: 5 } }\n')).toEqual({
      findings: [],
      problems: [expect.stringMatching(/^The rules could not be run: /)],
    })
  })

  it('that takes too long is ended, and the rule told; other files go on', async () => {
    write('slow.yaml', CLEAN.replace('title: Orders', `title: ${'a'.repeat(40)}b`))
    write('fast.yaml', CLEAN)
    const pattern =
      "rules:\n  catastrophe:\n    given: $.info.title\n    then: { function: pattern, functionOptions: { match: '^(a+)+$' } }\n"
    write('slow-rules.yaml', pattern)
    const report = await lint(
      ['fast.yaml', 'slow.yaml', 'fast.yaml'],
      options('slow-rules.yaml', { timeLimitMs: 8000 }),
    )
    expect(report.files[1]?.problems.map(problemText)).toEqual([
      'Linting slow.yaml took over 8 s in the rule "catastrophe" and was ended. Look at the regular expressions of the rule, or turn it off.',
    ])
    expect(report.files[0]?.findings.map(({ rule }) => rule)).toEqual(['catastrophe'])
  })

  it('that takes too much memory is ended', async () => {
    const hoard =
      'const kept = []\nexport default () => { for (;;) kept.push(Array(1e5).fill(kept.length)) }\n'
    const files = { 'rules/functions/capitals.js': hoard }
    const more = { functionFolders: ['rules/functions'], memoryLimitMb: 100 }
    const { problems } = await run(`functions: [capitals]\nrules:\n${UPPER}`, files, more)
    expect(problems).toEqual([
      'Linting own.yaml took over 100 MB of memory in the rule "title-in-capitals" and was ended. Look at the regular expressions of the rule, or turn it off.',
    ])
  })
})

describe('a function that ends the worker', () => {
  it('does not make the file look clean', async () => {
    write('exit/functions/leave.js', 'export default () => process.exit(0)\n')
    write(
      'exit/rules.yaml',
      'functions: [leave]\nrules: { a: { given: $.info, then: { function: leave } } }\n',
    )
    write('exit/main.yaml', CLEAN)
    const options = {
      root: join(root, 'exit'),
      builtin: [],
      ruleset: 'rules.yaml',
      functionFolders: ['functions'],
    }
    const [file] = (await lint(['main.yaml'], options)).files
    expect(file?.problems.map(({ message }) => message)).toEqual([
      'Linting main.yaml came to no end in the rule "a" and was ended',
    ])
  })
})
