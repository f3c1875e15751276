import { type Event, parseEvents } from 'js-yaml'
import { isArray, isObject, type Json } from '../model/json.ts'
import { fail, type Result, succeed } from '../model/problem.ts'
import { atOnce, type Sliced } from '../model/time-slices.ts'
import { type Container, type FilledIn, isOffsetList, type Offsets, put, YamlDocument } from './document.ts'
import { type Piece, piecesOf, usualPiece } from './pieces.ts'
import { problemAt, Reader, type Standing, Stop, type YamlOptions } from './reader.ts'
import { maxDepth, syntaxTrouble } from './syntax.ts'

/**
 * Reads YAML or JSON as decK does (YAML 1.1 words, merge keys where they stand), with the place of everything.
 * Unlike decK, keys that are there twice and further documents are problems. Messages hold none of the file's text.
 */
export function parseYaml(text: string, options: YamlOptions): Result<YamlDocument> {
  return atOnce(parseYamlInPieces(text, { ...options, piece: Number.POSITIVE_INFINITY }))
}

/** The same, piece by piece; the outcome is that of the whole. */
export function* parseYamlInPieces(
  text: string,
  options: YamlOptions & { readonly piece?: number },
): Sliced<Result<YamlDocument>> {
  const pieces = yield* piecesOf(text, options.piece ?? usualPiece)
  const joined = pieces && (yield* readPieces(text, pieces, options))
  if (joined) return succeed(joined)
  const offsets = new Map<Container, Offsets>()
  const read = readText(text, options, { offsets, shift: 0 })
  if (!read.ok) return read
  const { value, hasFilled } = read.value
  return succeed(new YamlDocument(value, offsets, options.placeAt, hasFilled))
}

/** What one text holds. */
interface ReadText {
  readonly value: Json | undefined
  readonly hasFilled: boolean
}

function readText(text: string, options: YamlOptions, standing: Standing): Result<ReadText> {
  let events: readonly Event[]
  try {
    events = parseEvents(text, { maxDepth })
  } catch (error) {
    const { offset, message, hint } = syntaxTrouble(error)
    return fail([problemAt(options, offset, 'yaml-syntax', message, hint)])
  }
  const reader = new Reader(text, events, options, standing)
  const documents: (Json | undefined)[] = []
  try {
    while (!reader.ended) documents.push(reader.document())
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop
  }
  const { problems, hasFilled } = reader
  return problems.length > 0 ? fail(problems) : succeed({ value: documents[0], hasFilled })
}

/** The document that pieces make together; undefined where one has a problem: then the whole tells it. */
function* readPieces(
  text: string,
  pieces: readonly Piece[],
  options: YamlOptions,
): Sliced<YamlDocument | undefined> {
  const offsets = new Map<Container, Offsets>()
  const fields: Record<string, Json> = {}
  const places: Record<string, number> = {}
  /** The list that goes on in the next piece. */
  let open: { readonly items: Json[]; readonly places: number[] } | undefined
  let hasFilled = false
  for (const { head, from, to } of pieces) {
    const standing = { offsets, shift: from - head.length }
    const { placeAt, filled = [] } = options
    const read = readText(
      head + text.slice(from, to),
      { placeAt, filled: within(filled, from, to) },
      standing,
    )
    if (!read.ok) return undefined
    yield
    const { value } = read.value
    if (read.value.hasFilled) hasFilled = true
    if (value === undefined) continue
    const own = isObject(value) ? offsets.get(value)?.items : undefined
    if (!isObject(value) || !own || isOffsetList(own)) return undefined
    offsets.delete(value)
    for (const [name, item] of Object.entries(value)) {
      const at = offsets.get(isArray(item) || isObject(item) ? item : fields)
      const list =
        isArray(item) && at && isOffsetList(at.items)
          ? { items: [...item], places: [...at.items] }
          : undefined
      if (head !== '' && open && list) {
        for (const each of list.items) open.items.push(each)
        for (const each of list.places) open.places.push(each)
        offsets.delete(isArray(item) ? item : [])
        continue
      }
      if (head !== '' || Object.hasOwn(fields, name)) return undefined
      put(places, name, own[name] ?? 0)
      open = list
      if (!list || !at || !isArray(item)) put(fields, name, item)
      else {
        put(fields, name, list.items)
        offsets.delete(item)
        offsets.set(list.items, { start: at.start, items: list.places })
      }
    }
  }
  if (Object.keys(fields).length === 0) return undefined
  offsets.set(fields, { start: Math.min(...Object.values(places)), items: places })
  return new YamlDocument(fields, offsets, options.placeAt, hasFilled)
}

/** What was filled in between two offsets. */
function within(filled: FilledIn, from: number, to: number): FilledIn {
  return filled.length === 0 ? filled : filled.filter(([start, end]) => end > from && start < to)
}
