/** One row of the frame benchmark, much like one of the inventory. */
export interface BenchRow {
  readonly name: string
  readonly cause: string
  readonly target: string
  readonly request: string
  readonly source: string
}

/** The row at a place; its texts differ from row to row. */
export function benchRow(at: number): BenchRow {
  return {
    name: `route-${String(at).padStart(6, '0')}`,
    cause: at % 3 === 0 ? 'edited live' : 'git ahead',
    target: at % 2 === 0 ? 'prod-eu' : 'staging-1',
    request: `GET https://api.pay.example/v${at % 9}/disputes/${at * 7}/evidence`,
    source: `kong/disputes-${at % 40}.yaml:${at % 900}`,
  }
}
