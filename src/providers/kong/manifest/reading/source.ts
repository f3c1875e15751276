import type { Source } from '../../../../model/entity.ts'
import type { JsonObject } from '../../../../model/json.ts'
import type { Place } from '../../../../model/problem.ts'
import type { YamlDocument } from '../../../../yaml/index.ts'

/** A manifest file that was read. */
export interface ReadFile {
  readonly path: string
  readonly document: YamlDocument
  readonly content: JsonObject
}

/** An entity's place in its file; lines are worked out only when asked for. */
export class WrittenSource implements Source {
  readonly file: string
  readonly #read: ReadFile
  readonly #written: JsonObject
  readonly #elsewhere: ((path: string) => Place | undefined) | undefined

  /** `elsewhere` tells the place of fields that were not written with the entity itself. */
  constructor(read: ReadFile, written: JsonObject, elsewhere?: (path: string) => Place | undefined) {
    this.file = read.path
    this.#read = read
    this.#written = written
    this.#elsewhere = elsewhere
  }

  place(path?: string): Place {
    const other = path === undefined ? undefined : this.#elsewhere?.(path)
    return other ?? this.#read.document.place(this.#written, path)
  }
}
