import { type DumpOptions, dump } from 'js-yaml'
import { isArray, isObject, type Json } from '../model/json.ts'
import { hasUnsafe, safeJson } from '../model/safe-text.ts'

/**
 * A value as YAML in block style. Texts with characters that would reorder or hide what is around them are quoted and
 * escaped.
 */
export function yamlText(value: Json, options: DumpOptions): string {
  const marks = new Map<string, string>()
  const marked = withMarks(value, marks, markNotIn(value))
  if (marks.size === 0) return dump(value, options)
  let text = dump(marked, options)
  for (const [mark, json] of marks) text = text.replaceAll(mark, () => json)
  return text
}

/** A text in quotes, in the form that JSON and YAML share; what `safeText` escapes is escaped in it too. */
export function quotedText(text: string): string {
  return safeJson(JSON.stringify(text))
}

/** A word that occurs nowhere in a value. */
function markNotIn(value: Json): string {
  const text = JSON.stringify(value)
  let mark = 'quoted'
  while (text.includes(mark)) mark += 'x'
  return mark
}

/** The value with a mark replacing each text that js-yaml would leave unescaped. */
function withMarks(value: Json, marks: Map<string, string>, word: string): Json {
  const mark = (text: string): string => {
    if (!hasUnsafe(text)) return text
    const made = `${word}${marks.size}-`
    marks.set(made, quotedText(text))
    return made
  }
  const marked = (part: Json): Json => {
    if (typeof part === 'string') return mark(part)
    if (isArray(part)) return part.map(marked)
    if (!isObject(part)) return part
    return Object.fromEntries(Object.entries(part).map(([name, item]) => [mark(name), marked(item)]))
  }
  return marked(value)
}
