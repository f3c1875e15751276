import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFiles } from '../../repo/replace-file.ts'
import { READ_LIMITS, readLocal } from '../reading/local-file.ts'
import { isUrl } from '../reading/references.ts'
import type { WorkerResult } from './engine/protocol.ts'
import { isFinding, type LintFinding } from './finding.ts'
import type { LintOptions } from './options.ts'
import { RULE_VERSIONS } from './versions.ts'

/** An answer with the digests of all files that it was made from. */
interface Answer {
  readonly files: Readonly<Record<string, string>>
  readonly findings: readonly LintFinding[]
}

/**
 * Keeps the findings of a specification until one of the files that it or the rules were read from changes. Results
 * with problems, with files from other hosts or with unreadable files are not kept.
 */
export class LintCache {
  readonly #options: LintOptions
  readonly #folder: string

  constructor(options: LintOptions, folder: string) {
    this.#options = options
    this.#folder = folder
  }

  /** The findings of an earlier run, if they would be the same now. */
  async find(file: string): Promise<readonly LintFinding[] | undefined> {
    const text = await readFile(this.#path(file), 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    const known = parseAnswer(text)
    if (!known) return undefined
    const unchanged = await Promise.all(
      Object.entries(known.files).map(async ([path, digest]) => (await this.#digest(path)) === digest),
    )
    return unchanged.every(Boolean) ? known.findings : undefined
  }

  async keep(file: string, result: WorkerResult, rulesetFiles: readonly string[]): Promise<void> {
    const paths = [...result.read, ...rulesetFiles]
    if (result.problems.length > 0 || result.unread.length > 0 || paths.some(isUrl)) return
    const digests: [string, string][] = []
    for (const path of paths) {
      const digest = await this.#digest(path)
      if (digest === undefined) return
      digests.push([path, digest])
    }
    const kept: Answer = { files: Object.fromEntries(digests), findings: result.findings }
    // Without the answer the next run takes longer, nothing else.
    await mkdir(this.#folder, { recursive: true })
      .then(() => replaceFiles([{ file: this.#path(file), data: JSON.stringify(kept) }]))
      .catch(() => undefined)
  }

  /** One file for each specification and way of linting. */
  #path(file: string): string {
    const { root, builtin, ruleset, functionFolders, allowedHosts, design } = this.#options
    const choice = [builtin, ruleset, functionFolders, allowedHosts, design]
    const key = JSON.stringify([RULE_VERSIONS, root, file, ...choice])
    return join(this.#folder, `${createHash('sha256').update(key).digest('hex')}.json`)
  }

  async #digest(path: string): Promise<string | undefined> {
    const read = await readLocal(this.#options.root, path, READ_LIMITS.fileBytes)
    return read.ok ? createHash('sha256').update(read.value).digest('hex') : undefined
  }
}

/** An answer as it was kept; undefined where the file holds anything else. */
function parseAnswer(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isAnswer(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null || !('files' in value) || !('findings' in value))
    return false
  const { files, findings } = value
  if (typeof files !== 'object' || files === null || !Array.isArray(findings)) return false
  return Object.values(files).every(digest => typeof digest === 'string') && findings.every(isFinding)
}
