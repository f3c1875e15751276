import { isArray, type Json, type JsonObject } from '../../../../model/json.ts'

/*
 * What a gateway, or what stands in its place, can make gatewatch take in and wait for. They are far from what real
 * gateways need: 100,000 entities are about 100 answers of 1 to 2 MB.
 */

const megabyte = 2 ** 20

/** Bytes of one answer. The largest is the export of a Kong without a database: all that it holds, at about 1 KB an entity. */
export const answerBytes = 128 * megabyte

/** Bytes of answers that are under way at once. */
export const heldBytes = 256 * megabyte

/** Bytes of all lists of a target that are read together. */
export const readingBytes = 512 * megabyte

/** Pages of one list; of 1,000 entities each, where a gateway has as many. */
export const pages = 10_000

/** Characters of what leads to the next page. */
export const offsetLength = 8192

/** How many times as long as one answer a whole list may take, and all that are read together. */
export const listTimes = 60

/** Levels of one answer. Kong's deepest configuration of a plugin has under 20. */
export const levels = 100

/** Values of one answer: what is small as text is not as values. */
export const values = 20_000_000

/** How long a pause is made that a gateway asks for, in milliseconds. */
export const longestPauseMs = 60_000

/** A number of bytes in words. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / megabyte)} MB`
}

const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
/** `[` and `{`, `]` and `}` differ in this bit only. */
const curly = 0x20
const opening = 0x7b
const closing = 0x7d

/** Characters from which on a text is looked at before it is parsed: what is shorter takes little room, however it nests. */
const longText = 4 * megabyte

const tooDeep = `nests deeper than ${levels} levels`

/** What a JSON text says, or why nobody should go through it; throws `SyntaxError` where it is no JSON. */
export function boundedJson(
  text: string,
): { readonly excess?: undefined; readonly value: Json } | { readonly excess: string } {
  const excess = text.length > longText ? excessOf(text) : undefined
  if (excess !== undefined) return { excess }
  const value: Json = JSON.parse(text)
  const isDeep =
    text.length <= longText && typeof value === 'object' && value !== null && isDeeper(value, levels)
  return isDeep ? { excess: tooDeep } : { value }
}

/** Whether a list or mapping nests deeper than some levels. All answers go through it: loops are four times as fast here. */
function isDeeper(value: readonly Json[] | JsonObject, most: number): boolean {
  if (most === 0) return true
  if (isArray(value)) {
    for (let i = 0; i < value.length; i += 1) {
      const item = value[i]
      if (typeof item === 'object' && item !== null && isDeeper(item, most - 1)) return true
    }
    return false
  }
  for (const name in value) {
    const item = value[name]
    if (typeof item === 'object' && item !== null && isDeeper(item, most - 1)) return true
  }
  return false
}

/**
 * Why a JSON text is not to be parsed: it nests deeper, or holds more values, than any answer does. Looks at brackets
 * and commas only, outside strings; what is no JSON is left to the parser.
 */
export function excessOf(text: string): string | undefined {
  let level = 0
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === quote) {
      i = endOfString(text, i)
      continue
    }
    const bracket = code | curly
    if (bracket === closing) {
      level -= 1
      continue
    }
    if (code !== comma && bracket !== opening) continue
    count += 1
    if (bracket === opening) level += 1
    if (level > levels) return tooDeep
    if (count > values) return `holds more than ${values / 1_000_000} million values`
  }
  return undefined
}

/** Where the string ends that begins at a quote; the end of the text where it does not. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end > 0) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1
    if (slashes % 2 === 0) return end
    end = text.indexOf('"', end + 1)
  }
  return text.length
}
