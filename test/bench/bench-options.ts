/** What `npm run bench` was asked for. */
export interface BenchOptions {
  /** An empty gateway to sync to, in place of the sandbox. It is emptied again. */
  readonly kongAddr: string | undefined
  /** The sizes that take many minutes too. */
  readonly long: boolean
  /** The sandbox answers at the pace of a real gateway with its database. */
  readonly paced: boolean
  /** This many entities, in place of the usual sizes. */
  readonly entities: number | undefined
}
