import type { InputEvent } from '../input/key.ts'

/** A one-line text field. */
export interface TextField {
  readonly text: string
  /** Where the next character goes, as an index into `text` at a grapheme boundary. */
  readonly cursor: number
}

export const emptyField: TextField = { text: '', cursor: 0 }

/** What an event does to a field: it changes, it is submitted or cancelled, or the event isn't for it. */
export type FieldResult =
  | { readonly type: 'changed'; readonly field: TextField }
  | { readonly type: 'submitted' }
  | { readonly type: 'cancelled' }
  | { readonly type: 'ignored' }

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Applies a key or a paste. A paste only ever adds text: its line ends become spaces and submit nothing. */
export function editField(field: TextField, event: InputEvent): FieldResult {
  if (event.type === 'paste') return insert(field, event.text.trim().replaceAll(/\s*\n\s*/g, ' '))
  if (event.type !== 'key') return { type: 'ignored' }
  const before = field.text.slice(0, field.cursor)
  const after = field.text.slice(field.cursor)
  switch (event.key) {
    case 'enter':
      return { type: 'submitted' }
    case 'esc':
      return { type: 'cancelled' }
    case 'backspace':
      return changed(before.slice(0, before.length - lastLength(before)), after)
    case 'delete':
      return changed(before, after.slice(firstLength(after)))
    case 'ctrl+w':
      return changed(before.replace(/\S+\s*$/, ''), after)
    case 'ctrl+u':
      return changed('', after)
    case 'ctrl+k':
      return changed(before, '')
    case 'left':
      return { type: 'changed', field: { ...field, cursor: field.cursor - lastLength(before) } }
    case 'right':
      return { type: 'changed', field: { ...field, cursor: field.cursor + firstLength(after) } }
    case 'home':
    case 'ctrl+a':
      return { type: 'changed', field: { ...field, cursor: 0 } }
    case 'end':
    case 'ctrl+e':
      return { type: 'changed', field: { ...field, cursor: field.text.length } }
    default:
      return event.text === '' ? { type: 'ignored' } : insert(field, event.text)
  }
}

function insert(field: TextField, text: string): FieldResult {
  return changed(field.text.slice(0, field.cursor) + text, field.text.slice(field.cursor))
}

function changed(before: string, after: string): FieldResult {
  return { type: 'changed', field: { text: before + after, cursor: before.length } }
}

function lastLength(text: string): number {
  return Array.from(graphemes.segment(text)).at(-1)?.segment.length ?? 0
}

function firstLength(text: string): number {
  for (const { segment } of graphemes.segment(text)) return segment.length
  return 0
}
