import { useStore } from 'zustand'
import type { StoreApi } from 'zustand/vanilla'
import { type Line, span } from '../../components/line.ts'
import { Lines, Rule } from '../../components/lines.tsx'
import { RowList } from '../../components/row-list.tsx'
import { SideBySide } from '../../components/side-by-side.tsx'
import { useSurroundings } from '../../components/surroundings.ts'
import { type App, bodyRows } from '../../store/app.ts'
import { confirmLines, isReview } from './review-confirm.ts'
import { policyLines, refusedLines, rowFindingLines } from './review-findings.ts'
import { reviewLayout } from './review-layout.ts'
import { gatewayLines, refusedByGateway, rowRefusalLines } from './review-refusals.ts'
import { drawReviewRow, meaningLines, reviewDetail } from './review-rows.ts'
import type { ReviewState } from './review-state.ts'
import { undoLines } from './review-undo.ts'
import { refusedForUnknown, rowUnknownLines, unknownToldLines } from './review-unknown.ts'

/** The current state of a review. */
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
  const { review, kinds } = state
  const room = reviewLayout({ columns, rows }, state)
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
    ...rowFindingLines(state.findings, selected, kinds, width),
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
