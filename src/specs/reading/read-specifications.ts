import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { isArray, type Json } from '../../model/json.ts'
import { type Problem, type Result, succeed } from '../../model/problem.ts'
import { outgoingReferences } from './discover.ts'
import { type Design, designsOf } from './insomnia.ts'
import { problem, READ_LIMITS, readLocal } from './local-file.ts'
import { parseSource } from './parse.ts'
import { isUrl, splitReference } from './references.ts'
import { Positions, sourceText } from './source.ts'
import type { Specification } from './specification.ts'

/** How a specification is read. */
export interface ReadOptions {
  /** The repository's folder: paths are relative to it, and no file outside is read. Without it, that of the file. */
  readonly root?: string
  /** Hosts (`host` or `host:port`) whose files references may lead to. Without any, none. */
  readonly allowedHosts?: readonly string[]
  /** Which design document of an Insomnia file or folder: its name or id. */
  readonly design?: string
  /** What the file holds, where that was read before; else it is read. */
  readonly text?: string
  readonly signal?: AbortSignal
}

/**
 * Reads an OpenAPI document, or a design document of Insomnia (an export of format 4 or 5, or the folder `.insomnia`),
 * with all files that its references lead to. A file that can't be read is a problem only where something needs it.
 *
 * Bounded, whatever the files hold: sizes as in `READ_LIMITS`, nothing outside the repository (links included), no
 * remote file but from the allowed hosts. Problems: `file-unreadable`, `file-too-large`, `outside-repository`, `remote`,
 * `insomnia`, and those of `parseSource`.
 */
export async function readSpecification(
  path: string,
  options: ReadOptions = {},
): Promise<Result<Specification>> {
  const absolute = resolve(options.root ?? '', path)
  const files = new Files(options, options.root === undefined ? dirname(absolute) : resolve(options.root))
  const start = relative(files.root, absolute).split(sep).join('/')
  const parsed = await files.document(start, options.design)
  if (!parsed.ok) return parsed
  const { uri, value } = parsed.value
  const values = new Map<string, Json>([[uri, value]])
  const unread = new Map<string, Problem>()
  const waiting = [value]
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    for (const { reference, holder } of outgoingReferences(current)) {
      const base = files.positions.sourceOf(holder)?.uri ?? uri
      const target = splitReference(reference, base).uri
      if (values.has(target) || unread.has(target)) continue
      const read = await files.read(target)
      if (read.ok) {
        values.set(target, read.value)
        waiting.push(read.value)
      } else {
        const [problem] = read.error
        if (problem) unread.set(target, problem)
      }
    }
  }
  return succeed({ uri, files: values, unread, positions: files.positions })
}

/** Reads and parses files, within the bounds. */
class Files {
  readonly root: string
  readonly positions = new Positions()
  readonly #options: ReadOptions
  #bytes = 0
  #count = 0
  /** How long remote files took so far, in milliseconds. */
  #remoteMs = 0

  constructor(options: ReadOptions, root: string) {
    this.#options = options
    this.root = root
  }

  /** The document to start with, taken out of Insomnia's file where it is in one. */
  async document(path: string, design: string | undefined): Promise<Result<{ uri: string; value: Json }>> {
    const { text: given } = this.#options
    const folder = given === undefined ? await insomniaFolder(join(this.root, path)) : undefined
    const paths = folder ? folder.map(file => relative(this.root, file).split(sep).join('/')) : [path]
    const designs: { uri: string; design: Design }[] = []
    for (const uri of paths) {
      const text = given === undefined ? await this.#text(uri) : succeed(given)
      if (!text.ok) return text
      const source = sourceText(uri, text.value)
      const parsed = parseSource(source, this.positions)
      if (!parsed.ok) return parsed
      const found = designsOf(parsed.value, source, this.positions)
      if (found === undefined && !folder) return succeed({ uri, value: parsed.value })
      designs.push(...(found ?? []).map(one => ({ uri, design: one })))
    }
    const chosen = choose(designs, design, path)
    return chosen.ok ? this.#open(chosen.value.uri, chosen.value.design) : chosen
  }

  async #open(uri: string, design: Design): Promise<Result<{ uri: string; value: Json }>> {
    const { content } = design
    if (content.type === 'value') return succeed({ uri, value: content.value })
    if (content.type === 'text') {
      const parsed = parseSource(content.source, this.positions)
      return parsed.ok ? succeed({ uri, value: parsed.value }) : parsed
    }
    const target = splitReference(content.path, uri).uri
    const read = await this.read(target)
    return read.ok ? succeed({ uri: target, value: read.value }) : read
  }

  async read(uri: string): Promise<Result<Json>> {
    const text = await this.#text(uri)
    return text.ok ? parseSource(sourceText(uri, text.value), this.positions) : text
  }

  async #text(uri: string): Promise<Result<string>> {
    this.#count += 1
    if (this.#count > READ_LIMITS.files) {
      return problem(
        'file-too-large',
        `The references lead to more than ${READ_LIMITS.files} files: no more are read`,
      )
    }
    const left = Math.min(READ_LIMITS.fileBytes, READ_LIMITS.totalBytes - this.#bytes)
    const bytes = await (isUrl(uri) ? this.#remote(uri, left) : readLocal(this.root, uri, left))
    if (!bytes.ok) return bytes
    this.#bytes += bytes.value.byteLength
    try {
      return succeed(new TextDecoder('utf-8', { fatal: true }).decode(bytes.value))
    } catch {
      return problem('file-unreadable', `${uri} isn’t UTF-8 text`)
    }
  }

  async #remote(uri: string, limit: number): Promise<Result<Uint8Array>> {
    // What speaks HTTP takes long to load, and most specifications need none.
    const { fetchText, REMOTE_TOTAL_MS, shownUrl } = await import('./remote.ts')
    if (this.#remoteMs >= REMOTE_TOTAL_MS) {
      const seconds = REMOTE_TOTAL_MS / 1000
      return problem(
        'remote',
        `${shownUrl(uri)} is not fetched: fetching remote files has already taken more than ${seconds} s`,
      )
    }
    const started = performance.now()
    const bytes = await fetchText(uri, this.#options.allowedHosts ?? [], limit, this.#options.signal)
    this.#remoteMs += performance.now() - started
    return bytes
  }
}

/** The design files in the folder `.insomnia` that a path is or holds; undefined where there is none. */
async function insomniaFolder(path: string): Promise<readonly string[] | undefined> {
  const isFolder = await stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
  if (!isFolder) return undefined
  const home = basename(path) === '.insomnia' ? path : join(path, '.insomnia')
  const designs = join(home, 'ApiSpec')
  const names = await readdir(designs).catch(() => [])
  return names
    .filter(name => /\.(?:ya?ml|json)$/.test(name))
    .sort()
    .map(name => join(designs, name))
}

/** The one design that is asked for, or the only one that there is. */
function choose<T extends { readonly design: Design }>(
  designs: readonly T[],
  wanted: string | undefined,
  path: string,
): Result<T> {
  const fitting =
    wanted === undefined ? designs : designs.filter(({ design }) => [design.name, design.id].includes(wanted))
  const [first, ...others] = fitting
  if (first !== undefined && others.length === 0) return succeed(first)
  const names = designs.map(({ design }) => `"${design.name || design.id}"`).join(', ')
  if (isArray(designs) && designs.length === 0) {
    return problem(
      'insomnia',
      `There is no design document in ${path || 'this folder'}`,
      'Export a document, not a collection.',
    )
  }
  const message =
    first === undefined ? `There is no design document "${wanted}"` : 'There are several design documents'
  return problem('insomnia', `${message} in ${path || 'this folder'}`, `Name one of ${names}.`)
}
