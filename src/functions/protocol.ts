import type { MessagePort } from 'node:worker_threads'

/** What a thread of functions starts with. */
export interface ThreadData {
  readonly port: MessagePort
  /** One 32-bit number: how many requests have been answered. */
  readonly answered: SharedArrayBuffer
  /** What names modules. */
  readonly root: string
  /** Folders that may contain modules, relative to the root. */
  readonly allowed: readonly string[]
  /** The limits of one function. */
  readonly megabytes: number
  /** The result of `Date.now()` in functions, in milliseconds. */
  readonly now: number
}

/** Requests to the thread, which answers them in order. */
export type Request =
  /** Whether it is ready: starting takes longer than any answer. */
  | { readonly type: 'start' }
  | { readonly type: 'load'; readonly name: string }
  /** A value as JSON; undefined: there is none. */
  | { readonly type: 'ask'; readonly name: string; readonly value: string | undefined }

/** What it answers. */
export type Reply =
  | { readonly type: 'started' }
  /** `digest`: of the module and all its imports. `why`: a clause; null: it can be called. */
  | { readonly type: 'loaded'; readonly digest: string; readonly why: string | null }
  | { readonly type: 'said'; readonly passes: boolean }
  | { readonly type: 'fault'; readonly what: string }
