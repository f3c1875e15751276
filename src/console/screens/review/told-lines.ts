import type { Line } from '../../components/line.ts'

/** What refuses a plan, and what comes of sending it. */
export interface RefusedLines {
  readonly what: Line
  readonly how: string
}

/** A line of what a plan means. */
export interface ToldLine {
  readonly label: string
  readonly text: string
  readonly bad: boolean
  /** Nothing is known yet: neither good nor bad. */
  readonly unknown?: boolean
}
