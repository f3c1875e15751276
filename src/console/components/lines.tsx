import { Box, Text } from 'ink'
import { memo } from 'react'
import { drawLine, type Line, span } from './line.ts'
import { useSurroundings } from './surroundings.ts'

interface LinesProps {
  readonly lines: readonly Line[]
  readonly width?: number
  /** An exact number of rows: extra lines are left out, missing ones are blank. */
  readonly height?: number
}

/** Lines as they are, one text each. */
export const Lines = memo(function Lines({ lines, width, height }: LinesProps) {
  const { theme, columns } = useSurroundings()
  const room = width ?? columns
  const rows = Math.max(0, height ?? lines.length)
  const texts: string[] = []
  for (let at = 0; at < rows; at++) texts.push(drawLine(lines[at] ?? [], { width: room, theme }))
  return <Rows texts={texts} width={room} />
})

interface RowsProps {
  /** Styled texts that fit the width. */
  readonly texts: readonly string[]
  readonly width: number
  /** The number of the first scrolled row: a row that only moves isn't redrawn. */
  readonly first?: number
}

/** Rows that are drawn already. */
export function Rows({ texts, width, first = 0 }: RowsProps) {
  return (
    <Box flexDirection="column" width={width} height={texts.length} flexShrink={0}>
      {texts.map((text, at) => (
        <Row key={first + at} text={text} />
      ))}
    </Box>
  )
}

const Row = memo(function Row({ text }: { readonly text: string }) {
  return <Text wrap="truncate">{text === '' ? ' ' : text}</Text>
})

/** A rule across the screen. */
export function Rule({ width }: { readonly width?: number }) {
  const { columns } = useSurroundings()
  const room = width ?? columns
  return <Lines lines={[[span('─'.repeat(room), 'rule')]]} width={room} />
}

/** A rule from top to bottom. */
export function UprightRule({ height }: { readonly height: number }) {
  return <Lines lines={Array.from({ length: height }, () => [span('│', 'rule')])} width={1} />
}
