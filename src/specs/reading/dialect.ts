import { YAMLException } from 'js-yaml'
import type { Dialect, Trouble } from '../../yaml/index.ts'

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

const limits = {
  depth: 200,
  height: 200,
  aliased: Number.POSITIVE_INFINITY,
  values: 3_000_000,
  mergedKeys: 200_000,
}
const tooDeep: Trouble = {
  code: 'yaml-too-large',
  message: `This is nested more than ${limits.depth} levels deep`,
}
const tooMany: Trouble = {
  code: 'yaml-too-large',
  message: `With its aliases expanded, this holds more than ${limits.values.toLocaleString('en')} values`,
}
const otherKey: Trouble = { code: 'yaml-syntax', message: 'A key must be a text, not a list or a mapping' }

/**
 * Specifications: the words of YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema), and merge keys
 * beneath what the mapping has itself. JSON has neither infinity nor "not a number", so `.inf` and `.nan` stay texts;
 * unknown tags are passed over. Of several documents the first is read.
 */
export const specificationDialect: Dialect = {
  scalar: (text, tag, plain) => (plain && (tag === undefined || !isStringTag(tag)) ? resolve(text) : text),
  keys: 'texts',
  merge: 'beneath',
  documents: 'first',
  keepsValues: true,
  limits,
  words: {
    syntax: error => {
      const known = error instanceof YAMLException
      const reason = known ? error.reason : 'it is nested too deeply or too large'
      const offset = known && error.mark ? error.mark.position : 0
      return { code: 'yaml-syntax', message: `This is neither YAML nor JSON: ${reason}`, offset }
    },
    keyTwice: name => ({ code: 'yaml-duplicate-key', message: `The key "${name}" is defined twice` }),
    documents: { code: 'yaml-syntax', message: 'The file holds more than one document' },
    keyOfMany: otherKey,
    emptyKey: otherKey,
    otherKey,
    mergeOfOther: { code: 'yaml-syntax', message: 'Only mappings can be merged with <<' },
    aliasAt: 'name',
    noAnchor: name => ({ code: 'yaml-alias', message: `There is no anchor "${name}"` }),
    aliasInside: name => ({
      code: 'yaml-alias',
      message: `The value of the anchor "${name}" contains itself`,
    }),
    aliased: tooMany,
    aliasedDepth: tooDeep,
    values: tooMany,
    depth: tooDeep,
    mergedKeys: { code: 'yaml-too-large', message: 'This merges too many keys with <<' },
  },
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
