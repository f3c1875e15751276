import { createHash, hash } from 'node:crypto'

/*
 * Each line of a journal ends with a digest of the line and of the digest before it, so that a line that was changed,
 * removed, inserted or moved no longer matches. It isn't a signature: anyone who can write the file can make a new
 * chain. Changes to a journal as a whole show in the next one, and in the head beside them: see `journal-series.ts`.
 */

const start = ',"chain":"'
const chained = /^,"chain":"([A-Za-z0-9_-]{43})"\}$/
/** The length of what the chain adds to a line, including its closing brace. */
const added = start.length + 43 + 2

/** A line of a journal, without the end of the line, and its place in the chain. */
export interface ChainedLine {
  readonly text: string
  readonly chain: string
}

/** An entry, as JSON, as the line after the one with the chain `before`; the first line follows the empty text. */
export function chainedLine(before: string, json: string): ChainedLine {
  const chain = hash('sha256', before + json, 'base64url')
  return { text: `${json.slice(0, -1)}${start}${chain}"}`, chain }
}

/** The same for an entry in pieces, without its closing brace: `text` is the end of the line. */
export function chainedPieces(before: string, pieces: readonly Uint8Array[]): ChainedLine {
  const digest = createHash('sha256').update(before)
  for (const piece of pieces) digest.update(piece)
  const chain = digest.update('}').digest('base64url')
  return { text: `${start}${chain}"}`, chain }
}

/** The chain that a line ends with; undefined: it has none. */
export function chainIn(line: string): string | undefined {
  return chained.exec(line.slice(-added))?.[1]
}

/** Whether a line is unchanged, given the chain `before` it. */
export function followsOn(before: string, line: string): boolean {
  const chain = chainIn(line)
  return chain !== undefined && hash('sha256', `${before}${line.slice(0, -added)}}`, 'base64url') === chain
}
