import { isObject, type Json, type JsonObject } from '../json.ts'

const safe = /^[A-Za-z/_][\w /.-]*$/
const otherThanText = /^(true|false|yes|no|on|off|null|y|n)$/i

function scalar(value: Json): string {
  if (value === null) return '~'
  if (typeof value !== 'string') return String(value)
  if (safe.test(value) && !otherThanText.test(value) && !value.endsWith(' ')) return value
  if (/[\u0000-\u001f\u007f]/.test(value)) return JSON.stringify(value)
  return `'${value.replaceAll("'", "''")}'`
}

const isBlock = (value: Json): value is Json[] | JsonObject =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0

/** The lines of a value below a key or a dash. */
function lines(value: Json, indent: string): string[] {
  if (Array.isArray(value)) return value.flatMap(part => itemLines(part, indent))
  if (!isObject(value)) return [`${indent}${scalar(value)}`]
  return Object.entries(value).flatMap(([name, part]) => {
    const key = `${indent}${scalar(name)}:`
    if (!isBlock(part)) return [`${key} ${empty(part)}`]
    return [key, ...lines(part, Array.isArray(part) ? indent : `${indent}  `)]
  })
}

const empty = (value: Json) => (Array.isArray(value) ? '[]' : isObject(value) ? '{}' : scalar(value))

function itemLines(value: Json, indent: string): string[] {
  if (!isBlock(value)) return [`${indent}- ${empty(value)}`]
  const [first = '', ...rest] = lines(value, `${indent}  `)
  return [`${indent}- ${first.trimStart()}`, ...rest]
}

/** A value as YAML, in the form that Kong exports: null as `~`, lists not indented. */
export const yamlText = (value: JsonObject): string => `${lines(value, '').join('\n')}\n`
