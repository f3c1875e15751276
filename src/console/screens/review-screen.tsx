import { useStore } from 'zustand'
import type { StoreApi } from 'zustand/vanilla'
import type { Kinds } from '../../model/kinds.ts'
import { type Line, span } from '../components/line.ts'
import { Lines, Rule } from '../components/lines.tsx'
import { RowList } from '../components/row-list.tsx'
import { SideBySide } from '../components/side-by-side.tsx'
import { useSurroundings } from '../components/surroundings.ts'
import { type App, bodyRows, type Size } from '../store/app.ts'
import { confirmLines, isReview } from './review-confirm.ts'
import type { ReviewState } from './review-fields.ts'
import { policyLines, refusedLines, rowFindingLines } from './review-findings.ts'
import { gatewayLines, refusedByGateway, rowRefusalLines } from './review-refusals.ts'
import { drawReviewRow, meaningLines, reviewDetail } from './review-rows.ts'
import { undoLines } from './review-undo.ts'
import { refusedForUnknown, rowUnknownLines, unknownToldLines } from './review-unknown.ts'

/** How much of the screen each part gets. */
export function reviewLayout(
  size: Size,
  kinds: Kinds,
  { review, findings, refusals }: Pick<ReviewState, 'review' | 'findings' | 'refusals'>,
) {
  const body = bodyRows(size)
  const wide = size.columns >= 120
  const told = isReview(review)
    ? review.meaning.posture.length +
      review.meaning.traffic.length +
      unknownToldLines(review, kinds).length +
      undoLines(review).length +
      policyLines(findings).length +
      gatewayLines(refusals).length
    : 1
  const meaning = Math.min(Math.max(1, told), Math.max(2, Math.floor(body / 4))) + 2
  const confirm = 2
  const rest = Math.max(2, body - meaning - confirm - 2)
  const detail = wide ? rest : Math.max(1, Math.min(8, Math.floor(rest / 2)))
  return { meaning, confirm, wide, list: wide ? rest : Math.max(1, rest - detail - 1), detail }
}

export function ReviewScreen({
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
  const { kinds } = app.workflows.fleet()
  const room = reviewLayout({ columns, rows }, kinds, state)
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
  const width = room.wide ? columns - half - 2 : columns - 2
  const detail = [
    ...rowRefusalLines(state.refusals, selected, width),
    ...rowUnknownLines(review, selected, kinds, width),
    ...reviewDetail(selected, review, width, now),
    ...rowFindingLines(state.findings, selected, width),
  ]
  const list = (
    <RowList
      rows={state.rows.rows}
      list={state.rows.list}
      draw={drawReviewRow}
      height={room.list}
      width={half}
      focused={state.typed === null && state.reason === null}
      empty="nothing differs"
    />
  )
  return (
    <>
      <Lines
        lines={meaningLines(
          review,
          [
            ...unknownToldLines(review, kinds),
            ...gatewayLines(state.refusals),
            ...policyLines(state.findings),
            ...undoLines(review),
          ],
          room.meaning,
        )}
        height={room.meaning}
      />
      <Rule />
      {room.wide ? <SideBySide left={list} lines={detail} height={room.list} width={columns - half} /> : list}
      {room.wide ? null : <Rule />}
      {room.wide ? null : <Lines lines={detail.map((line): Line => [' ', ...line])} height={room.detail} />}
      <Rule />
      <Lines
        lines={confirmLines(review, name, {
          typing: state.typed !== null,
          moved: state.moved,
          refused:
            refusedByGateway(state.refusals) ??
            refusedForUnknown(review, kinds) ??
            refusedLines(state.findings),
        })}
        height={room.confirm}
      />
    </>
  )
}
