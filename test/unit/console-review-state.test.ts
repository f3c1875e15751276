import { describe, expect, test } from 'vitest'
import { isReview } from '../../src/console/screens/review/review-confirm.ts'
import {
  excludedAfterReading,
  excludedWithRowToggled,
  newReview,
  type ReviewEvent,
  type ReviewState,
  reviewReducer,
} from '../../src/console/screens/review/review-state.ts'
import type { Change } from '../../src/reconcile/drift/drift.ts'
import type { Review } from '../../src/workflows/syncing/review.ts'
import { change, drift, fleet, target } from './console-fleet.ts'
import { FakeWorkflows } from './console-workflows.ts'

const size = { columns: 100, rows: 30 }
const twoRoutes = [change('refunds'), change('disputes', { cause: 'conflict' })]
const refusal = { code: 'rejected', message: 'the gateway would not take it' } as const

/** A review of a target, and how events follow each other. */
class Reviewed {
  readonly workflows: FakeWorkflows
  state: ReviewState

  constructor(changes: readonly Change[], only: readonly string[] | null = null) {
    this.workflows = new FakeWorkflows(fleet([target('prod-eu', { drift: drift('prod-eu', changes) })]))
    this.state = newReview(this.workflows.fleet().kinds, 'prod-eu', only, changes, excluded =>
      this.workflows.review('prod-eu', { excluded, deletes: true }),
    )
    this.plan(changes)
  }

  /** Whatever comes to pass leaves the state before as it was. */
  take(event: ReviewEvent): ReviewState {
    const before = structuredClone({ ...this.state, rows: null, kinds: null })
    const after = reviewReducer(this.state, event)
    expect({ ...this.state, rows: null, kinds: null }).toEqual(before)
    this.state = after
    return after
  }

  plan(
    changes: readonly Change[],
    more: Partial<ReviewEvent & { readonly type: 'planned' }> = {},
  ): ReviewState {
    const { excluded, deletes } = { ...this.state, ...more.choice }
    const review = this.workflows.review('prod-eu', { excluded, deletes })
    return this.take({ type: 'planned', review, changes, choice: {}, byReading: false, size, ...more })
  }

  review(): Review {
    if (!isReview(this.state.review)) throw new Error(this.state.review.message)
    return this.state.review
  }
}

describe('the state of a review', () => {
  test('holds all changes, and the plan only those that were requested', () => {
    const { state } = new Reviewed(twoRoutes, ['update route refunds'])
    expect(state.rows.rows.map(({ key, included, out }) => [key, included, out])).toEqual([
      ['update route disputes', 0, 'by you'],
      ['update route refunds', 1, ''],
    ])
  })

  test('leaves out changes from a later reading only if particular changes were requested', () => {
    const added = [...twoRoutes, change('payouts')]
    const some = new Reviewed(twoRoutes, ['update route refunds'])
    expect([...excludedAfterReading(some.state, added)]).toEqual([
      'update route disputes',
      'update route payouts',
    ])
    expect(excludedAfterReading(new Reviewed(twoRoutes).state, added).size).toBe(0)
  })

  test('keeps the cursor on a change that is deselected', () => {
    const reviewed = new Reviewed(twoRoutes)
    const excluded = excludedWithRowToggled(reviewed.state)
    expect([...(excluded ?? [])]).toEqual(['update route disputes'])
    const follow = 'update route disputes'
    const { rows } = reviewed.plan(twoRoutes, { choice: { excluded: excluded ?? new Set() }, follow })
    expect(rows.rows[rows.list.index]).toMatchObject({ key: follow, included: 0 })
  })

  test('sends at once if nothing has to be typed, and only on the confirming event', () => {
    const reviewed = new Reviewed(twoRoutes)
    expect(reviewed.take({ type: 'confirmed' })).toMatchObject({ sending: true, typed: null })
    expect(reviewed.take({ type: 'resized', size }).sending).toBe(false)
  })

  test('asks for the name of a target that loses something, and sends only on exactly that name', () => {
    const reviewed = new Reviewed(twoRoutes)
    reviewed.workflows.meaning = { ...reviewed.workflows.meaning, confirmByName: true }
    reviewed.plan(twoRoutes)
    expect(reviewed.take({ type: 'confirmed' })).toMatchObject({ sending: false, typed: { text: '' } })
    reviewed.take({ type: 'name edited', field: { text: 'prod-us', cursor: 7 } })
    expect(reviewed.take({ type: 'name given' })).toMatchObject({
      sending: false,
      notice: { text: 'That is not prod-eu; nothing was sent', role: 'error' },
    })
    reviewed.take({ type: 'name edited', field: { text: 'prod-eu', cursor: 7 } })
    expect(reviewed.take({ type: 'name given' })).toMatchObject({ sending: true, typed: null, notice: null })
  })

  test('sends nothing after a reading changed the plan until the change was seen', () => {
    const reviewed = new Reviewed(twoRoutes)
    reviewed.workflows.set(
      fleet([target('prod-eu', { drift: drift('prod-eu', [...twoRoutes, change('payouts')]) })]),
    )
    reviewed.plan([...twoRoutes, change('payouts')], { byReading: true })
    expect(reviewed.state.moved).toBe(true)
    expect(reviewed.take({ type: 'confirmed' })).toMatchObject({ sending: false, moved: false })
    expect(reviewed.state.notice?.text).toContain('It has changed since you opened it')
    expect(reviewed.take({ type: 'confirmed' }).sending).toBe(true)
  })

  test('asks for a reason if policies refuse a plan and may be overridden, and keeps that reason', () => {
    const reviewed = new Reviewed(twoRoutes)
    const findings = { introduces: [], resolves: [], untold: [], refusal, mayOverride: true }
    reviewed.take({ type: 'policies answered', of: reviewed.review(), findings, size })
    expect(reviewed.take({ type: 'confirmed' })).toMatchObject({ sending: false, reason: { text: '' } })
    expect(reviewed.take({ type: 'reason given', reason: '' })).toMatchObject({
      reason: { text: '' },
      notice: { role: 'error' },
    })
    reviewed.take({ type: 'reason given', reason: 'agreed with ops' })
    expect(reviewed.take({ type: 'reason passed' })).toMatchObject({
      sending: true,
      override: 'agreed with ops',
    })
  })

  test('revokes a confirmation if the gateway turns out to refuse the plan', () => {
    const reviewed = new Reviewed(twoRoutes)
    reviewed.workflows.meaning = { ...reviewed.workflows.meaning, confirmByName: true }
    reviewed.plan(twoRoutes)
    reviewed.take({ type: 'confirmed' })
    const refusals = [{ change: null, problem: refusal }]
    expect(reviewed.take({ type: 'gateway answered', of: reviewed.review(), refusals, size })).toMatchObject({
      typed: null,
      refusals,
      notice: { text: refusal.message, role: 'error' },
    })
  })

  test('ignores an answer about a plan that is no longer in view', () => {
    const reviewed = new Reviewed(twoRoutes)
    const of = reviewed.review()
    reviewed.plan(twoRoutes, { choice: { excluded: new Set(['update route refunds']) } })
    reviewed.take({ type: 'gateway answered', of, refusals: [{ change: null, problem: refusal }], size })
    expect(reviewed.state.refusals).toBeUndefined()
  })
})
