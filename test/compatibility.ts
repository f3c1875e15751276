import { existsSync, readFileSync } from 'node:fs'

/**
 * One case that gatewatch is held against, as a suite keeps it in `docs/compatibility/`; `npm run docs` makes
 * `docs/compatibility.md` of them all.
 */
export interface HeldCase {
  /** The case by its file in the recordings, as `0001` or `sync/012-vaults/kong3x.yaml`. */
  readonly case: string
  /** What decK or the real gateway said or did, in short. */
  readonly held: string
  /** What gatewatch says or does, in short. */
  readonly here: string
  /**
   * `otherwise`: it is known why another answer is right, or can't be had; `why` says it.
   * `open`: nothing that was recorded says what is right.
   */
  readonly verdict: 'equal' | 'otherwise' | 'open' | 'wrong'
  readonly why?: string
}

/** Exchanges of one topic, which are too many for a row each. */
export interface HeldTopic {
  readonly case: string
  /** Number of exchanges. */
  readonly of: number
  /** Number of exchanges that are answered as recorded. */
  readonly equal: number
}

/** What a suite holds, by group, in the order of its tables. */
export type HeldPart = Readonly<Record<string, readonly (HeldCase | HeldTopic)[]>>

/** The parts, each written by one suite when it is run with `-u`. */
export type PartName = 'pairs' | 'deck-cases' | 'file-tools' | 'openapi2kong' | 'sandbox' | 'routing'

const partFile = (name: PartName): string =>
  new URL(`../docs/compatibility/${name}.json`, import.meta.url).pathname

/** A part's file, for `toMatchFileSnapshot`. */
export const heldFile: (name: PartName) => string = partFile

/** The text of a part's file: a case a line. */
export function heldText(part: HeldPart): string {
  const groups = Object.entries(part).map(([name, rows]) => {
    const lines = rows.map(row => `    ${JSON.stringify(row)}`)
    return `  ${JSON.stringify(name)}: [${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n  `}]`
  })
  return `{\n${groups.join(',\n')}\n}\n`
}

/** A part as it is kept; nothing where no suite has written it. */
export function heldPart(name: PartName): HeldPart {
  const path = partFile(name)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
}

/** How many of each operation lines like `create route pay` name, as decK sums them up. */
export function countedChanges(lines: readonly string[]): string {
  const counts = ['create', 'update', 'delete'].flatMap(operation => {
    const count = lines.filter(line => line.startsWith(`${operation} `)).length
    return count === 0 ? [] : [`${count} ${operation}${count === 1 ? '' : 's'}`]
  })
  return counts.join(', ') || 'no change'
}
