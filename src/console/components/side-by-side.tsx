import { Box } from 'ink'
import type { ReactNode } from 'react'
import type { Line } from './line.ts'
import { Lines, UprightRule } from './lines.tsx'

interface SideBySideProps {
  readonly left: ReactNode
  /** What stands on the right. */
  readonly lines: readonly Line[]
  readonly height: number
  /** Of the right side, its rule included. */
  readonly width: number
}

/** A list with the details of its selected row beside it. */
export function SideBySide({ left, lines, height, width }: SideBySideProps) {
  return (
    <Box flexDirection="row" height={height}>
      {left}
      <UprightRule height={height} />
      <Lines lines={lines.map((line): Line => [' ', ...line])} width={width - 1} height={height} />
    </Box>
  )
}
