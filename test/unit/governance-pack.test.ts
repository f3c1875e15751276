import { describe, expect, test } from 'vitest'
import {
  exampleFailures,
  exampleProvider,
  runExamples,
} from '../../src/workflows/governance/policies/examples.ts'
import { builtinPolicies } from '../../src/workflows/governance/policies/read-policies.ts'
import { providers } from '../known-providers.ts'

const provider = await exampleProvider(providers.usual)

const policies = await builtinPolicies(providers)

describe.each(policies.map(policy => [policy.id, policy] as const))('%s', (_id, policy) => {
  test.each(runExamples(policy, provider).map((result, i) => [`${i + 1}: ${result.name}`, result] as const))(
    'example %s',
    (_name, { failure }) => {
      expect(failure).toBeNull()
    },
  )

  test('has a passing and a failing example, and says why it matters and what to do', () => {
    expect(exampleFailures(policy, provider)).toEqual({ ok: true, value: [] })
    for (const text of [policy.title, policy.rationale, policy.fix]) expect(text.length).toBeGreaterThan(10)
    expect(policy.owasp).toMatch(/^API(?:[1-9]|10):2023$/)
  })
})

test('there are at least 35 rules with unique names, for all ten items of the OWASP list', () => {
  expect(policies.length).toBeGreaterThanOrEqual(35)
  expect(new Set(policies.map(policy => policy.id)).size).toBe(policies.length)
  expect(new Set(policies.map(policy => policy.owasp)).size).toBe(10)
})
