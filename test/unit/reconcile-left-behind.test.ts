import { describe, expect, it } from 'vitest'
import { refText } from '../../src/model/entity.ts'
import type { JsonObject } from '../../src/model/json.ts'
import type { State } from '../../src/model/state/state.ts'
import type { Step } from '../../src/providers/session.ts'
import { type Base, noBase } from '../../src/reconcile/drift/base.ts'
import { compare } from '../../src/reconcile/drift/compare.ts'
import { makePlan } from '../../src/reconcile/plan/make-plan.ts'
import { type UnrecordedSync, withUnrecorded } from '../../src/reconcile/undo/left-behind.ts'
import { schemas, stateOf } from './states.ts'

const cutOff = { sync: 'abcd', at: '2026-01-02T03:04:05Z', by: 'mira' }
const none = stateOf()

const service = (fields: JsonObject = {}): State =>
  stateOf(['service', { id: 'i', name: 'batch', host: 'batch.internal', ...fields }])

function baseOf(state: State): Base {
  const all = [...state.entities.values()].flatMap(entities => [...entities.values()])
  return {
    entries: new Map(
      all.map(entity => [refText(entity), { fields: entity.fields, refs: entity.refs, commit: null }]),
    ),
    whole: true,
  }
}

const driftOf = (desired: State, live: State, base: Base) =>
  compare({ target: 't', desired, live, base, schemas, selectTags: [] })

/** A sync that was to bring a target from one state to another; all its steps have one outcome. */
function syncOf(
  from: State,
  to: State,
  outcome: 'done' | 'maybe' | 'not sent',
  more: { readonly ended?: true; readonly leaves?: JsonObject } = {},
): UnrecordedSync {
  const plan = makePlan({
    drift: driftOf(to, from, noBase),
    desired: to,
    live: from,
    schemas,
    compile: changes => ({
      ok: true,
      value: changes.map(
        (change, order): Step => ({
          id: change.id,
          payload: {},
          covers: [change.id],
          cascades: [],
          secrets: [],
          preview: '',
          repeatable: true,
          ...(more.leaves ? { leaves: more.leaves } : {}),
          order,
        }),
      ),
    }),
    address: 'http://t',
    readAt: new Date(0),
    manifest: { repository: null, commit: null, files: [] },
    excluded: new Set(),
    deletes: true,
    allowDeletes: 10,
  })
  if (!plan.ok) throw new Error(JSON.stringify(plan.error))
  const steps = new Set(plan.value.steps.map(step => step.id))
  return {
    plan: plan.value,
    cutOff: more.ended ? null : cutOff,
    done: outcome === 'done' ? steps : new Set(),
    maybe: outcome === 'maybe' ? steps : new Set(),
  }
}

/** Why a target differs that a sync was to bring from one state to another; `base` is what the ledger holds. */
function causeAfter(
  sync: UnrecordedSync | readonly UnrecordedSync[],
  { git, live, base }: { readonly git: State; readonly live: State; readonly base: State | null },
) {
  const drift = driftOf(git, live, base ? baseOf(base) : noBase)
  const syncs = 'plan' in sync ? [sync] : sync
  const [change] = withUnrecorded(drift, syncs, { desired: git, live, schemas }).drift.changes
  return change?.cutOff ? `${change.cause}: ${change.cutOff.by}` : change?.cause
}

describe('an entity changed by a sync that was cut off', () => {
  const [one, two, three] = [service({ retries: 1 }), service({ retries: 2 }), service({ retries: 3 })]
  const done = syncOf(one, two, 'done')
  const maybe = syncOf(one, two, 'maybe')

  it.each([
    ['is as it left it, and Git is back where it was', done, one, two, 'cut off: mira'],
    ['is as it left it, and Git went on', done, three, two, 'cut off: mira'],
    ['may be as it left it, and Git is back where it was', maybe, one, two, 'cut off: mira'],
    ['was edited since, and Git wants what the sync wrote', done, two, three, 'edited live'],
    ['was edited since, and Git went on', done, service({ retries: 4 }), three, 'conflict'],
    ['is as it was before, for the request did not get there', maybe, two, one, 'git ahead'],
    ['was put back by somebody after the request got there', done, two, one, 'edited live'],
  ])('%s', (_, sync, git, live, cause) => {
    expect(causeAfter(sync, { git, live, base: one })).toBe(cause)
  })

  it('is judged by the newest of several syncs that left it as it is', () => {
    const later = syncOf(two, three, 'done')
    expect(causeAfter([later, done], { git: one, live: three, base: one })).toBe('cut off: mira')
    const newest = syncOf(two, three, 'maybe')
    expect(causeAfter([newest, done], { git: one, live: two, base: one })).toBe('cut off: mira')
  })

  it('may be in the state that an intermediate step left', () => {
    const half = syncOf(one, two, 'done', { leaves: { enabled: false } })
    const live = service({ retries: 2, enabled: false })
    expect(causeAfter(half, { git: two, live, base: one })).toBe('cut off: mira')
  })

  it('was last applied by a sync that completed without recording it: Git is ahead of that', () => {
    const ended = syncOf(one, two, 'done', { ended: true })
    expect(causeAfter(ended, { git: three, live: two, base: one })).toBe('git ahead')
  })

  it('gets its cause from the ledger if the change was not sent', () => {
    const pending = syncOf(one, two, 'not sent')
    expect(causeAfter(pending, { git: two, live: one, base: one })).toBe('git ahead')
    expect(causeAfter(pending, { git: one, live: three, base: one })).toBe('edited live')
  })
})

describe('an entity created or deleted by a sync that was cut off', () => {
  const there = service()
  it.each([
    ['was made, and is not wanted any more', syncOf(none, there, 'done'), none, there, none, 'cut off: mira'],
    [
      'may have been made, and is not wanted',
      syncOf(none, there, 'maybe'),
      none,
      there,
      none,
      'cut off: mira',
    ],
    [
      'was made and changed by somebody',
      syncOf(none, there, 'done'),
      none,
      service({ retries: 9 }),
      none,
      'conflict',
    ],
    ['was deleted, and is wanted again', syncOf(there, none, 'done'), there, none, there, 'cut off: mira'],
    [
      'was deleted by somebody, and not by the sync',
      syncOf(none, there, 'done'),
      there,
      none,
      there,
      'edited live',
    ],
  ])('%s', (_, sync, git, live, base, cause) => {
    expect(causeAfter(sync, { git, live, base })).toBe(cause)
  })

  it('is ahead in Git if the first sync of a target did not get to it', () => {
    for (const outcome of ['not sent', 'maybe'] as const) {
      const pending = syncOf(none, there, outcome)
      expect(causeAfter(pending, { git: there, live: none, base: null }), outcome).toBe('git ahead')
    }
    expect(causeAfter([], { git: there, live: none, base: null })).toBe('unattributed')
  })
})
