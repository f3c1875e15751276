import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { problemText } from '../../src/model/problem.ts'
import { type LintOptions, lint } from '../../src/specs/lint/index.ts'
import { readOwnRuleset } from '../../src/specs/lint/rulesets/own-ruleset.ts'
import { endedAfterSeconds, severalRulesets } from '../timeouts.ts'
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

  it('runs JavaScript only from allowed folders', severalRulesets, async () => {
    const files = {
      'rules/functions/capitals.js':
        "export default text => (text === text.toUpperCase() ? [] : [{ message: 'Shout' }])\n",
    }
    const ruleset = `functions: [capitals]\nrules:\n${UPPER}`
    const refused = await run(ruleset, files)
    expect(refused.problems).toEqual([
      'rules/ruleset.yaml:1:1: The function rules/functions/capitals.js is not run: its folder is not allowed. Allow the folder with --functions; the functions in it have no files or network.',
      expect.stringContaining('The function "capitals" is unknown'),
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
      /ruleset\.yaml:1:.*The function "nonsense" is unknown/,
    ],
    ['rules: {a: {given: $, formats: [oas9], then: {function: truthy}}}\n', /The format "oas9" is unknown/],
    ['[1]\n', /A ruleset must be an object/],
    ['rules: {a: [1\n', /neither YAML nor JSON/],
  ])('is reported if it is wrong: %j', async (text, message) => {
    write('wrong/ruleset.yaml', text)
    const result = await readOwnRuleset('wrong/ruleset.yaml', {
      root,
      functionFolders: [],
      functionMemory: 64,
    })
    expect(result.ok ? [] : result.error.map(problemText)[0]).toMatch(message)
  })

  it('is reported if Spectral does not accept it', async () => {
    expect(await run('rules: { a: { given: $, then: 5 } }\n')).toEqual({
      findings: [],
      problems: [expect.stringMatching(/^The rules could not be run: /)],
    })
  })

  it('that takes too long is ended, and the rule told; other files go on', endedAfterSeconds, async () => {
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
      'Linting slow.yaml took more than 8 s in the rule "catastrophe" and was ended. Check the regular expressions of the rule, or turn it off.',
    ])
    expect(report.files[0]?.findings.map(({ rule }) => rule)).toEqual(['catastrophe'])
  })

  it(
    'whose function takes too much memory is told, and what other rules find stands',
    endedAfterSeconds,
    async () => {
      const hoard =
        'const kept = []\nexport default () => { for (;;) kept.push(Array(1e5).fill(kept.length)) }\n'
      const files = { 'rules/functions/capitals.js': hoard }
      const more = { functionFolders: ['rules/functions'], memoryLimitMb: 200 }
      const other =
        '  short-title: { given: $.info.title, then: { function: length, functionOptions: { max: 3 } } }\n'
      const { problems, findings } = await run(`functions: [capitals]\nrules:\n${UPPER}${other}`, files, more)
      expect(problems).toEqual([
        "The function rules/functions/capitals.js of the rule title-in-capitals can't be called: out of memory. A function has no files, network, processes or environment. See docs/specifications.md.",
      ])
      expect(findings).toEqual(['short-title warn 3:3'])
    },
  )

  it('whose function never ends is ended, and the rule told', endedAfterSeconds, async () => {
    const files = { 'rules/functions/capitals.js': 'export default () => { for (;;); }\n' }
    const more = { functionFolders: ['rules/functions'], timeLimitMs: 3000 }
    const { problems } = await run(`functions: [capitals]\nrules:\n${UPPER}`, files, more)
    expect(problems).toEqual([
      expect.stringMatching(
        /^Linting own\.yaml took more than 3 s in the rule "title-in-capitals" and was ended/,
      ),
    ])
  })

  it(
    'has functions that see the rule, the path and the documents, and find in several places',
    severalRulesets,
    async () => {
      const code = `export default (value, options, context) => [
  { message: [value, options.least, context.path.join('.'), context.rule.name].join(' ') },
  { message: context.document.data.info.title, path: ['info', 'version'] },
  { message: Object.keys(context.documentInventory.resolved).join(), path: ['openapi'] },
]\n`
      const rules =
        "functions: [see]\nrules: { seen: { given: $.info.title, message: '{{error}}', then: { function: see, functionOptions: { least: 3 } } } }\n"
      write('own.yaml', CLEAN)
      write('rules/ruleset.yaml', rules)
      write('rules/functions/see.js', code)
      const [file] = (
        await lint(['own.yaml'], options('rules/ruleset.yaml', { functionFolders: ['rules/functions'] }))
      ).files
      expect(file?.problems).toEqual([])
      const said = file?.findings.map(each => `${each.pointer} ${each.message}`)
      expect(said).toContain('/info/title Orders 3 info.title seen')
      expect(said).toContain('/info/version Orders')
      expect(said?.find(each => each.startsWith('/openapi'))).toMatch(/openapi,.*paths/)
    },
  )

  /** What is wrong with a ruleset, as far as reading it tells. */
  async function wrongWith(ruleset: string): Promise<readonly string[]> {
    write('wrong/ruleset.yaml', ruleset)
    const result = await readOwnRuleset('wrong/ruleset.yaml', {
      root,
      functionFolders: [],
      functionMemory: 64,
    })
    return result.ok ? [] : result.error.map(each => each.message)
  }

  it.each([
    ['$..[?(@.constructor.constructor("return process")())]', 'its filter calls a function'],
    ['$..[?(@.constructor.constructor("return process")().exit(0))]', 'its filter calls exit'],
    ["$..[?(@['const' + 'ructor'])]", 'its filter computes the name of a field'],
    ["$..[?(@['\\u0063onstructor'])]", 'its filter computes the name of a field'],
    ['$..[?(@[@.x])]', 'its filter computes the name of a field'],
    ['$..[?(@ in process.env)]', 'its filter names process'],
    ['$..[?(this.process)]', 'its filter does more than look at values'],
    ['$.info[?(@.map(@.x))]^.x', 'its filter calls map'],
    ["$.x['(@.constructor)']", 'its filter names the field constructor'],
    ["$.x[?(@.a == '[?(@.constructor)]')]", 'its filter contains another one'],
    ['$..[?(@.__proto__.x)]', 'its filter names the field __proto__'],
    ['$..[?(`${@.x}`)]', 'its filter can’t be read'],
  ])('that would run code in the path %s is refused', async (path, why) => {
    const text = JSON.stringify(path)
    const refusal = `The rule a is not run: ${why}`
    const rule = (given: string) => `rules: { a: { given: ${given}, then: { function: truthy } } }`
    expect(await wrongWith(rule(text))).toEqual([refusal])
    expect(await wrongWith(rule(`[$.info, ${text}]`))).toEqual([refusal])
    expect(
      await wrongWith(`rules: { a: { given: $.info, then: [{ field: ${text}, function: truthy }] } }`),
    ).toEqual([refusal])
    expect(await wrongWith(`overrides: [{ files: ['*'], ${rule(text)} }]`)).toEqual([refusal])
    const refused = [expect.stringMatching(/^The alias .* is not accepted: /)]
    expect(await wrongWith(`aliases: { A: [${text}] }\n${rule("'#A'")}`)).toEqual(refused)
    const scoped = `aliases: { A: { targets: [{ formats: [oas3], given: [${text}] }] } }`
    expect(await wrongWith(`${scoped}\n${rule("'#A'")}`)).toEqual(refused)
  })

  it('is refused where an alias would turn a text into a filter', async () => {
    const evil = "#A.x[?(@.y=='].[?(@.constructor.constructor(1)())]')]"
    const ruleset = `aliases: { A: ["$['"] }\nrules: { a: { given: ${JSON.stringify(evil)}, then: { function: truthy } } }`
    expect(await wrongWith(ruleset)).toContain('The alias "$[\'" is not accepted: it can’t be read')
  })

  it('may compare, and call functions that only read', severalRulesets, async () => {
    const paths = [
      "$.info[?(@property === 'title' && @.constructor.name === 'String' && @.startsWith('Ord'))]",
      // What only the other of Spectral's engines understands.
      "$.info[?(@property === 'title' && @.match(/^Ord\\w+$/))]",
    ].map(path => JSON.stringify(path))
    const rules = paths.map(
      (path, i) => `  r${i}: { given: ${path}, severity: error, then: { function: falsy } }\n`,
    )
    expect(await run(`rules:\n${rules.join('')}`)).toEqual({
      findings: ['r0 error 3:3', 'r1 error 3:3'],
      problems: [],
    })
  })

  it(
    'has messages in which nothing is worked out, wherever their text comes from',
    severalRulesets,
    async () => {
      const rules = "rules: { a: { given: $.info, message: '#{{1 + 1}}', then: { function: truthy } } }"
      expect(await wrongWith(rules)).toEqual(['The rule a is not run: its message evaluates an expression'])
      write('own.yaml', CLEAN)
      write(
        'rules/ruleset.yaml',
        'functions: [capitals]\nrules: { a: { given: $.info.title, message: "{{error}}", severity: error, then: { function: capitals } } }\n',
      )
      write('rules/functions/capitals.js', "export default () => [{ message: 'a #{{1 + 1}} b' }]\n")
      const more = { functionFolders: ['rules/functions'] }
      const [file] = (await lint(['own.yaml'], options('rules/ruleset.yaml', more))).files
      expect(file?.findings.map(each => each.message)).toEqual(['a #  b'])
    },
  )
})

describe('a function that would end the worker', () => {
  it('has no process to end, and the file does not look clean', endedAfterSeconds, async () => {
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
      "The function functions/leave.js of the rule a can't be called: 'process' is not defined",
    ])
  })
})
