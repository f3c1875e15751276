import type { MessagePort } from 'node:worker_threads'

/** What a thread of functions starts with. */
export interface ThreadData {
  readonly port: MessagePort
  /** One 32-bit number: how many requests were answered. */
  readonly answered: SharedArrayBuffer
  /** What modules are named by. */
  readonly root: string
  /** Folders below which modules may be, relative to the root. */
  readonly allowed: readonly string[]
  /** What one function may take. */
  readonly megabytes: number
  /** What `Date.now()` says in functions, in milliseconds. */
  readonly now: number
}

/** What the thread is asked; it answers one after the other. */
export type Request =
  /** Whether it is there: to start takes longer than any answer. */
  | { readonly type: 'start' }
  | { readonly type: 'load'; readonly name: string }
  /** A value as JSON; undefined: nothing stands there. */
  | { readonly type: 'ask'; readonly name: string; readonly value: string | undefined }

/** What it answers. */
export type Reply =
  | { readonly type: 'started' }
  /** `digest`: of the module and of all that it imports. `why`: a clause; null: it can be asked. */
  | { readonly type: 'loaded'; readonly digest: string; readonly why: string | null }
  | { readonly type: 'said'; readonly passes: boolean }
  | { readonly type: 'fault'; readonly what: string }
