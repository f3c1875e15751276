import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Json, JsonObject } from '../../src/model/json.ts'
import { orThrow, problemText, type Result, succeed } from '../../src/model/problem.ts'
import { editedText, readToolFile, type ToolFile } from '../../src/providers/kong/tools/tool-file.ts'
import { deck } from './deck.ts'
import { firstDifference, meaning, type Sample } from './file-tools.ts'

/** Nobody listens there: file tools ask no gateway. */
const nowhere = 'http://127.0.0.1:9'

/** decK's file tools, and what differs between what they make and what ours do. */
export class FileToolsPeer {
  readonly #work: string

  private constructor(work: string) {
    this.#work = work
  }

  static async start(): Promise<FileToolsPeer> {
    // Built on first use.
    expect((await deck(nowhere, ['version'])).code).toBe(0)
    return new FileToolsPeer(mkdtempSync(join(tmpdir(), 'gatewatch-tools-')))
  }

  end(): void {
    rmSync(this.#work, { recursive: true })
  }

  /** A file of a test's own. */
  file(name: string, text: string): Sample {
    const path = join(this.#work, name)
    writeFileSync(path, text)
    return { name, path, text }
  }

  /** What decK makes; undefined where it refuses. */
  async #made(...args: string[]): Promise<Json | undefined> {
    const out = join(this.#work, 'out.json')
    const ended = await deck(nowhere, ['file', ...args, '--format', 'json', '--output-file', out])
    if (ended.code !== 0) return undefined
    return JSON.parse(readFileSync(out, 'utf8'))
  }

  /**
   * Where the two differ, over files; undefined from us means that we refuse. `shown` leaves of a value what counts.
   */
  async differences(
    files: readonly Sample[],
    args: (file: Sample) => readonly string[],
    ours: (file: Sample) => Result<JsonObject>,
    shown: (value: Json) => Json = value => value,
  ): Promise<Readonly<Record<string, string>>> {
    const found: Record<string, string> = {}
    for (const file of files) {
      const theirs = await this.#made(...args(file))
      const result = ours(file)
      if (theirs === undefined && result.ok) found[file.name] = 'decK refuses'
      else if (theirs !== undefined && !result.ok) {
        found[file.name] = `we refuse: ${result.error.map(problemText).join(' ')}`
      } else if (theirs !== undefined && result.ok) {
        const [a, b] = [theirs, result.value].map(value => shown(meaning(value, file.text)))
        const difference = firstDifference(a, b)
        if (difference !== undefined) found[file.name] = difference
      }
    }
    return found
  }
}

/** What we make of a file; what can be edited is also written into its text, and read from there again. */
export function edited(file: Sample, change: (value: JsonObject) => JsonObject): Result<JsonObject> {
  return editedOrRefused(file, value => succeed(change(value)))
}

/** The same for a change that may be refused. */
export function editedOrRefused(
  file: Sample,
  change: (value: JsonObject) => Result<JsonObject>,
): Result<JsonObject> {
  const read = readToolFile({ path: file.name, text: file.text })
  if (!read.ok) return read
  const after = change(read.value.value)
  if (after.ok) expectWritten(file, read.value, after.value)
  return after
}

function expectWritten(file: Sample, read: ToolFile, after: JsonObject): void {
  if ('tags' in after && Object.keys(after).length === 1) return
  const { text } = editedText(read, after, 'yaml')
  for (const comment of file.text.match(/^\s*#.*$/gm) ?? []) expect(text).toContain(comment)
  expect(orThrow(readToolFile({ path: 'kong.yaml', text })).value).toEqual(after)
}
