import type { Problem } from '../../../model/problem.ts'
import type { LintFinding } from '../finding.ts'
import type { LintOptions } from '../options.ts'

/** What the worker is started with. */
export interface WorkerInput {
  readonly files: readonly string[]
  readonly options: Omit<LintOptions, 'signal' | 'cacheFolder'>
  /** One number: which of the names in `rules` is being run. Read by the main thread when it ends the worker. */
  readonly current: SharedArrayBuffer
}

/** What the worker tells. */
export type WorkerMessage =
  /** The rules are loaded; their names, in the order of the numbers. */
  | { readonly type: 'ready'; readonly rulesetFiles: readonly string[] }
  /** A rule was met for the first time; it has the next number. */
  | { readonly type: 'rule'; readonly name: string }
  | { readonly type: 'started'; readonly file: string }
  | { readonly type: 'done'; readonly file: string; readonly result: WorkerResult }
  /** The rules can't be loaded: nothing was linted. */
  | { readonly type: 'failed'; readonly problems: readonly Problem[] }

/** The findings in one file. */
export interface WorkerResult {
  readonly findings: readonly LintFinding[]
  readonly problems: readonly Problem[]
  /** All files that were read, and those that could not be, as paths in the repository or URLs. */
  readonly read: readonly string[]
  readonly unread: readonly string[]
}
