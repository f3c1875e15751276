import type { Sliced } from '../model/time-slices.ts'

/** A part of a text that is YAML by itself: a mapping of keys at the top, one of them perhaps with a part of its list. */
export interface Piece {
  /** The line that the part belongs below, where it does not stand in the part itself; else empty. */
  readonly head: string
  readonly from: number
  readonly to: number
}

/** How much text is read in one go, in characters: some milliseconds' worth. */
export const usualPiece = 24_000

const key = /^["']?[A-Za-z_][A-Za-z0-9_-]*["']?:(?:[ \t]|\r?$)/
/** The key of a list that stands below it. */
const listKey = /^["']?[A-Za-z_][A-Za-z0-9_-]*["']?:[ \t]*(?:#.*)?\r?$/
/** What may be an anchor, an alias, a tag or a further document: then only the whole says what a part means. */
const bound = /(?:^|[\s[{,:-])[&*!]|^(?:---|\.\.\.|%)/

/**
 * A large text as pieces of about a size, cut where an item of a list at the top begins or a key at the top does.
 * Undefined where that can't be told from the lines alone; who reads the pieces must read the whole where one of them
 * is no YAML.
 */
export function* piecesOf(text: string, size: number): Sliced<readonly Piece[] | undefined> {
  if (text.length < 2 * size) return undefined
  const pieces: Piece[] = []
  let from = 0
  let lines = 0
  let head = ''
  /** The line of the key whose list is being cut, and how its items begin. */
  let list: { readonly head: string; item: string | undefined } | undefined
  const cut = (at: number, next: string): void => {
    if (at > from) pieces.push({ head, from, to: at })
    from = at
    head = next
  }
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at)
    const end = newline === -1 ? text.length : newline + 1
    const first = text[at]
    const line = text.slice(at, end)
    if (bound.test(line)) return undefined
    if (first !== ' ' && first !== '#' && first !== '\n' && first !== '\r' && first !== '-') {
      const bare = line.trimEnd()
      if (!key.test(`${bare} `)) return undefined
      if (at - from >= size || head !== '') cut(at, '')
      list = listKey.test(bare) ? { head: line, item: undefined } : undefined
    } else if (list) {
      const item = /^ *- /.exec(line)?.[0]
      list.item ??= item ?? (line.trim() === '' || first === '#' ? undefined : '')
      if (item !== undefined && item === list.item && at - from >= size) cut(at, list.head)
    } else if (first === '-') return undefined
    at = end
    lines += 1
    if (lines % 500 === 0) yield
  }
  cut(text.length, '')
  return pieces
}
