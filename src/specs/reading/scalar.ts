import { getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml'

/** A value of a scalar: what YAML 1.2's core schema makes of it. */
export type ScalarValue = null | boolean | number | string

const NULL = /^(?:~|null|Null|NULL)?$/
const TRUE = /^(?:true|True|TRUE)$/
const FALSE = /^(?:false|False|FALSE)$/
const INTEGER = /^[-+]?[0-9]+$/
const OCTAL = /^0o[0-7]+$/
const HEXADECIMAL = /^0x[0-9a-fA-F]+$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const NUMBERS = [INTEGER, OCTAL, HEXADECIMAL, FLOAT]

/**
 * The value of a scalar event by YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema), and its
 * text. JSON has neither infinity nor "not a number", so `.inf` and `.nan` stay texts; unknown tags are passed over.
 */
export function scalarOf(source: string, event: ScalarEvent): { value: ScalarValue; text: string } {
  const text = getScalarValue(source, event)
  const tag = event.tagStart < 0 ? '' : source.slice(event.tagStart, event.tagEnd)
  const plain = event.style === SCALAR_STYLE.PLAIN && (tag === '' || !isStringTag(tag))
  return { value: plain ? resolve(text) : text, text }
}

/** Whether a key written so merges another mapping into its own (`<<`). */
export function isMergeKey(source: string, event: ScalarEvent): boolean {
  return event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0 && getScalarValue(source, event) === '<<'
}

function isStringTag(tag: string): boolean {
  return tag === '!!str' || tag === '!' || tag === '!<tag:yaml.org,2002:str>' || tag === '!!binary'
}

function resolve(text: string): ScalarValue {
  const first = text.charCodeAt(0)
  // Letters but the first of null, true and false begin nothing but text: by far the most scalars.
  if (first > 57 && !'nNtTfF~'.includes(text.charAt(0))) return text
  if (NULL.test(text)) return null
  if (TRUE.test(text)) return true
  if (FALSE.test(text)) return false
  if (!NUMBERS.some(pattern => pattern.test(text))) return text
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}
