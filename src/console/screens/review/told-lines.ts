import type { Line } from '../../components/line.ts'

/** What refuses a plan, and the result of sending it. */
export interface RefusedLines {
  readonly what: Line
  readonly how: string
}

/** A line about a plan's effect. */
export interface ToldLine {
  readonly label: string
  readonly text: string
  readonly bad: boolean
  /** Nothing is known yet: neither good nor bad. */
  readonly unknown?: boolean
}
