import { isObject, type Json } from './json.ts'
import type { Violation } from './schema/validate/violations.ts'

/** A number as Lua writes it: 14 significant digits, an exponent from 1e+14 on. */
export function luaNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e14) return String(value)
  const precise = value.toPrecision(14)
  const [digits = '', exponent] = precise.split('e')
  const short = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits
  if (exponent === undefined) return short
  const sign = exponent.startsWith('-') ? '-' : '+'
  return `${short}e${sign}${exponent.replace(/^[+-]/, '').padStart(2, '0')}`
}

const identifier = /^[A-Za-z_]\w*$/
const keywords = new Set(
  'and break do else elseif end false for function if in local nil not or repeat return then true until while'.split(
    ' ',
  ),
)

/** Text as a Lua literal; with a line break in it, between long brackets. */
function quoted(text: string): string {
  const brackets = /\[(=*)\[/.exec(`${text}]`)
  if ((text.includes('\n') || brackets !== null) && !text.includes('\r')) {
    const equals = brackets === null ? '' : `${brackets[1] ?? ''}=`
    return `[${equals}[${text.startsWith('\n') ? '\n' : ''}${text}]${equals}]`
  }
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\r', '\\r').replaceAll('\0', '\\0')}"`
}

type Shown = Json | Violation

function scalar(value: Shown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') return luaNumber(value)
  return value === null ? '"userdata: NULL"' : String(value)
}

/** The parts of a table: first the positions without a gap from 1, then the rest in order of their names. */
function partsOf(value: Shown): [label: string | undefined, part: Shown][] {
  if (Array.isArray(value)) return value.map(part => [undefined, part])
  if (!isObject(value)) return []
  const entries: [string, Shown][] = Object.entries(value)
  const parts: [string | undefined, Shown][] = []
  const positions = new Map(entries)
  for (let i = 1; positions.has(String(i)); i++) {
    parts.push([undefined, positions.get(String(i)) ?? null])
    positions.delete(String(i))
  }
  const names = [...positions.keys()].sort((a, b) => (a < b ? -1 : 1))
  for (const name of names) parts.push([name, positions.get(name) ?? null])
  return parts
}

function label(name: string): string {
  if (/^[1-9]\d*$/.test(name)) return `[${name}]`
  return identifier.test(name) && !keywords.has(name) ? name : `[${quoted(name)}]`
}

/** A table on one line, without spaces: `{id="…",service={id="…"}}`. */
export function luaLine(value: Shown): string {
  if (typeof value !== 'object' || value === null) return scalar(value)
  const parts = partsOf(value).map(
    ([name, part]) => (name === undefined ? '' : `${label(name)}=`) + luaLine(part),
  )
  return `{${parts.join(',')}}`
}

/** A table over several lines, as it stands in messages about nested values. */
export function luaBlock(value: Shown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return scalar(value)
  const deeper = `${indent}  `
  const parts = partsOf(value).map(
    ([name, part]) => `${deeper}${name === undefined ? '' : `${label(name)} = `}${luaBlock(part, deeper)}`,
  )
  return parts.length === 0 ? `{\n${indent}}` : `{\n${parts.join(',\n')}\n${indent}}`
}
