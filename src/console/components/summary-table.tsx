import { Text } from 'ink'
import { Table } from 'ink-table'
import type { ReactNode } from 'react'
import { safeText } from '../../model/safe-text.ts'
import { closeStyle } from '../theme/theme.ts'
import { useSurroundings } from './surroundings.ts'

/** A row of a summary: its content by column. */
export type SummaryRow = Readonly<Record<string, string | number>>

/** A small table of fixed size, such as the result of a sync. Not for lists: it recomputes every row in every frame. */
export function SummaryTable({ rows }: { readonly rows: readonly SummaryRow[] }) {
  const { theme } = useSurroundings()
  const styled = (role: 'heading' | 'rule' | 'text') =>
    function Styled({ children }: { readonly children?: ReactNode }) {
      const open = theme.open(role)
      return <Text>{open === '' ? children : [open, children, closeStyle]}</Text>
    }
  const data = rows.map(row =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, safeText(String(value))])),
  )
  return <Table data={data} header={styled('heading')} skeleton={styled('rule')} cell={styled('text')} />
}
