import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { problemText } from '../../src/model/problem.ts'
import { type LintOptions, lint } from '../../src/specs/lint/index.ts'
import { RULE_VERSIONS } from '../../src/specs/lint/versions.ts'
import { severalRulesets } from '../timeouts.ts'
import { CLEAN } from './specs-lint/clean-document.ts'
import { lintFolder } from './specs-lint/folder.ts'

const { root, write } = lintFolder()

describe('what is linted', () => {
  it('is reported if it can’t be read', async () => {
    write('broken.yaml', 'a: [1\n')
    const report = await lint(['broken.yaml', 'none.yaml'], { root })
    expect(report.files.map(({ problems }) => problems.map(problemText))).toEqual([
      [expect.stringMatching(/^broken\.yaml:2:1: This is neither YAML nor JSON/)],
      ["none.yaml can't be read: there is no such file."],
    ])
  })

  it('says which references lead nowhere, and why', async () => {
    write('refs.yaml', CLEAN.replace("'#/components/parameters/Limit'", 'https://specs.example/limit.yaml'))
    const [file] = (await lint(['refs.yaml'], { root })).files
    const found = file?.findings.filter(({ rule }) => rule === 'invalid-ref') ?? []
    expect(found.map(({ message, place }) => [message, place.line])).toEqual([
      [expect.stringContaining('References to specs.example are not followed: the host is not allowed'), 23],
    ])
  })

  it('ends when it is stopped', async () => {
    write('a.yaml', CLEAN)
    const report = await lint(['a.yaml'], { root, signal: AbortSignal.abort() })
    expect(report.files[0]?.problems.map(problemText)).toEqual(['Linting was stopped.'])
  })
})

describe('the cache', () => {
  it('answers while neither the files nor the rules change', severalRulesets, async () => {
    const cacheFolder = join(root, 'cache')
    write('c/main.yaml', CLEAN.replace("'#/components/parameters/Limit'", 'limit.yaml'))
    write('c/limit.yaml', 'name: limit\nin: query\nschema: { type: integer }\n')
    write(
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
      write(name, text)
      expect(await run()).toMatchObject({ cached: false })
    }
  })

  it('is valid only for the installed versions', async () => {
    const { dependencies } = JSON.parse(
      await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
    )
    const installed = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`)
    expect(installed).toEqual(
      expect.arrayContaining(RULE_VERSIONS.filter(version => version.startsWith('@'))),
    )
  })
})
