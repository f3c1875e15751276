import { parseJson } from '../json.ts'
import { done, failed, invalidOffset, invalidOption, invalidSize, type Outcome } from '../store/problems.ts'
import type { Row } from '../store/table.ts'
import { type AdminResponse, type Arguments, answerText, argument } from './exchange.ts'

const defaultSize = 100
const largestSize = 1000

/** Which entities of a list are requested. */
export interface Page {
  readonly size: number
  /** The id after which the page starts. */
  readonly after: string | undefined
  wants(row: Row): boolean
}

function sizeOf(args: Arguments): Outcome<number> {
  const text = argument(args, 'size')
  if (text === undefined) return done(defaultSize)
  const size = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isNaN(size)) return failed(invalidSize('size must be a number'))
  if (Number.isInteger(size) && size >= 1 && size <= largestSize) return done(size)
  return failed(invalidSize(`size must be an integer between 1 and ${largestSize}`))
}

/** An offset is the last id of the previous page, as JSON in base64. */
function afterOf(args: Arguments): Outcome<string | undefined> {
  const text = argument(args, 'offset')
  if (text === undefined) return done(undefined)
  if (!/^[\w+/-]*=*$/.test(text)) return failed(invalidOffset(text, 'bad base64 encoding'))
  const parsed = parseJson(Buffer.from(text, 'base64url').toString('utf8'))
  const id = Array.isArray(parsed) ? parsed[0] : undefined
  return typeof id === 'string' ? done(id) : failed(invalidOffset(text, 'bad json encoding'))
}

const inTags = '[ -+\\-.0-~\\u0080-\\u{10ffff}]+'
const allTags = new RegExp(`^${inTags}(,${inTags})*,?$`, 'u')
const anyTags = new RegExp(`^${inTags}(/${inTags})*/?$`, 'u')

type Wants = (row: Row) => boolean

/** `a,b` requires all tags, `a/b` any of them. */
function tagFilter(args: Arguments): Outcome<Wants> {
  const text = argument(args, 'tags')
  if (text === undefined) return done(() => true)
  if (text === '') return failed(invalidOption('tags', 'cannot be null'))
  const all = allTags.test(text)
  if (!all && !anyTags.test(text)) return failed(invalidOption('tags', 'invalid filter syntax'))
  const tags = text.split(all ? ',' : '/').filter(tag => tag !== '')
  if (tags.length > 5) return failed(invalidOption('tags', 'cannot query more than 5 tags'))
  return done(row => {
    const own = row.entity.tags
    if (!Array.isArray(own)) return false
    return all ? tags.every(tag => own.includes(tag)) : tags.some(tag => own.includes(tag))
  })
}

/** Reads `size`, `offset` and, where the list takes them, `tags`. */
export function pageOf(args: Arguments, takesTags: boolean): Outcome<Page> {
  const size = sizeOf(args)
  if ('problem' in size) return size
  const wants = takesTags ? tagFilter(args) : done<Wants>(() => true)
  if ('problem' in wants) return wants
  const after = afterOf(args)
  if ('problem' in after) return after
  return done({ size: size.value, after: after.value, wants: wants.value })
}

/** The offset of the page after the one that ends with this id. */
export const offsetAfter = (...key: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(key)).toString('base64url')

/** The answer to a list: the entities as JSON text, and where the next page is. */
export function listAnswer(
  texts: readonly string[],
  offset: string | undefined,
  next: string | undefined,
): AdminResponse {
  const more = offset === undefined ? '' : `,"offset":${JSON.stringify(offset)}`
  return answerText(200, `{"data":[${texts.join(',')}],"next":${JSON.stringify(next ?? null)}${more}}`)
}

/** Takes one page out of rows in order. */
export function takePage(
  rows: Iterable<Row>,
  page: Page,
): { readonly rows: Row[]; readonly offset: string | undefined } {
  const taken: Row[] = []
  for (const row of rows) {
    if (!page.wants(row)) continue
    if (taken.length === page.size) return { rows: taken, offset: offsetAfter(taken.at(-1)?.id ?? '') }
    taken.push(row)
  }
  return { rows: taken, offset: undefined }
}

/** Query of the next page as Kong writes it. */
export function nextQuery(args: Arguments, offset: string): string {
  const tags = argument(args, 'tags')
  const size = argument(args, 'size')
  const tagged = tags === undefined ? '' : `&tags=${encodeURIComponent(tags)}`
  return `?offset=${encodeURIComponent(offset)}${tagged}${size === undefined ? '' : `&size=${size}`}`
}
