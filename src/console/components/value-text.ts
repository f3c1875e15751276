import { isSecretMark } from '../../model/entity.ts'
import type { Json } from '../../model/json.ts'

/** What stands for a secret. */
const hidden = '••••'

/** A value on one line. A text stands as it is unless it could be taken for something else; a secret never shows. */
export function valueText(value: Json | undefined): string {
  if (value === undefined) return '-'
  if (isSecretMark(value)) return hidden
  if (typeof value === 'string') return looksLikeOther(value) ? JSON.stringify(value) : value
  return JSON.stringify(maskSecrets(value))
}

/** Two values that differ, for two columns; a hidden value that changed says so. */
export function valuePair(before: Json | undefined, after: Json | undefined): readonly [string, string] {
  const bothHidden = isSecretMark(before) && isSecretMark(after)
  return [valueText(before), bothHidden ? `${hidden} changed` : valueText(after)]
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

function maskSecrets(value: Json): Json {
  if (isSecretMark(value)) return hidden
  if (Array.isArray(value)) return value.map(maskSecrets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskSecrets(inner)]))
}

/** Whether a value is a text of several lines, which a table can't show. */
export function isLongText(value: Json | undefined): value is string {
  return typeof value === 'string' && value.includes('\n')
}
