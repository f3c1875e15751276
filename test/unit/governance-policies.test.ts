import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Policy, severityAt } from '../../src/governance/policies/policy.ts'
import { loadGovernance } from '../../src/workflows/governance/load-governance.ts'
import { type GovernedRepository, governed, policyText } from './governance-repository.ts'
import { bad } from './repo-scratch.ts'

const file = 'policies/timeouts.yaml'
const prod = { name: 'prod-eu', environment: 'prod', production: true, labels: {} }
const dev = { name: 'dev', environment: 'dev', production: false, labels: {} }

async function policyOf(repository: GovernedRepository, id = 'timeouts'): Promise<Policy> {
  const found = (await repository.governance()).policies.find(policy => policy.id === id)
  if (!found) throw new Error(`no policy ${id}`)
  return found
}

async function problemsOf(repository: GovernedRepository): Promise<readonly string[]> {
  return bad(await loadGovernance(await repository.project()))
}

describe('an invalid policy is reported with its line', () => {
  test.each<[string, string, RegExp]>([
    ['no YAML', 'id: [\n', /^policies\/timeouts\.yaml:2:1: /],
    ['no mapping', '- a\n', /^policies\/timeouts\.yaml:1:1: the file does not hold a policy/],
    [
      'a key misspelt',
      policyText().replace('fix:', 'fxi:'),
      /timeouts\.yaml:9:1: .*unknown key "fxi".*Did you mean fix/,
    ],
    ['no rationale', policyText().replace(/rationale: .*\n/, ''), /rationale is missing/],
    [
      'a severity that is none',
      policyText({ severity: 'fatal' }),
      /timeouts\.yaml:4:1: severity must be one of block/,
    ],
    [
      'an environment that is none',
      policyText({ severity: '{ prd: block }' }),
      /timeouts\.yaml:4:1: .*environment prd/,
    ],
    [
      'a kind that is none',
      policyText({ select: '{ kind: servic }' }),
      /timeouts\.yaml:5:11: select\.kind must be a kind/,
    ],
    [
      'an operator that is none',
      policyText({ assert: '\n  all:\n    - retries: 3\n    - read_timeout: { at_moast: 1 }' }),
      /timeouts\.yaml:9:23: assert\.all\.1\.read_timeout\.at_moast isn’t an operator/,
    ],
    [
      'an id that is none',
      policyText({ id: 'Time outs' }),
      /timeouts\.yaml:1:1: id must be a name of lowercase letters/,
    ],
    ['an item of no list', policyText({ owasp: 'API11:2023' }), /owasp must be an item of the OWASP list/],
  ])('%s', async (_name, text, problem) => {
    await using repository = await governed()
    await repository.write(file, text)
    const problems = await problemsOf(repository)
    expect(
      problems.filter(each => problem.test(each)),
      problems.join('\n'),
    ).toHaveLength(1)
  })

  test('the same name twice', async () => {
    await using repository = await governed()
    await repository.write('policies/a.yaml', policyText())
    await repository.write('policies/b.yaml', policyText())
    expect(await problemsOf(repository)).toEqual([
      'policies/b.yaml:1:1: the policy timeouts is defined twice, first in policies/a.yaml. Give one of them another id.',
    ])
  })

  test('one broken policy is enough to leave all of them unknown', async () => {
    await using repository = await governed()
    await repository.write(file, policyText())
    await repository.write('policies/other.yaml', 'id: other\n')
    expect((await problemsOf(repository)).length).toBeGreaterThan(0)
  })
})

describe('the policies in force', () => {
  test('are all built-in ones, and those of the repository', async () => {
    await using repository = await governed()
    await repository.write(file, policyText())
    const ids = (await repository.governance()).policies.map(policy => policy.id)
    expect(ids).toContain('timeouts')
    expect(ids).toContain('route-without-authentication')
  })

  test('are only those built-in ones that are named', async () => {
    await using repository = await governed()
    await repository.configure('builtin: [shadow-api]')
    await repository.write(file, policyText())
    const ids = (await repository.governance()).policies.map(policy => policy.id)
    expect(ids).toEqual(['shadow-api', 'timeouts'])
  })

  test('include one from the repository in place of a built-in one of the same name', async () => {
    await using repository = await governed()
    await repository.configure('builtin: [shadow-api]')
    await repository.write('policies/shadow-api.yaml', policyText({ id: 'shadow-api' }))
    const policy = await policyOf(repository, 'shadow-api')
    expect(policy.stamp.place).toEqual({ file: 'policies/shadow-api.yaml', line: 1, column: 1 })
  })

  test('do not include unknown rules from the configuration: these are reported with a suggestion', async () => {
    await using repository = await governed()
    await repository.configure('builtin: [shadow-apy]\nseverity: { no-such: off, timeouts: { prd: off } }')
    await repository.write(file, policyText())
    const problems = await problemsOf(repository)
    expect(problems.join('\n')).toMatch(/governance\.builtin.*shadow-apy.*Did you mean shadow-api/)
    expect(problems.join('\n')).toMatch(/governance\.severity.*no-such/)
    expect(problems.join('\n')).toMatch(/environment prd/)
  })

  test('are those of the commit if one is given', async () => {
    await using repository = await governed()
    await repository.write(file, policyText({ title: 'The first' }))
    const first = await repository.commit('First', 'aisha')
    await repository.write(file, policyText({ title: 'The second' }))
    await repository.commit('Second', 'aisha')
    const at = await repository.governance({ ref: first })
    expect(at.commit).toBe(first)
    expect(at.policies.find(policy => policy.id === 'timeouts')?.title).toBe('The first')
    expect((await policyOf(repository)).title).toBe('The second')
  })
})

describe('the severity of a finding', () => {
  test.each([
    ['draft', 'info', 'info'],
    ['candidate', 'warn', 'error'],
    ['approved', 'warn', 'block'],
    ['retired', 'off', 'off'],
  ])('of a policy that is %s: %s in dev, %s in prod', async (state, inDev, inProd) => {
    await using repository = await governed()
    await repository.write(file, policyText({ state }))
    const policy = await policyOf(repository)
    expect([severityAt(policy, dev), severityAt(policy, prod)]).toEqual([inDev, inProd])
  })

  test('is what the configuration sets instead', async () => {
    await using repository = await governed()
    await repository.configure('severity:\n  timeouts: { production: info, default: off }')
    await repository.write(file, policyText())
    const policy = await policyOf(repository)
    expect([severityAt(policy, dev), severityAt(policy, prod), severityAt(policy, null)]).toEqual([
      'off',
      'info',
      'off',
    ])
  })
})

describe('JavaScript functions', () => {
  const asked = policyText({ assert: '{ name: { function: functions/short.js } }', examples: '[]' })
  const code = 'export default value => value.length < 5\n'

  test('are run from folders that the configuration allows', async () => {
    await using repository = await governed()
    await repository.configure('functions: [functions]')
    await repository.write('functions/short.js', code)
    await repository.write(file, asked)
    const { assert } = await policyOf(repository)
    expect(assert.failure({ name: 'abc' }, { now: 0 })).toBeNull()
    expect(assert.failure({ name: 'abcdef' }, { now: 0 })).toBe('name')
  })

  test('are not run from elsewhere, nor through a link that leads elsewhere', async () => {
    await using repository = await governed()
    await repository.write('elsewhere/short.js', `globalThis.ran = true\n${code}`)
    await repository.write('functions/other.js', code)
    await symlink(
      join(repository.folder, 'elsewhere/short.js'),
      join(repository.folder, 'functions/short.js'),
    )
    await repository.configure('functions: [functions]')
    await repository.write(file, asked)
    expect((await problemsOf(repository)).join('\n')).toMatch(
      /timeouts\.yaml:6:19: .*names a function that is not allowed/,
    )
    expect(Reflect.get(globalThis, 'ran')).toBeUndefined()
  })

  test('that are invalid are reported', async () => {
    await using repository = await governed()
    await repository.configure('functions: [functions]')
    await repository.write('functions/short.js', 'export default 5\n')
    await repository.write(file, asked)
    expect((await problemsOf(repository)).join('\n')).toMatch(
      /functions\/short\.js can't be used.*default export/,
    )
  })
})
