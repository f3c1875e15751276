import { Box } from 'ink'
import { type ReactNode, useMemo } from 'react'
import type { Theme } from '../theme/theme.ts'
import { SurroundingsContext } from './surroundings.ts'

interface FrameProps {
  readonly theme: Theme
  readonly columns: number
  readonly rows: number
  readonly children: ReactNode
}

/** The whole screen: its content gets the terminal's size and a theme, and is redrawn when either changes. */
export function Frame({ theme, columns, rows, children }: FrameProps) {
  const surroundings = useMemo(() => ({ theme, columns, rows }), [theme, columns, rows])
  return (
    <SurroundingsContext value={surroundings}>
      <Box flexDirection="column" width={columns} height={rows}>
        {children}
      </Box>
    </SurroundingsContext>
  )
}
