import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { load } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../src/governance/evaluate.ts'
import { rulesOfSpecifications } from '../../src/governance/pack/index.ts'
import { documentOf } from '../../src/governance/pack/rule.ts'
import { type Policy, policyOf } from '../../src/governance/policies/policy.ts'
import {
  type PolicyDocument,
  policySchema,
  policySchemaText,
} from '../../src/governance/policies/policy-format.ts'
import { itemsOfTarget, type TargetStates } from '../../src/governance/state-items.ts'
import { reviewSchemaText, waiverSchemaText } from '../../src/governance/waivers/waiver-format.ts'
import type { JsonObject } from '../../src/model/json.ts'
import type { State } from '../../src/model/state/state.ts'
import { builtinPolicies } from '../../src/workflows/governance/policies/read-policies.ts'
import { stateTools } from '../../src/workflows/governance/state-tools.ts'
import { growth } from '../growth.ts'
import { providers } from '../known-providers.ts'
import { project } from '../program.ts'
import { largeInput } from '../timeouts.ts'
import { stateOf } from './states.ts'

const builtin = await builtinPolicies(providers)
const builtinRules = [...rulesOfSpecifications, ...(await providers.rules())].map(documentOf)

const now = new Date('2026-03-01T00:00:00Z')

function policy(changes: Partial<PolicyDocument> = {}): Policy {
  const document: PolicyDocument = {
    id: 'rule',
    title: 'It holds',
    state: 'approved',
    severity: 'warn',
    select: { kind: 'service' },
    assert: { read_timeout: { at_most: 60_000 } },
    rationale: 'Because.',
    fix: 'Do.',
    ...changes,
  }
  const made = policyOf(document, null, { functions: new Map() })
  expect(made.problems).toEqual([])
  return made.policy
}

function target(more: Partial<TargetStates> = {}): TargetStates {
  const info = { name: 'prod-eu', environment: 'prod', production: true, labels: {} }
  return { info, manifest: null, live: null, described: null, inClear: () => [], ...more }
}

const slow: readonly [string, JsonObject] = [
  'service',
  { name: 'slow', host: 'h', read_timeout: 90_000, tags: ['pci'] },
]
const fast: readonly [string, JsonObject] = ['service', { name: 'fast', host: 'h' }]

function found(states: TargetStates, ...policies: readonly Policy[]): readonly string[] {
  const { findings } = evaluate(itemsOfTarget(states, stateTools), policies, now)
  return findings.map(
    each => `${each.severity} ${each.rule} ${each.kind} ${each.name} ${each.subjects.join('+')}`,
  )
}

describe('what is found', () => {
  test('is one finding if it is both in the manifests and at the gateway', () => {
    const states = target({ manifest: stateOf(slow, fast), live: stateOf(slow) })
    expect(found(states, policy())).toEqual(['warn rule service slow live+manifest'])
    expect(found(target({ manifest: stateOf(slow), live: stateOf(fast) }), policy())).toEqual([
      'warn rule service slow manifest',
    ])
  })

  test('stays the same finding while the entity stays', () => {
    const ids = (state: State) =>
      evaluate(itemsOfTarget(target({ live: state }), stateTools), [policy()], now).findings.map(
        each => each.id,
      )
    const later = stateOf(['service', { name: 'slow', host: 'other', read_timeout: 80_000 }])
    expect(ids(stateOf(slow))).toEqual(ids(later))
  })

  test('is reported with the value, with secrets hidden', () => {
    const { policy: told } = policyOf(
      { ...policy().document, message: 'waits {read_timeout} ms, {name}, {nothing.there}, tags {tags}' },
      null,
      { functions: new Map() },
    )
    const { findings } = evaluate(itemsOfTarget(target({ live: stateOf(slow) }), stateTools), [told], now)
    expect(findings[0]?.message).toBe('waits 90000 ms, slow, (none), tags pci')
    const key = stateOf(['consumer', { username: 'joe' }], ['key-auth', { consumer: 'joe', key: 'canary' }])
    const asked = policy({ select: { kind: 'key-auth' }, assert: { key: null }, message: 'key {key}' })
    const secret = evaluate(itemsOfTarget(target({ live: key }), stateTools), [asked], now).findings
    expect(secret[0]?.message).toBe('key ••••')
  })
})

describe('a policy is about', () => {
  const live = stateOf(slow)
  test.each<[string, PolicyDocument['select'], boolean]>([
    ['a tag', { kind: 'service', tags: ['pci', 'x'] }, true],
    ['another tag', { kind: 'service', tags: ['x'] }, false],
    ['all tags', { kind: 'service', tags: { all: ['pci', 'x'] } }, false],
    ['no tag', { kind: 'service', tags: { none: ['pci'] } }, false],
    ['an environment', { kind: 'service', environment: 'prod' }, true],
    ['environments by a pattern', { kind: 'service', environment: ['dev', 'pr*'] }, true],
    ['another environment', { kind: 'service', environment: 'dev' }, false],
    ['a target', { kind: 'service', target: 'prod-*' }, true],
    ['another target', { kind: 'service', target: 'prod-us' }, false],
    ['manifests only', { kind: 'service', subject: 'manifest' }, false],
    ['what a condition holds of', { kind: 'service', where: { host: 'h' } }, true],
    ['what no condition holds of', { kind: 'service', where: { host: 'x' } }, false],
  ])('%s', (_name, select, is) => {
    expect(found(target({ live }), policy({ select }))).toHaveLength(is ? 1 : 0)
  })

  test('a path, also if it is a regular expression', () => {
    const routes = stateOf(
      ['route', { name: 'a', paths: ['/admin'] }],
      ['route', { name: 'b', paths: ['~/v1/admin/(?<user>[^/]+)$'] }],
      ['route', { name: 'c', paths: ['/administrators'] }],
    )
    const asked = policy({
      select: { kind: 'route', path: ['/admin/**', '/**/admin/*'] },
      assert: { strip_path: false },
    })
    expect(found(target({ live: routes }), asked)).toEqual([
      'warn rule route a live',
      'warn rule route b live',
    ])
  })
})

describe('what is not known', () => {
  test('yields no findings: a kind that was not read, and everything that depends on it', () => {
    const state = stateOf(
      ['service', { name: 's', host: 'h' }],
      ['route', { name: 'r', paths: ['/r'], service: 's' }],
    )
    const rule = policy({ select: { kind: 'route' }, assert: { 'effective.open': false } })
    expect(found(target({ live: state }), rule)).toEqual(['warn rule route r live'])
    const coverage = new Map(state.coverage)
    coverage.set('plugin', { state: 'unread', reason: { code: 'forbidden', message: 'not allowed' } })
    const partly = { ...state, coverage }
    const { findings, unknown } = evaluate(itemsOfTarget(target({ live: partly }), stateTools), [rule], now)
    expect(findings).toEqual([])
    expect(unknown.get('rule')).toBe(1)
    coverage.set('route', { state: 'unread', reason: { code: 'forbidden', message: 'not allowed' } })
    const without = { ...state, coverage }
    expect(
      found(target({ live: without }), policy({ select: { kind: 'route' }, assert: { name: null } })),
    ).toEqual([])
  })

  test('without manifests nothing is reported as a shadow, and without specifications nothing as a zombie', () => {
    const state = stateOf(
      ['service', { name: 's', host: 'h' }],
      ['route', { name: 'r', paths: ['/r'], service: 's' }],
    )
    const inventory = builtin.filter(each => ['shadow-api', 'zombie-api'].includes(each.id))
    expect(found(target({ live: state }), ...inventory)).toEqual([])
    expect(found(target({ live: state, manifest: stateOf() }), ...inventory)).toHaveLength(2)
    expect(found(target({ manifest: state, described: [] }), ...inventory)).toEqual([
      'warn zombie-api route r manifest',
    ])
  })
})

describe('the schemas for editors', () => {
  const isPolicy = new Ajv({ strict: false }).compile(JSON.parse(policySchemaText(providers.kinds)))

  test.each(builtinRules.map(rule => [rule.id, rule] as const))('accept the rule %s', (_id, rule) => {
    expect(isPolicy(rule), JSON.stringify(isPolicy.errors)).toBe(true)
    expect(policySchema(providers.kinds).safeParse(rule).success).toBe(true)
  })

  test('accept the demo’s policies, and refuse what the reader refuses', () => {
    for (const file of ['authentication', 'timeouts']) {
      const text = readFileSync(join(project, `fixtures/demo/repository/policies/${file}.yaml`), 'utf8')
      expect(isPolicy(load(text)), JSON.stringify(isPolicy.errors)).toBe(true)
    }
    const [rule] = builtinRules
    for (const wrong of [
      { kindd: 'x' },
      { severity: 'fatal' },
      { assert: { a: { starts: 1 } } },
      { select: {} },
    ]) {
      expect(isPolicy({ ...rule, ...wrong })).toBe(false)
    }
  })

  test.each([
    ['policy.schema.json', () => policySchemaText(providers.kinds)],
    ['waivers.schema.json', waiverSchemaText],
    ['reviews.schema.json', reviewSchemaText],
  ])('docs/%s is up to date (npm run docs)', (file, text) => {
    expect(readFileSync(join(project, 'docs', file), 'utf8')).toBe(text())
  })
})

test('60 policies are evaluated in time that grows with the number of entities', largeInput, () => {
  const stateWith = (count: number): State =>
    stateOf(
      ...Array.from({ length: count }, (_, i): readonly (readonly [string, JsonObject])[] => [
        ['service', { name: `s${i}`, host: `s${i}.internal`, tags: [`team-${i % 7}`] }],
        ['route', { name: `r${i}`, paths: [`/s${i}`], service: `s${i}` }],
        ['plugin', { name: 'key-auth', service: `s${i}` }],
        ['plugin', { name: 'rate-limiting', route: `r${i}`, config: { minute: i % 3 === 0 ? null : 10 } }],
      ]).flat(),
    )
  const states = new Map([250, 1000].map(count => [count, stateWith(count)]))
  const rules = builtin.filter(each => each.select.subjects.has('live'))
  const sixty = Array.from({ length: 60 }, (_, i) => rules[i % rules.length]).flatMap((each, i) =>
    each ? [{ ...each, id: `${each.id}-${i}` }] : [],
  )
  let found = 0
  const grown = growth(count => {
    const live = states.get(count)
    if (live) found = evaluate(itemsOfTarget(target({ live }), stateTools), sixty, now).findings.length
  }, 250)
  expect(found).toBeGreaterThan(250)
  expect(grown).toBeLessThan(10)
})
