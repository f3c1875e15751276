import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import spectral from '@stoplight/spectral-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemText } from '../../src/model/problem.ts'
import { type LintedFile, type LintOptions, type LintReport, lint } from '../../src/specs/lint/index.ts'
import { readOwnRuleset } from '../../src/specs/lint/own-ruleset.ts'
import { builtinRuleset } from '../../src/specs/lint/rulesets.ts'
import { RULE_VERSIONS } from '../../src/specs/lint/versions.ts'
import { CLEAN } from './specs-lint/clean-document.ts'
import { DEFECTS, withDefect } from './specs-lint/defects.ts'

let root: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatewatch-lint-'))
})

afterAll(() => rm(root, { recursive: true }))

async function write(name: string, text: string): Promise<string> {
  const path = join(root, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  return name
}

/** A text with its mark taken out, and where that stood; the start of the file where there is none. */
function marked(name: string, text: string): { name: string; text: string; place: string } {
  const at = Math.max(0, text.indexOf('⟦'))
  const lines = text.slice(0, at).split('\n')
  return {
    name,
    text: text.replace('⟦', ''),
    place: `${name}:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`,
  }
}

function placesOf(file: LintedFile | undefined, rule: string): string[] {
  const own = file?.findings.filter(finding => finding.rule === rule) ?? []
  return own.map(({ place }) => `${place.file}:${place.line}:${place.column}`)
}

describe('every rule finds its defect at the right place', () => {
  let report: LintReport
  const cases = DEFECTS.map((defect, index) => ({
    ...marked(`${index}.yaml`, withDefect(defect)),
    rule: defect.rule,
  }))

  beforeAll(async () => {
    for (const { name, text } of cases) await write(name, text)
    await write('clean.yaml', CLEAN)
    await write('clean-3.1.yaml', CLEAN.replace('openapi: 3.0.3', 'openapi: 3.1.0'))
    report = await lint(['clean.yaml', 'clean-3.1.yaml', ...cases.map(({ name }) => name)], { root })
  })

  it('has a case for every rule that is run on OpenAPI 3.0 or 3.1', () => {
    const all = new spectral.Ruleset({ extends: [builtinRuleset('oas'), builtinRuleset('owasp')] }).rules
    const run = Object.values(all).flatMap(({ name, enabled, formats }) => {
      const names = [...(formats ?? [])].map(format => format.name)
      const fits = names.length === 0 || names.some(format => /^isOas3$|^oas3_[01]$/.test(format))
      return enabled && fits ? [name] : []
    })
    expect(new Set(cases.map(({ rule }) => rule))).toEqual(new Set(run))
  })

  it('finds nothing in the clean documents', () => {
    expect(report.files.slice(0, 2).map(({ findings, problems }) => [...findings, ...problems])).toEqual([
      [],
      [],
    ])
  })

  it.each(cases)('$rule', ({ rule, name, place }) => {
    const found = placesOf(
      report.files.find(({ file }) => file === name),
      rule,
    )
    expect(new Set(found)).toEqual(new Set([place]))
  })
})

describe('places behind references', () => {
  const RULE = 'owasp:api4:2023-array-limit'
  const document = (schema: string, more = ''): string => `openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /a:
    post:
      requestBody:
        content:
          application/json:
            schema:
${schema.replace(/^/gm, '              ')}
      responses: {}
${more}`
  const components = (text: string): string => `components:\n  schemas:\n${text}`

  const forms: [string, Record<string, string>][] = [
    ['inline', { 'main.yaml': document('type: object\nproperties:\n  ⟦a: { type: array }') }],
    [
      'behind a local $ref',
      {
        'main.yaml': document(
          "$ref: '#/components/schemas/A'",
          components('    A:\n      properties:\n        ⟦a:\n          type: array\n'),
        ),
      },
    ],
    [
      'behind two local $refs',
      {
        'main.yaml': document(
          "$ref: '#/components/schemas/B'",
          components("    B: { $ref: '#/components/schemas/A' }\n    ⟦A:\n      type: array\n"),
        ),
      },
    ],
    [
      'in another file',
      {
        'main.yaml': document('$ref: other.yaml'),
        'other.yaml': 'type: object\nproperties:\n  ⟦a:\n    type: array\n',
      },
    ],
    [
      'in a part of another file',
      {
        'main.yaml': document('$ref: folder/other.json#/parts/a~1b'),
        'folder/other.json':
          '{\n  "parts": {\n    "a/b": {\n      "properties": { ⟦"x": { "type": "array" } }\n    }\n  }\n}\n',
      },
    ],
    [
      'over three files and back',
      {
        'main.yaml': document('$ref: one.yaml#/a', components('    ⟦End:\n      type: array\n')),
        'one.yaml': 'a:\n  properties:\n    x: { $ref: two.yaml }\n',
        'two.yaml': '$ref: main.yaml#/components/schemas/End\n',
      },
    ],
    [
      'in a path of another file',
      {
        'main.yaml':
          "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths:\n  /a: { $ref: paths/a.yaml }\n",
        'paths/a.yaml':
          'get:\n  parameters:\n    - name: q\n      in: query\n      ⟦schema: { type: array }\n',
      },
    ],
    ['in an item of a list', { 'main.yaml': document('allOf:\n  - type: object\n  - ⟦type: array') }],
    [
      'at an anchor',
      {
        'main.yaml': document(
          'type: object\nproperties:\n  a: &shared\n    properties:\n      ⟦x:\n        type: array\n  b: *shared\n  c:\n    <<: *shared',
        ),
      },
    ],
    [
      'in JSON',
      {
        'main.json':
          '{\n  "openapi": "3.0.3", "info": { "title": "T", "version": "1" },\n  "paths": {}, "components": { "schemas": {\n    ⟦"A": { "type": "array" } } } }',
      },
    ],
  ]
  const folders = forms.map(([what, files]) => {
    const folder = what.replaceAll(' ', '-')
    return {
      what,
      files: Object.entries(files).map(([name, text]): [string, string] => [`${folder}/${name}`, text]),
    }
  })
  let report: LintReport

  beforeAll(async () => {
    for (const [name, text] of folders.flatMap(({ files }) => files)) await write(name, text.replace('⟦', ''))
    report = await lint(
      folders.map(({ files }) => files[0]?.[0] ?? ''),
      { root, builtin: ['owasp'] },
    )
  })

  it.each(folders.map(({ what }, index) => [what, index] as const))('%s are right', (_what, index) => {
    const expected = folders[index]?.files
      .filter(([, text]) => text.includes('⟦'))
      .map(entry => marked(...entry).place)
    expect(expected).toHaveLength(1)
    expect(placesOf(report.files[index], RULE)).toEqual(expected)
  })
})

describe('the repository’s own ruleset', () => {
  const options = (ruleset: string, more: Partial<LintOptions> = {}): LintOptions => ({
    root,
    builtin: [],
    ruleset,
    ...more,
  })

  async function run(ruleset: string, files: Record<string, string> = {}, more: Partial<LintOptions> = {}) {
    await write('own.yaml', CLEAN)
    await write('rules/ruleset.yaml', ruleset)
    for (const [name, text] of Object.entries(files)) await write(name, text)
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
    await write('wrong/ruleset.yaml', text)
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
    await write('slow.yaml', CLEAN.replace('title: Orders', `title: ${'a'.repeat(40)}b`))
    await write('fast.yaml', CLEAN)
    const pattern =
      "rules:\n  catastrophe:\n    given: $.info.title\n    then: { function: pattern, functionOptions: { match: '^(a+)+$' } }\n"
    await write('slow-rules.yaml', pattern)
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
    await write('exit/functions/leave.js', 'export default () => process.exit(0)\n')
    await write(
      'exit/rules.yaml',
      'functions: [leave]\nrules: { a: { given: $.info, then: { function: leave } } }\n',
    )
    await write('exit/main.yaml', CLEAN)
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

describe('what is linted', () => {
  it('is told where it can not be read', async () => {
    await write('broken.yaml', 'a: [1\n')
    const report = await lint(['broken.yaml', 'none.yaml'], { root })
    expect(report.files.map(({ problems }) => problems.map(problemText))).toEqual([
      [expect.stringMatching(/^broken\.yaml:2:1: This is neither YAML nor JSON/)],
      ["none.yaml can't be read: there is no such file."],
    ])
  })

  it('says which references lead nowhere, and why', async () => {
    await write(
      'refs.yaml',
      CLEAN.replace("'#/components/parameters/Limit'", 'https://specs.example/limit.yaml'),
    )
    const [file] = (await lint(['refs.yaml'], { root })).files
    const found = file?.findings.filter(({ rule }) => rule === 'invalid-ref') ?? []
    expect(found.map(({ message, place }) => [message, place.line])).toEqual([
      [expect.stringContaining('References to specs.example are not followed: the host is not allowed'), 23],
    ])
  })

  it('ends where it is stopped', async () => {
    await write('a.yaml', CLEAN)
    const report = await lint(['a.yaml'], { root, signal: AbortSignal.abort() })
    expect(report.files[0]?.problems.map(problemText)).toEqual(['Linting was stopped.'])
  })
})

describe('the cache', () => {
  it('answers while neither the files nor the rules change', async () => {
    const cacheFolder = join(root, 'cache')
    await write('c/main.yaml', CLEAN.replace("'#/components/parameters/Limit'", 'limit.yaml'))
    await write('c/limit.yaml', 'name: limit\nin: query\nschema: { type: integer }\n')
    await write(
      'c/rules.yaml',
      'rules: { short: { given: $.info.title, then: { function: length, functionOptions: { max: 3 } } } }\n',
    )
    const options = { root: join(root, 'c'), ruleset: 'rules.yaml', cacheFolder }
    const run = async (more: Partial<LintOptions> = {}) =>
      (await lint(['main.yaml'], { ...options, ...more })).files[0]
    const first = await run()
    expect(first).toMatchObject({ cached: false })
    expect(await run()).toEqual({ ...first, cached: true })
    expect(await run({ builtin: ['oas'] })).toMatchObject({ cached: false })
    for (const [name, text] of [
      ['c/limit.yaml', 'name: limit\nin: query\nschema: { type: boolean }\n'],
      [
        'c/rules.yaml',
        'rules: { short: { given: $.info.title, then: { function: length, functionOptions: { max: 30 } } } }\n',
      ],
      ['c/main.yaml', CLEAN],
    ] as const) {
      expect(await run()).toMatchObject({ cached: true })
      await write(name, text)
      expect(await run()).toMatchObject({ cached: false })
    }
  })

  it('is of the versions that are installed', async () => {
    const { dependencies } = JSON.parse(
      await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
    )
    const installed = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`)
    expect(installed).toEqual(
      expect.arrayContaining(RULE_VERSIONS.filter(version => version.startsWith('@'))),
    )
  })
})
