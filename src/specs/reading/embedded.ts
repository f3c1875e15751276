import type { Place } from '../../model/problem.ts'
import type { SourceText } from './source.ts'

/**
 * A text that is a scalar of another file. Its places are those in the file: exact where the scalar is a literal block
 * (`|`) or in double quotes on one line, as Insomnia writes them; else where the scalar begins.
 */
export function embeddedText(outer: SourceText, start: number, text: string): SourceText {
  const isQuoted = outer.text[start] === '"'
  let offsets: readonly number[] | undefined
  return {
    uri: outer.uri,
    text,
    locate(offset) {
      if (!isQuoted) return placeInBlock(outer, start, text, offset)
      offsets ??= quotedOffsets(outer.text, start)
      return outer.locate(offsets[offset] ?? start)
    },
  }
}

/** In a literal block the lines are those of the text, indented. */
function placeInBlock(outer: SourceText, start: number, text: string, offset: number): Place {
  const first = outer.locate(start)
  const lines = text.slice(0, offset).split('\n')
  const column = lines.at(-1)?.length ?? 0
  const end = text.indexOf('\n', offset)
  const line = text.slice(offset - column, end < 0 ? text.length : end)
  let from = start - (first.column - 1)
  for (let i = 1; i < lines.length; i++) from = outer.text.indexOf('\n', from) + 1 || outer.text.length
  const to = outer.text.indexOf('\n', from)
  const written = outer.text.slice(from, to < 0 ? outer.text.length : to).replace(/\r$/, '')
  const indent = written.length - line.length
  if (!written.endsWith(line) || written.slice(0, indent).trim() !== '') return first
  return outer.locate(from + indent + column)
}

/** Where each character of a text in double quotes stands (RFC 8259, section 7). */
function quotedOffsets(file: string, start: number): readonly number[] {
  const offsets: number[] = []
  for (let at = start + 1; at < file.length && file[at] !== '"'; at++) {
    offsets.push(at)
    if (file[at] === '\\') at += file[at + 1] === 'u' ? 5 : 1
  }
  return offsets
}
