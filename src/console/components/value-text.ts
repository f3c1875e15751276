import { isSecretMark } from '../../model/entity.ts'
import type { Json } from '../../model/json.ts'
import { differsHidden, shownMark, shownValue } from '../../model/masking/secret-marks.ts'

/** A value on one line. A text is unquoted unless it could be mistaken for something else; a secret is never shown. */
export function valueText(value: Json | undefined): string {
  if (value === undefined) return '-'
  if (isSecretMark(value)) return shownMark(value)
  if (typeof value === 'string') return looksLikeOther(value) ? JSON.stringify(value) : value
  return JSON.stringify(shownValue(value))
}

/** Two values that differ, for two columns; a hidden value that changed is marked so. */
export function valuePair(before: Json | undefined, after: Json | undefined): readonly [string, string] {
  return [valueText(before), differsHidden(before, after) ? `${valueText(after)} changed` : valueText(after)]
}

/** A text that would read as a number, a word of JSON, or as nothing. */
function looksLikeOther(text: string): boolean {
  return (
    text === '' ||
    text === '-' ||
    text.trim() !== text ||
    /^(true|false|null|-?\d[\d.eE+-]*|[[{"].*)$/s.test(text)
  )
}

/** A text of several lines, which a table can't show; undefined if a value isn't one. */
export function longText(value: Json | undefined): string | undefined {
  const text = isSecretMark(value) ? shownMark(value) : value
  return typeof text === 'string' && text.includes('\n') ? text : undefined
}
