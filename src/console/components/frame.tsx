import { Box, useWindowSize } from 'ink'
import { type ReactNode, useMemo } from 'react'
import type { Theme } from '../theme/theme.ts'
import { SurroundingsContext } from './surroundings.ts'

/** The whole screen: what is in it has the terminal's size and a theme, and is drawn again when either changes. */
export function Frame({ theme, children }: { readonly theme: Theme; readonly children: ReactNode }) {
  const { columns, rows } = useWindowSize()
  const surroundings = useMemo(() => ({ theme, columns, rows }), [theme, columns, rows])
  return (
    <SurroundingsContext value={surroundings}>
      <Box flexDirection="column" width={columns} height={rows}>
        {children}
      </Box>
    </SurroundingsContext>
  )
}
