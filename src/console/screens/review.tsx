import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Problem } from '../../model/problem.ts'
import type { Change } from '../../reconcile/drift.ts'
import type { Review } from '../../workflows/values.ts'
import { type Line, span } from '../components/line.ts'
import { Lines, Rule } from '../components/lines.tsx'
import { RowList } from '../components/row-list.tsx'
import { SideBySide } from '../components/side-by-side.tsx'
import { useSurroundings } from '../components/surroundings.ts'
import type { Binding } from '../keymap/bindings.ts'
import { type App, bodyRows, type OpenField, type OpenScreen, type Size } from '../store/app.ts'
import { emptyField, type Field } from '../store/field.ts'
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
import { confirmLines, isReview, sentText, withNeeds } from './review-confirm.ts'
import { drawReviewRow, meaningLines, type ReviewRow, reviewDetail, reviewRows } from './review-rows.ts'

interface ReviewState {
  /** What a sync would do; a problem where no plan can be made. */
  readonly review: Review | Problem
  readonly excluded: ReadonlySet<string>
  readonly deletes: boolean
  readonly grouped: boolean
  readonly byRisk: boolean
  readonly rows: Rows<ReviewRow>
  /** The target's name as it is being typed; null: it is not asked for. */
  readonly typed: Field | null
  /** A reading changed what would be sent, and nobody confirmed having seen it. */
  readonly moved: boolean
}

/** Which sync is reviewed. */
export interface ReviewOptions {
  readonly target: string
  /** Only these changes, with what they need; null: all that differs. */
  readonly only: readonly string[] | null
}

const noChanges: readonly Change[] = []

/** How much of the screen each part gets. */
function layout(size: Size, review: Review | Problem) {
  const body = bodyRows(size)
  const wide = size.columns >= 120
  const told = isReview(review) ? review.meaning.posture.length + review.meaning.traffic.length : 1
  const meaning = Math.min(Math.max(1, told), Math.max(2, Math.floor(body / 4))) + 2
  const confirm = 2
  const rest = Math.max(2, body - meaning - confirm - 2)
  const detail = wide ? rest : Math.max(1, Math.min(8, Math.floor(rest / 2)))
  return { meaning, confirm, wide, list: wide ? rest : Math.max(1, rest - detail - 1), detail }
}

/** The review of a sync, as a pull request is read: what it means first, then every change, then exactly what is sent. */
export function openReview(app: App, options: ReviewOptions): OpenScreen {
  const changesOf = (): readonly Change[] =>
    app.store.getState().fleet.targets.find(each => each.name === options.target)?.drift?.changes ?? noChanges
  const excludedAtFirst = (): ReadonlySet<string> => {
    if (options.only === null) return new Set()
    const wanted = withNeeds(options.only, changesOf())
    return new Set(changesOf().flatMap(change => (wanted.has(change.id) ? [] : [change.id])))
  }
  const excluded = excludedAtFirst()
  const store = createStore<ReviewState>(() => ({
    review: app.workflows.review(options.target, { excluded, deletes: true }),
    excluded,
    deletes: true,
    grouped: true,
    byRisk: true,
    rows: noRows(),
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
  const height = () => layout(app.store.getState().size, store.getState().review).list
  const moved = {
    get: () => store.getState().rows,
    set: (rows: Rows<ReviewRow>) => store.setState({ rows }),
    height,
  }

  /** Makes the plan anew from what is known now, with the same choice. */
  const plan = (choice: Partial<Pick<ReviewState, 'excluded' | 'deletes' | 'grouped' | 'byRisk'>> = {}) => {
    const state = { ...store.getState(), ...choice }
    planned = changesOf()
    const review = app.workflows.review(options.target, { excluded: state.excluded, deletes: state.deletes })
    store.setState({ ...choice, review })
    const rows = isReview(review) ? reviewRows(changesOf(), review, state) : []
    store.setState({ rows: withRows(state.rows, rows, row => row.key, height()) })
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
  const send = () => {
    const { review } = store.getState()
    if (!isReview(review)) return
    store.setState({ typed: null })
    app.back()
    app.open(openProgress(app, review.plan))
  }
  const confirm = () => {
    const { review, moved } = store.getState()
    if (!isReview(review)) return
    if (moved) {
      store.setState({ moved: false })
      app.tell('It has changed since you opened it: look through it, then Y again')
    } else if (review.meaning.confirmByName) store.setState({ typed: emptyField })
    else send()
  }
  const sendRefusal = (): string | null => {
    const { review } = store.getState()
    if (!isReview(review)) return 'there is no plan'
    if (review.plan.steps.length === 0) return 'nothing is chosen'
    const target = app.store.getState().fleet.targets.find(each => each.name === options.target)
    if (target?.reach.state === 'failed') return `${options.target} does not answer`
    return target?.blocked ?? null
  }

  const bindings = (): readonly Binding[] => {
    const { review, rows, deletes, grouped, byRisk } = store.getState()
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
    title: () => `Sync > review > ${options.target}`,
    target: () => options.target,
    store,
    draw: () => <ReviewScreen app={app} store={store} name={options.target} />,
    bindings,
    subject: () => {
      const { review, rows, typed } = store.getState()
      return `review ${isReview(review) ? review.plan.id : review.code} ${selectedRow(rows)?.key} ${typed !== null}`
    },
    field: () => nameField(app, store, options.target, send),
    mouse: event => {
      const { meaning } = layout(app.store.getState().size, store.getState().review)
      mouseOnRows(moved, 3 + meaning + 1, event)
    },
    refresh() {
      const before = store.getState().review
      const { rows, excluded } = store.getState()
      if (changesOf() !== planned || rows.rows.length === 0) plan({ excluded: withNewlyLeftOut(excluded) })
      else store.setState({ rows: withRows(rows, rows.rows, row => row.key, height()) })
      if (sentText(before) !== sentText(store.getState().review)) store.setState({ moved: true, typed: null })
    },
  }
}

/** The field that a target's name is typed into, where something is deleted or loses protection there. */
function nameField(app: App, store: StoreApi<ReviewState>, name: string, send: () => void): OpenField | null {
  const { typed } = store.getState()
  if (typed === null) return null
  return {
    label: `type ${name} and enter to send`,
    field: typed,
    passes: () => false,
    change: field => store.setState({ typed: field }),
    submit() {
      if (typed.text === name) send()
      else app.tell(`That is not ${name}; nothing was sent`, 'error')
    },
    cancel: () => store.setState({ typed: null }),
  }
}

function copyCurl(app: App, store: StoreApi<ReviewState>): void {
  const { review, rows } = store.getState()
  const row = selectedRow(rows)
  if (!isReview(review) || !row) return
  const steps = review.plan.steps.filter(step => row.changes.some(change => step.covers.includes(change.id)))
  if (steps.length === 0) {
    app.tell('Nothing is sent for it')
    return
  }
  app.surface.copy(steps.map(step => app.workflows.curl(review.plan, step.id)).join('\n'))
  app.tell('The requests are on the clipboard as curl commands, without secrets', 'ok')
}

function ReviewScreen({
  app,
  store,
  name,
}: {
  readonly app: App
  readonly store: StoreApi<ReviewState>
  readonly name: string
}) {
  const { columns, rows } = useSurroundings()
  const state = useStore(store)
  const now = useStore(app.store, each => each.now)
  const { review } = state
  const room = layout({ columns, rows }, review)
  if (!isReview(review)) {
    return (
      <Lines
        lines={[
          [' ', span(review.message, 'error')],
          [' ', span(review.hint ?? '', 'dim')],
        ]}
        height={bodyRows({ columns, rows })}
      />
    )
  }
  const selected = state.rows.rows[state.rows.list.index]
  const half = room.wide ? Math.floor(columns * 0.54) : columns
  const detail = reviewDetail(selected, review, room.wide ? columns - half - 2 : columns - 2, now)
  const list = (
    <RowList
      rows={state.rows.rows}
      list={state.rows.list}
      draw={drawReviewRow}
      height={room.list}
      width={half}
      focused={state.typed === null}
      empty="nothing differs"
    />
  )
  return (
    <>
      <Lines lines={meaningLines(review, room.meaning)} height={room.meaning} />
      <Rule />
      {room.wide ? <SideBySide left={list} lines={detail} height={room.list} width={columns - half} /> : list}
      {room.wide ? null : <Rule />}
      {room.wide ? null : <Lines lines={detail.map((line): Line => [' ', ...line])} height={room.detail} />}
      <Rule />
      <Lines
        lines={confirmLines(review, name, { typing: state.typed !== null, moved: state.moved })}
        height={room.confirm}
      />
    </>
  )
}
