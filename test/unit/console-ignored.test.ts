import { describe, expect, test } from 'vitest'
import { driftRows } from '../../src/console/screens/drift/drift-rows.ts'
import { meaningLines } from '../../src/console/screens/review/review-rows.ts'
import type { Ignored, IgnoreRule, RuleOutcome } from '../../src/reconcile/drift/ignore-rules.ts'
import { change, drift, fleet, target } from './console-fleet.ts'
import { planOf } from './console-workflows.ts'

const rule: IgnoreRule = {
  kind: 'target',
  name: '10.*',
  field: 'weight',
  reason: 'the scaler sets it',
  place: { file: 'gatewatch.yaml', line: 7, column: 5 },
}
const left: Ignored = { kind: 'target', key: 'a', name: 'a', operation: 'update', fields: ['weight'], rule }
const view = { only: null, folded: new Set<string>(), words: [] }
const noted = (...states: readonly RuleOutcome['state'][]): readonly string[] => {
  const targets = states.map((state, i) =>
    target(`t${i}`, {
      drift: drift(`t${i}`, [], {
        ignored: state === 'matches' ? [left] : [],
        ignoreRules: [{ rule, state, entities: state === 'matches' ? 1 : 0 }],
      }),
    }),
  )
  const rows = driftRows(fleet(targets), view, new Date())
  return rows.flatMap(row => (row.type === 'note' ? [`${row.target.name}: ${row.text}`] : []))
}

describe('ignore rules in the console', () => {
  test('show what they ignore below its target, with the reason', () => {
    expect(noted('matches', 'matches nothing')).toEqual([
      't0: ignored: field weight of target 10.*: 1 (the scaler sets it)',
    ])
  })

  test('are reported with their place if they match nothing or have expired', () => {
    expect(noted('matches nothing')).toEqual([
      't0: gatewatch.yaml:7: the rule that ignores field weight of target 10.* matches nothing',
    ])
    expect(noted('expired')[0]).toContain('no longer has an effect')
    expect(noted('matches nothing', 'unknown')).toEqual([])
  })

  test('are counted in a review', () => {
    const review = planOf('t', [change('a')], [], { excluded: new Set(), deletes: true })
    const told = (ignored: readonly Ignored[]) =>
      JSON.stringify(
        meaningLines(
          {
            plan: { ...review, ignored },
            unknown: null,
            meaning: {
              unknown: null,
              posture: [],
              reaches: '1 change',
              traffic: [],
              onlyTheFix: [],
              confirmByName: false,
              guarded: null,
              sealedTo: null,
              findings: null,
            },
          },
          [],
          10,
        ),
      )
    expect(told([left, left])).toContain('IGNORED  2 by rules')
    expect(told([])).not.toContain('IGNORED')
  })
})
