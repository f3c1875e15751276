import { type Event, parseEvents } from 'js-yaml'
import type { Json } from '../model/json.ts'
import { fail, type Result, succeed } from '../model/problem.ts'
import { deckDialect } from './dialect.ts'
import { type Container, type Offsets, YamlDocument } from './document.ts'
import { problemAt, Reader, Stop, type YamlOptions } from './reader.ts'

/** Reads YAML or JSON as manifests are read, with the place of everything. Messages contain none of the file's text. */
export function parseYaml(text: string, options: YamlOptions): Result<YamlDocument> {
  const read = readYaml(text, options)
  if (!read.ok) return read
  const { value, offsets, hasFilled } = read.value
  return succeed(new YamlDocument(value, offsets, options.placeAt, hasFilled))
}

/** What a text holds. */
export interface ReadYaml {
  /** Undefined: nothing. */
  readonly value: Json | undefined
  readonly offsets: ReadonlyMap<Container, Offsets>
  readonly hasFilled: boolean
}

/** Reads YAML or JSON in a dialect; by default, as manifests are read. */
export function readYaml(text: string, options: YamlOptions): Result<ReadYaml> {
  const { limits, documents, words } = options.dialect ?? deckDialect
  let events: readonly Event[]
  try {
    events = parseEvents(text, { maxDepth: limits.depth })
  } catch (error) {
    const { offset, ...trouble } = words.syntax(error)
    return fail([problemAt(options, offset, trouble)])
  }
  const reader = new Reader(text, events, options)
  let value: Json | undefined
  try {
    for (let first = true; !reader.ended && (first || documents === 'one'); first = false) {
      const read = reader.document()
      if (first) value = read
    }
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop
  }
  const { problems, offsets, hasFilled } = reader
  return problems.length > 0 ? fail(problems) : succeed({ value, offsets, hasFilled })
}
