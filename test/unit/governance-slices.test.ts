import { expect, test } from 'vitest'
import { evaluate, evaluateSliced } from '../../src/governance/evaluate.ts'
import { itemsOfTarget, itemsSliced } from '../../src/governance/state-items.ts'
import type { JsonObject } from '../../src/model/json.ts'
import { inSlices } from '../../src/model/time-slices.ts'
import { builtinPolicies } from '../../src/workflows/governance/policies/read-policies.ts'
import { stateTools } from '../../src/workflows/governance/state-tools.ts'
import { providers } from '../known-providers.ts'
import { stateOf } from './states.ts'

const entities = Array.from({ length: 1000 }, (_, i): readonly (readonly [string, JsonObject])[] => [
  ['service', { name: `s${i}`, host: `s${i}.internal` }],
  ['route', { name: `r${i}`, paths: [`/s${i}`], service: `s${i}` }],
]).flat()

test('policies evaluated in slices find the same, and let other work run in between', async () => {
  const states = {
    info: { name: 'prod-eu', environment: 'prod', production: true, labels: {} },
    manifest: null,
    live: stateOf(...entities),
    described: null,
    inClear: () => [],
  }
  const now = new Date('2026-03-01T00:00:00Z')
  const policies = await builtinPolicies(providers)
  const atOnce = evaluate(itemsOfTarget(states, stateTools), policies, now)
  let turns = 0
  let going = true
  const take = (): void => {
    turns += 1
    if (going) setImmediate(take)
  }
  setImmediate(take)
  const items = await inSlices(itemsSliced(states, stateTools))
  // The same again and again, as a fleet of many targets does: it takes longer than a turn on any machine.
  for (let round = 0; round < 4; round += 1) {
    const found = await inSlices(evaluateSliced(items, policies, now))
    expect(found.findings).toEqual(atOnce.findings)
  }
  going = false
  expect(turns).toBeGreaterThan(4)
})
