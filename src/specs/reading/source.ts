import type { Place } from '../../model/problem.ts'
import { Lines } from '../../yaml/lines.ts'

/** A text that holds a specification or a part of one: a file, or a text inside a file (an Insomnia export). */
export interface SourceText {
  /** What references to it are relative to: a path in the repository with `/`, or a URL. */
  readonly uri: string
  readonly text: string
  /** Where an offset of `text`, in UTF-16 units, stands in its file. */
  locate(offset: number): Place
}

/** A file's text. A byte order mark is passed over. */
export function sourceText(uri: string, content: string): SourceText {
  const text = content.startsWith('\ufeff') ? content.slice(1) : content
  const lines = new Lines(uri, text)
  return { uri, text, locate: offset => lines.at(offset) }
}

/** Where the key and the value of an entry stand; `raw` is the scalar as written where its value lost that (1.0). */
export interface Mark {
  readonly key: number
  readonly value: number
  readonly raw?: string
}

/** What is known of an object or array that was read. */
export interface Container {
  readonly source: SourceText
  readonly start: number
  readonly marks: ReadonlyMap<string, Mark> | readonly Mark[]
}

/**
 * Where objects and arrays that were read stand in their files. Values stay plain JSON; a value behind a YAML alias
 * stands where its anchor does.
 */
export class Positions {
  readonly #containers = new WeakMap<object, Container>()

  note(container: object, known: Container): void {
    this.#containers.set(container, known)
  }

  /** The text that a container was read from. */
  sourceOf(container: object): SourceText | undefined {
    return this.#containers.get(container)?.source
  }

  /** The place of a container's first character. */
  start(container: object): Place | undefined {
    const known = this.#containers.get(container)
    return known?.source.locate(known.start)
  }

  /** The place of an entry's key (of an array: of its item). */
  key(container: object, key: string | number): Place | undefined {
    return this.#locate(container, key, 'key')
  }

  /** The place of an entry's value. */
  value(container: object, key: string | number): Place | undefined {
    return this.#locate(container, key, 'value')
  }

  mark(container: object, key: string | number): Mark | undefined {
    const marks = this.#containers.get(container)?.marks
    if (marks === undefined) return undefined
    return marks instanceof Map ? marks.get(String(key)) : markAt(marks, key)
  }

  #locate(container: object, key: string | number, part: 'key' | 'value'): Place | undefined {
    const mark = this.mark(container, key)
    return mark && this.sourceOf(container)?.locate(mark[part])
  }
}

function markAt(marks: ReadonlyMap<string, Mark> | readonly Mark[], key: string | number): Mark | undefined {
  return Array.isArray(marks) ? marks[Number(key)] : undefined
}

/** Bounds that end hostile texts: how deep and how large a value may be once its aliases are followed. */
export const VALUE_LIMITS = { depth: 200, nodes: 3_000_000, mergedKeys: 200_000 } as const
