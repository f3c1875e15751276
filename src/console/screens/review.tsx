import { createStore } from 'zustand/vanilla'
import type { Change } from '../../reconcile/drift.ts'
import type { FleetView } from '../../workflows/fleet/fleet-view.ts'
import { typedConfirmation } from '../../workflows/syncing/confirmation.ts'
import type { PlanChoice } from '../../workflows/syncing/review.ts'
import type { Binding } from '../keymap/bindings.ts'
import type { App, OpenScreen } from '../store/app.ts'
import { emptyField } from '../store/field.ts'
import {
  mouseOnRows,
  moveBindings,
  noRows,
  type Rows,
  selectedRow,
  withRows,
  withSelected,
} from '../store/rows.ts'
import { openProgress } from './progress.tsx'
import { isReview, sentText, withNeeds } from './review-confirm.ts'
import { confirmField, copyCurl, type ReviewState, reasonField } from './review-fields.ts'
import { type AskedFindings, openPlanFindings, policyRefusal } from './review-findings.ts'
import { type AskedRefusals, gatewayRefusal } from './review-refusals.ts'
import { type ReviewRow, reviewRows } from './review-rows.ts'
import { ReviewScreen, reviewLayout } from './review-screen.tsx'
import { unknownRefusal } from './review-unknown.ts'
import { reviewUndoOf } from './undo-review.ts'

/** Which sync is reviewed. */
export interface ReviewOptions {
  readonly target: string
  /** Only these changes, with what they need; null: all that differs. */
  readonly only: readonly string[] | null
  /** The sync that is taken back, and what that changes; absent: what differs from the manifests. */
  readonly undo?: { readonly id: string; readonly changes: readonly Change[] }
}

const noChanges: readonly Change[] = []

/** The review of a sync, as a pull request is read: what it means first, then every change, then exactly what is sent. */
export function openReview(app: App, options: ReviewOptions): OpenScreen {
  const { undo } = options
  const changesOf = (): readonly Change[] =>
    undo?.changes ??
    app.store.getState().fleet.targets.find(each => each.name === options.target)?.drift?.changes ??
    noChanges
  const excludedAtFirst = (): ReadonlySet<string> => {
    if (options.only === null) return new Set()
    const wanted = withNeeds(options.only, changesOf())
    return new Set(changesOf().flatMap(change => (wanted.has(change.id) ? [] : [change.id])))
  }
  const excluded = excludedAtFirst()
  const reviewOf = (choice: PlanChoice) =>
    app.workflows.review(options.target, undo === undefined ? choice : { ...choice, undoes: undo.id })
  const store = createStore<ReviewState>(() => ({
    review: reviewOf({ excluded, deletes: true }),
    excluded,
    deletes: true,
    grouped: true,
    byRisk: true,
    rows: noRows(),
    findings: undefined,
    refusals: undefined,
    accept: null,
    reason: null,
    typed: null,
    moved: false,
  }))
  /** What the plan in view was made from. */
  let planned = changesOf()
  /** What a later reading adds is left out where only some changes were asked for. */
  const withNewlyLeftOut = (excluded: ReadonlySet<string>): ReadonlySet<string> => {
    if (options.only === null) return excluded
    const known = new Set(planned.map(change => change.id))
    const added = changesOf().filter(change => !known.has(change.id))
    return added.length === 0 ? excluded : new Set([...excluded, ...added.map(change => change.id)])
  }
  const height = () =>
    reviewLayout(app.store.getState().size, app.workflows.fleet().kinds, store.getState()).list
  const moved = {
    get: () => store.getState().rows,
    set: (rows: Rows<ReviewRow>) => store.setState({ rows }),
    height,
  }

  /** Makes the plan anew from what is known now, with the same choice. */
  const plan = (
    choice: Partial<Pick<ReviewState, 'excluded' | 'deletes' | 'accept' | 'grouped' | 'byRisk'>> = {},
  ) => {
    const state = { ...store.getState(), ...choice }
    planned = changesOf()
    const { excluded, deletes, accept } = state
    const review = reviewOf({ excluded, deletes, ...(accept ? { accept } : {}) })
    store.setState({ ...choice, review })
    const rows = isReview(review) ? reviewRows(changesOf(), review, state) : []
    store.setState({ rows: withRows(state.rows, rows, row => row.key, height()) })
    ask(isReview(review) && isReview(state.review) && review.plan.id === state.review.plan.id)
  }
  /** The policies that the plan in view was asked by. */
  let askedOf: FleetView['governance'] | undefined
  /** Policies are asked beside: a large gateway takes them longer than a frame. */
  const ask = (samePlan: boolean) => {
    const { review } = store.getState()
    askedOf = app.store.getState().fleet.governance
    if (!samePlan) store.setState({ findings: undefined, refusals: undefined })
    if (!isReview(review)) return
    /** Takes back a confirmation that is under way where it turns out that nothing can be sent. */
    const takeBack = (refused: string | null) => {
      const { typed, reason } = store.getState()
      if (refused === null || (typed === null && reason === null)) return
      store.setState({ typed: null, reason: null })
      app.tell(refused, 'error')
    }
    const draw = () =>
      store.setState({ rows: withRows(moved.get(), moved.get().rows, row => row.key, height()) })
    const take = (findings: AskedFindings) => {
      if (store.getState().review !== review) return
      takeBack(policyRefusal(findings))
      store.setState({ findings })
      draw()
    }
    const takeRefusals = (refusals: AskedRefusals) => {
      if (store.getState().review !== review) return
      takeBack(gatewayRefusal(refusals))
      store.setState({ refusals })
      draw()
    }
    app.workflows.gatewayRefusals(review.plan).then(takeRefusals, () => takeRefusals(null))
    app.workflows.planFindings(review.plan).then(take, (error: unknown) => {
      take(null)
      app.tell(`policies can’t be asked: ${error instanceof Error ? error.message : String(error)}`, 'error')
    })
  }
  const toggle = () => {
    const row = selectedRow(store.getState().rows)
    if (!row) return
    const next = new Set(store.getState().excluded)
    for (const change of row.changes) {
      if (row.included > 0) next.add(change.id)
      else next.delete(change.id)
    }
    plan({ excluded: next })
    // The cursor stays on the change, also where it now stands among others.
    const { rows } = store.getState()
    const now = rows.rows.find(each => each.changes.some(change => change.id === row.key))
    if (now !== undefined) store.setState({ rows: withSelected(rows, now.key, height()) })
  }
  const onlyTheFix = () => {
    const { review } = store.getState()
    if (!isReview(review)) return
    const fix = new Set(review.meaning.onlyTheFix)
    plan({ excluded: new Set(changesOf().flatMap(change => (fix.has(change.id) ? [] : [change.id]))) })
  }
  /** The reason that was given where policies refuse it. */
  let override: string | undefined
  const send = () => {
    const { review } = store.getState()
    if (!isReview(review)) return
    store.setState({ typed: null })
    app.back()
    const undo = (id: string) => void reviewUndoOf(app, id, again => openReview(app, again))
    app.open(openProgress(app, review.plan, undo, override === undefined ? {} : { override }))
  }
  const askToType = () => {
    const { review } = store.getState()
    const wanted = isReview(review) && typedConfirmation(options.target, review.meaning)
    if (wanted) store.setState({ typed: emptyField })
    else send()
  }
  const takeReason = (reason: string) => {
    if (reason === '') return app.tell('It needs a reason, which is journaled; nothing was sent', 'error')
    const { review, findings } = store.getState()
    if (findings?.refusal) override = reason
    store.setState({ reason: null })
    if (isReview(review) && review.unknown) plan({ accept: { kinds: new Set(review.unknown.kinds), reason } })
    askToType()
  }
  const confirm = () => {
    const { review, moved, findings } = store.getState()
    if (!isReview(review)) return
    override = undefined
    if (moved) {
      store.setState({ moved: false })
      app.tell('It has changed since you opened it: look through it, then Y again')
    } else if (findings?.refusal || review.unknown) store.setState({ reason: emptyField })
    else askToType()
  }
  const sendRefusal = (): string | null => {
    const { review } = store.getState()
    if (!isReview(review)) return 'there is no plan'
    if (review.plan.steps.length === 0) return 'nothing is chosen'
    const target = app.store.getState().fleet.targets.find(each => each.name === options.target)
    if (target?.reach.state === 'failed') return `${options.target} does not answer`
    const { findings, refusals } = store.getState()
    return target?.blocked ?? gatewayRefusal(refusals) ?? unknownRefusal(review) ?? policyRefusal(findings)
  }

  const bindings = (): readonly Binding[] => {
    const { review, rows, deletes, grouped, byRisk, findings } = store.getState()
    const fix = isReview(review) ? review.meaning.onlyTheFix : []
    const none = selectedRow(rows) === undefined ? 'no change is selected' : null
    return [
      { verb: 'confirm', bar: true, disabled: sendRefusal(), run: confirm },
      { verb: 'toggle', bar: true, disabled: none, run: toggle },
      {
        verb: 'onlyFix',
        bar: true,
        disabled: fix.length === 0 ? 'nothing is exposed that this would close' : null,
        run: onlyTheFix,
      },
      {
        verb: 'findings',
        bar: true,
        disabled: findings ? null : 'they are not known',
        run: () => findings && isReview(review) && app.open(openPlanFindings(app, review, findings)),
      },
      {
        verb: 'group',
        bar: true,
        name: grouped ? 'ungroup' : 'group',
        run: () => plan({ grouped: !grouped }),
      },
      {
        verb: 'order',
        name: byRisk ? 'as sent' : 'risk first',
        bar: true,
        run: () => plan({ byRisk: !byRisk }),
      },
      {
        verb: 'deletes',
        name: deletes ? 'without deletes' : 'with deletes',
        run: () => plan({ deletes: !deletes }),
      },
      {
        verb: 'copy',
        name: 'copy as curl',
        disabled: none,
        run: () => copyCurl(app, store),
      },
      ...moveBindings(moved),
    ]
  }

  return {
    title: () => `${undo === undefined ? 'Sync' : 'Undo'} > review > ${options.target}`,
    target: () => options.target,
    store,
    draw: () => <ReviewScreen app={app} store={store} name={options.target} />,
    bindings,
    subject: () => {
      const { review, rows, typed } = store.getState()
      return `review ${isReview(review) ? review.plan.id : review.code} ${selectedRow(rows)?.key} ${typed !== null}`
    },
    field: () =>
      reasonField(store, app.workflows.fleet().kinds, takeReason) ??
      confirmField(app, store, options.target, send),
    mouse: event => {
      const { meaning } = reviewLayout(
        app.store.getState().size,
        app.workflows.fleet().kinds,
        store.getState(),
      )
      mouseOnRows(moved, 3 + meaning + 1, event)
    },
    refresh() {
      const before = store.getState().review
      const { rows, excluded } = store.getState()
      if (changesOf() !== planned || rows.rows.length === 0) plan({ excluded: withNewlyLeftOut(excluded) })
      else if (app.store.getState().fleet.governance !== askedOf) ask(true)
      else store.setState({ rows: withRows(rows, rows.rows, row => row.key, height()) })
      if (sentText(before) !== sentText(store.getState().review))
        store.setState({ moved: true, typed: null, reason: null })
    },
  }
}
