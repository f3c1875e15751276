import { isArray, isObject, type Json } from '../../../../model/json.ts'
import { quotedText } from '../../../../yaml/index.ts'

/** How block collections are laid out where new ones are written. */
export interface Layout {
  readonly eol: string
  /** How far the dashes of a list stand to the right of the key that holds it. */
  readonly listIndent: number
}

/** Texts that every YAML reader takes for texts without quotes. */
const plain = /^[A-Za-z_/][A-Za-z0-9_/.-]*$/
/** Words that readers of YAML 1.1 take for something else: https://yaml.org/type/bool.html */
const words = /^(?:y|n|yes|no|on|off|true|false|null)$/i

/** A text as a YAML scalar on one line; JSON's quoted form is YAML too. */
function textScalar(text: string): string {
  return plain.test(text) && !words.test(text) ? text : quotedText(text)
}

/** Any value on one line. */
export function flowText(value: Json): string {
  if (typeof value === 'string') return textScalar(value)
  if (isArray(value)) return `[${value.map(flowText).join(', ')}]`
  if (isObject(value)) return `{${Object.entries(value).map(flowField).join(', ')}}`
  return JSON.stringify(value)
}

/** A field of a mapping in braces. */
export function flowField([name, value]: readonly [string, Json]): string {
  return `${textScalar(name)}: ${flowText(value)}`
}

/** Whether a value stands well on the line of its key: all but mappings, and lists that hold any. */
function isShort(value: Json): boolean {
  if (isArray(value)) return value.every(item => !isObject(item) && !isArray(item))
  return !isObject(value) || Object.keys(value).length === 0
}

/** What stands after the colon of a key that begins at a column. */
export function afterColon(value: Json, column: number, layout: Layout): string {
  if (isShort(value)) return ` ${flowText(value)}`
  const indent = column + (isArray(value) ? layout.listIndent : 2)
  return layout.eol + ' '.repeat(indent) + blockText(value, indent, layout)
}

/** What stands after the dash of an item; the dash stands at a column. */
export function afterDash(value: Json, column: number, layout: Layout): string {
  return ` ${isShort(value) ? flowText(value) : blockText(value, column + 2, layout)}`
}

/** A collection as a block; its first line begins at a column, which the caller has reached. */
function blockText(value: Json, column: number, layout: Layout): string {
  const between = layout.eol + ' '.repeat(column)
  if (isArray(value)) return value.map(item => `-${afterDash(item, column, layout)}`).join(between)
  if (isObject(value))
    return Object.entries(value)
      .map(entry => blockField(entry, column, layout))
      .join(between)
  return flowText(value)
}

/** A field of a block mapping whose keys stand at a column. */
export function blockField([name, value]: readonly [string, Json], column: number, layout: Layout): string {
  return `${textScalar(name)}:${afterColon(value, column, layout)}`
}
