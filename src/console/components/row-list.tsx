import { useState } from 'react'
import type { ListState } from '../store/list.ts'
import { span } from './line.ts'
import { Lines, Rows } from './lines.tsx'
import { type DrawRow, RowCache } from './row-cache.ts'
import { useSurroundings } from './surroundings.ts'

interface RowListProps<T extends object> {
  readonly rows: readonly T[]
  readonly list: ListState
  /** A function that stays the same from frame to frame, so that drawn rows can be kept. */
  readonly draw: DrawRow<T>
  readonly height: number
  readonly width?: number
  /** Whether keys go to this list; else its selection is not marked. */
  readonly focused: boolean
  /** The text shown if there are no rows. */
  readonly empty?: string
}

/** A list of any length: only the rows in view are drawn, and drawn rows are cached. */
export function RowList<T extends object>({
  rows,
  list,
  draw,
  height,
  width,
  focused,
  empty,
}: RowListProps<T>) {
  const { theme, columns } = useSurroundings()
  const [cache] = useState(() => new RowCache<T>())
  const room = width ?? columns
  cache.prepare(draw, theme, room)
  if (rows.length === 0) {
    return (
      <Lines lines={empty === undefined ? [] : [[' ', span(empty, 'dim')]]} width={room} height={height} />
    )
  }
  const texts: string[] = []
  for (let at = list.top; at < list.top + height; at++) {
    const row = rows[at]
    const here = focused && at === list.index
    texts.push(
      row === undefined
        ? ''
        : cache.get(
            row,
            here && !list.lost ? '>' : ' ',
            here ? (list.lost ? 'lost' : 'selection') : undefined,
          ),
    )
  }
  return <Rows texts={texts} width={room} first={list.top} />
}
