import { createStore } from 'zustand/vanilla'
import type { Change } from '../../../reconcile/drift/drift.ts'
import type { FleetView } from '../../../workflows/fleet/fleet-view.ts'
import type { Review } from '../../../workflows/syncing/review.ts'
import type { App, OpenScreen } from '../../store/app.ts'
import { selectedRow } from '../../store/rows.ts'
import { openList } from '../pane/list.ts'
import { openProgress } from '../sync/progress.tsx'
import { reviewBindings } from './review-bindings.ts'
import { isReview } from './review-confirm.ts'
import { confirmField, reasonField } from './review-fields.ts'
import { reviewLayout } from './review-layout.ts'
import type { ReviewRow } from './review-rows.ts'
import { ReviewScreen } from './review-screen.tsx'
import {
  excludedAfterReading,
  listHeight,
  newReview,
  type ReviewChoice,
  type ReviewEvent,
  type ReviewOptions,
  reviewReducer,
} from './review-state.ts'
import { reviewUndoOf } from './undo-review.ts'

const noChanges: readonly Change[] = []

/**
 * The review of a sync, read like a pull request: first its effect, then every change, then exactly what is sent. What
 * it shows is `ReviewState`, which only `reviewReducer` changes; this file makes plans, asks the gateway and the
 * policies, and sends the plan.
 */
export function openReview(app: App, options: ReviewOptions): OpenScreen {
  const { target: name, undo } = options
  const target = () => app.store.getState().fleet.targets.find(each => each.name === name)
  const changesOf = (): readonly Change[] => undo?.changes ?? target()?.drift?.changes ?? noChanges
  const reviewOf = ({ excluded, deletes, accept }: Pick<ReviewChoice, 'excluded' | 'deletes' | 'accept'>) =>
    app.workflows.review(name, {
      excluded,
      deletes,
      ...(accept ? { accept } : {}),
      ...(undo ? { undoes: undo.id } : {}),
    })
  const store = createStore(() =>
    newReview(app.workflows.fleet().kinds, name, options.only, changesOf(), excluded =>
      reviewOf({ excluded, deletes: true, accept: null }),
    ),
  )
  const size = () => app.store.getState().size
  const state = () => store.getState()

  const dispatch = (event: ReviewEvent) => {
    store.setState(reviewReducer(state(), event))
    const { notice, sending } = state()
    if (notice) app.tell(notice.text, notice.role)
    if (sending) send()
  }
  const send = () => {
    const { review, override } = state()
    if (!isReview(review)) return
    app.back()
    const takeBack = (id: string) => void reviewUndoOf(app, id, again => openReview(app, again))
    app.open(openProgress(app, review.plan, takeBack, override === undefined ? {} : { override }))
  }

  /** Makes the plan again from what is known now. */
  const plan = (choice: Partial<ReviewChoice> = {}, { follow = '', byReading = false } = {}) => {
    const changes = changesOf()
    const review = reviewOf({ ...state(), ...choice })
    dispatch({ type: 'planned', review, changes, choice, follow, byReading, size: size() })
    ask()
  }
  /** The policies that the plan in view was asked by. */
  let askedOf: FleetView['governance'] | undefined
  /** Gateway and policies are asked in parallel: on a large gateway they take longer than a frame. */
  const ask = () => {
    const { review } = state()
    askedOf = app.store.getState().fleet.governance
    if (isReview(review)) askAbout(review)
  }
  const askAbout = (of: Review) => {
    const { workflows } = app
    workflows.gatewayRefusals(of.plan).then(
      refusals => dispatch({ type: 'gateway answered', of, refusals, size: size() }),
      () => dispatch({ type: 'gateway answered', of, refusals: null, size: size() }),
    )
    workflows.planFindings(of.plan).then(
      findings => dispatch({ type: 'policies answered', of, findings, size: size() }),
      (error: unknown) => {
        dispatch({ type: 'policies answered', of, findings: null, size: size() })
        app.tell(
          `policies can’t be evaluated: ${error instanceof Error ? error.message : String(error)}`,
          'error',
        )
      },
    )
  }
  const giveReason = (reason: string) => {
    dispatch({ type: 'reason given', reason })
    const { review, reason: stillAsked } = state()
    if (stillAsked !== null) return
    if (isReview(review) && review.unknown) plan({ accept: { kinds: new Set(review.unknown.kinds), reason } })
    dispatch({ type: 'reason passed' })
  }

  const list = openList<ReviewRow>({
    get: () => state().rows,
    set: rows => dispatch({ type: 'rows moved', rows }),
    height: () => listHeight(state(), size()),
  })
  return {
    title: () => `${undo === undefined ? 'Sync' : 'Undo'} > review > ${name}`,
    target: () => name,
    store,
    draw: () => <ReviewScreen app={app} store={store} name={name} />,
    bindings: () => reviewBindings({ app, state: state(), target: target(), plan, dispatch, list }),
    subject: () => {
      const { review, rows, typed } = state()
      return `review ${isReview(review) ? review.plan.id : review.code} ${selectedRow(rows)?.key} ${typed !== null}`
    },
    field: () =>
      reasonField(state(), {
        edit: field => dispatch({ type: 'reason edited', field }),
        give: giveReason,
        cancel: () => dispatch({ type: 'cancelled' }),
      }) ?? confirmField(state(), dispatch),
    mouse: event => {
      const { meaning } = reviewLayout(size(), state())
      list.mouse(3 + meaning + 1, event)
    },
    refresh() {
      const changes = changesOf()
      const { planned, rows } = state()
      if (changes !== planned || rows.rows.length === 0)
        plan({ excluded: excludedAfterReading(state(), changes) }, { byReading: true })
      else if (app.store.getState().fleet.governance !== askedOf) ask()
      else dispatch({ type: 'resized', size: size() })
    },
  }
}
