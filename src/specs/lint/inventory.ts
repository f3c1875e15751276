import spectral from '@stoplight/spectral-core'
import { isArray, isObject, type Json } from '../../model/json.ts'
import type { Place } from '../../model/problem.ts'
import { escapePointer, References } from '../reading/references.ts'
import type { Specification } from '../reading/specification.ts'

type Path = (string | number)[]
type Parsed = spectral.ParsedDocument
type ParsedResult = ConstructorParameters<typeof spectral.ParsedDocument>[0]
type Inventory = Parameters<spectral.RulesetFunction>[2]['documentInventory']
type Item = ReturnType<Inventory['findAssociatedItemForPath']>

/** A file of a specification as Spectral takes it: its places are those of our own reading. */
interface LocatedFile {
  readonly parsed: ParsedResult
  readonly document: Parsed
  readonly value: Json
}

/** The files of a specification by the path under which Spectral knows them. */
export class LocatedFiles {
  readonly #spec: Specification
  readonly #sourceOf: (uri: string) => string
  readonly #references: References
  readonly #files = new Map<string, LocatedFile>()

  constructor(spec: Specification, sourceOf: (uri: string) => string) {
    this.#spec = spec
    this.#sourceOf = sourceOf
    this.#references = new References(spec)
  }

  get root(): LocatedFile {
    return this.file(this.#spec.uri)
  }

  file(uri: string): LocatedFile {
    const known = this.#files.get(uri)
    if (known) return known
    const value = this.#spec.files.get(uri) ?? null
    const parsed: ParsedResult = {
      parsed: { data: value, diagnostics: [], ast: undefined, lineMap: [] },
      source: this.#sourceOf(uri),
      getLocationForJsonPath: (_result, path) => ({ range: rangeOf(this.placeAt(uri, path)) }),
    }
    const made = { parsed, document: new spectral.ParsedDocument(parsed), value }
    this.#files.set(uri, made)
    return made
  }

  /** The place of the last entry on a path that is there. */
  placeAt(uri: string, path: readonly (string | number)[]): Place {
    let value: Json | undefined = this.#spec.files.get(uri) ?? null
    let place =
      (value !== null && typeof value === 'object' && this.#spec.positions.start(value)) || startOf(uri)
    for (const key of path) {
      const child = childOf(value, key)
      if (child === undefined || value === null || typeof value !== 'object') break
      place = this.#spec.positions.key(value, key) ?? place
      value = child
    }
    return place
  }

  /**
   * Where a path of the resolved document is written: references on the way are followed, over files too. What is
   * missing at its end stays in `missingPropertyPath`.
   */
  locate(path: readonly (string | number)[], followReferences: boolean): NonNullable<Item> {
    let uri = this.#spec.uri
    let value: Json = this.root.value
    let own: Path = []
    const follow = (): void => {
      const seen = new Set<Json>()
      while (followReferences && isObject(value) && typeof value.$ref === 'string' && !seen.has(value)) {
        seen.add(value)
        const target = this.#references.resolve(value)
        if (!target.ok) return
        uri = target.value.uri
        value = target.value.value
        own = this.#pathOf(uri, target.value.pointer)
      }
    }
    let taken = 0
    for (const key of path) {
      follow()
      const child = childOf(value, key)
      if (child === undefined) break
      own = [...own, isArray(value) ? Number(key) : key]
      value = child
      taken += 1
    }
    if (taken === path.length) follow()
    const { document } = this.file(uri)
    return { document, path: own, missingPropertyPath: [...own, ...path.slice(taken)] }
  }

  #pathOf(uri: string, pointer: string): Path {
    let value: Json | undefined = this.#spec.files.get(uri)
    return pointer
      .split('/')
      .slice(1)
      .map(part => {
        const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
        const key = isArray(value) ? Number(name) : name
        value = childOf(value, name)
        return key
      })
  }
}

function childOf(value: Json | undefined, key: string | number): Json | undefined {
  if (isArray(value)) return value[Number(key)]
  return isObject(value) && Object.hasOwn(value, String(key)) ? value[String(key)] : undefined
}

function startOf(uri: string): Place {
  return { file: uri, line: 1, column: 1 }
}

function rangeOf(place: Place) {
  const position = { line: place.line - 1, character: place.column - 1 }
  return { start: position, end: position }
}

/** A path of Spectral as a JSON Pointer. */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map(key => `/${escapePointer(String(key))}`).join('')
}

const located = new WeakMap<object, LocatedFiles>()

/** Lets findings in a specification stand where its files say. */
export function useLocations(files: LocatedFiles): void {
  const { value } = files.root
  if (value !== null && typeof value === 'object') located.set(value, files)
}

/**
 * Teaches Spectral where findings are. Its own search is wrong behind references (it takes the first text of the path
 * that looks like the rest, and other files by name alone), and no setting replaces it; so the method is replaced on
 * the class that a rule's function sees.
 */
export async function teachLocations(): Promise<void> {
  const runner = new spectral.Spectral()
  runner.setRuleset({
    rules: {
      teach: {
        given: '$',
        // biome-ignore lint/suspicious/noThenProperty: Spectral's word.
        then: {
          function: (_input: unknown, _options: unknown, { documentInventory }) => {
            const prototype: unknown = Object.getPrototypeOf(documentInventory)
            if (typeof prototype === 'object' && prototype !== null) replaceSearch(prototype)
          },
        },
      },
    },
  })
  await runner.run('{}')
}

function replaceSearch(prototype: object): void {
  const original: unknown = Reflect.get(prototype, 'findAssociatedItemForPath')
  if (typeof original !== 'function') throw new Error('Spectral no longer has findAssociatedItemForPath')
  Object.defineProperty(prototype, 'findAssociatedItemForPath', {
    configurable: true,
    writable: true,
    value(this: { readonly unresolved: unknown }, path: Path, resolved: boolean): unknown {
      const { unresolved } = this
      const files =
        typeof unresolved === 'object' && unresolved !== null ? located.get(unresolved) : undefined
      return files ? files.locate(path, resolved) : original.call(this, path, resolved)
    },
  })
}
