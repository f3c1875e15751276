import type { Problem } from '../../../../model/problem.ts'
import { type FilledIn, Lines, type PackedDocument } from '../../../../yaml/index.ts'
import type { ManifestFile, ManifestOptions } from '../../../manifest.ts'
import { evaluate } from './expression.ts'

/** A file with its `${{ … }}` filled in. */
export interface Rendered {
  readonly text: string
  /** The offset in the file that an offset in `text` came from. */
  readonly origin: (offset: number) => number
  /** Where values of variables stand in `text`. */
  readonly filled: FilledIn
  readonly problems: readonly Problem[]
}

/** Files that were read in another thread, each with its variables filled in. */
export type ReadElsewhere = ReadonlyMap<
  ManifestFile,
  {
    readonly template: Rendered
    readonly document: PackedDocument
    /** Whether it fits decK's format, and nothing in it is odd. */
    readonly isSound: boolean
  }
>

/** From here on, the text differs from the file by a distance; `fixed`: all of it came from one place. */
interface Segment {
  readonly start: number
  readonly origin: number
  readonly fixed: boolean
}

/**
 * Does with a file's text what decK does before it reads YAML: takes out lines that begin with `#` (wherever
 * they stand) and puts values in place of `${{ env "DECK_X" }}`.
 */
export function renderTemplate(path: string, text: string, options: ManifestOptions): Rendered {
  if (!text.includes('#') && !text.includes('${{'))
    return { text, origin: offset => offset, filled: [], problems: [] }
  const lines = new Lines(path, text)
  const problems: Problem[] = []
  const segments: Segment[] = []
  const filled: (readonly [number, number])[] = []
  let result = ''
  const copy = (from: number, to: number): void => {
    segments.push({ start: result.length, origin: from, fixed: false })
    result += text.slice(from, to)
  }
  // Names that stand for values are no secrets.
  const looksUp = !options.named && !options.mocked
  let copied = 0
  let at = 0
  let open = -1
  while (at < text.length) {
    const comment = commentEnd(text, at)
    if (comment !== undefined) {
      if (!options.keepComments) {
        copy(copied, at)
        copied = comment
      }
      at = comment
      continue
    }
    const lineEnd = endOfLine(text, at)
    if (open < at) open = indexOrEnd(text, '${{', at)
    if (open >= lineEnd) {
      at = lineEnd
      continue
    }
    const close = closing(text, open + 3)
    const expression = close === undefined ? undefined : text.slice(open + 3, close)
    const done =
      expression === undefined
        ? notClosed
        : evaluate(expression, options.named ? 'named' : options.mocked ? 'mocked' : options.env)
    copy(copied, trimBefore(text, copied, open, expression))
    segments.push({ start: result.length, origin: open, fixed: true })
    const from = result.length
    if (done.ok) result += done.value
    if (done.ok && looksUp && /\benv\b/.test(expression ?? '')) filled.push([from, result.length])
    if (!done.ok) problems.push({ ...done.error, place: lines.at(open) })
    copied = trimAfter(text, close === undefined ? lineEnd : close + 2, expression)
    at = copied
  }
  copy(copied, text.length)
  return { text: result, origin: offset => originOf(segments, offset), filled, problems }
}

const notClosed: { readonly ok: false; readonly error: Problem } = {
  ok: false as const,
  error: {
    code: 'template',
    message: '${{ is opened and not closed by }}',
    hint: 'Write ${{ env "DECK_NAME" }}.',
  },
}

/** Where the line after a comment line begins; undefined where no comment line begins here. */
function commentEnd(text: string, at: number): number | undefined {
  if (at !== 0 && text[at - 1] !== '\n') return undefined
  let first = at
  while (text[first] === ' ' || text[first] === '\t' || text[first] === '\uFEFF') first += 1
  return text[first] === '#' ? endOfLine(text, first) : undefined
}

function endOfLine(text: string, at: number): number {
  return Math.min(text.length, indexOrEnd(text, '\n', at) + 1)
}

function indexOrEnd(text: string, part: string, from: number): number {
  const index = text.indexOf(part, from)
  return index === -1 ? text.length : index
}

/** The offset of the `}}` that ends an expression; quotes are passed over. */
function closing(text: string, from: number): number | undefined {
  let quote = ''
  for (let at = from; at < text.length; at += 1) {
    const char = text[at] ?? ''
    if (quote !== '') {
      if (char === '\\' && quote === '"') at += 1
      else if (char === quote) quote = ''
    } else if (char === '"' || char === '`') quote = char
    else if (char === '}' && text[at + 1] === '}') return at
    else if (char === '\n') return undefined
  }
  return undefined
}

/** `${{-` takes away the white space before it. */
function trimBefore(text: string, from: number, open: number, expression: string | undefined): number {
  if (expression === undefined || !/^-\s/.test(expression)) return open
  return from + text.slice(from, open).trimEnd().length
}

/** `-}}` takes away the white space after it. */
function trimAfter(text: string, end: number, expression: string | undefined): number {
  if (expression === undefined || !/\s-$/.test(expression)) return end
  return text.length - text.slice(end).trimStart().length
}

function originOf(segments: readonly Segment[], offset: number): number {
  let low = 0
  let high = segments.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((segments[middle]?.start ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  const segment = segments[low]
  if (!segment) return offset
  return segment.fixed ? segment.origin : segment.origin + offset - segment.start
}
