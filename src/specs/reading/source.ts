import type { Place } from '../../model/problem.ts'
import { isOffsetList, type Offsets } from '../../yaml/index.ts'
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
interface SourceContainer {
  readonly source: SourceText
  readonly offsets: Offsets
}

/**
 * Where objects and arrays that were read stand in their files. Values stay plain JSON; a value behind a YAML alias
 * stands where its anchor does.
 */
export class Positions {
  readonly #containers = new WeakMap<object, SourceContainer>()

  note(container: object, known: SourceContainer): void {
    this.#containers.set(container, known)
  }

  /** The text that a container was read from. */
  sourceOf(container: object): SourceText | undefined {
    return this.#containers.get(container)?.source
  }

  /** The place of a container's first character. */
  start(container: object): Place | undefined {
    const known = this.#containers.get(container)
    return known?.source.locate(known.offsets.start)
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
    const { items, values } = this.#containers.get(container)?.offsets ?? {}
    const value = values?.get(String(key))
    const start = items && (isOffsetList(items) ? items[Number(key)] : items[key])
    if (value === undefined || start === undefined) return undefined
    const { raw } = value
    return { key: start, value: value.start, ...(raw === undefined ? {} : { raw }) }
  }

  #locate(container: object, key: string | number, part: 'key' | 'value'): Place | undefined {
    const mark = this.mark(container, key)
    return mark && this.sourceOf(container)?.locate(mark[part])
  }
}
