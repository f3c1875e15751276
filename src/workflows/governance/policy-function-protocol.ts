import type { MessagePort } from 'node:worker_threads'
import type { Json } from '../../model/json.ts'

/** What functions may take. */
export interface FunctionLimits {
  /** For one call, and for loading one module. */
  readonly milliseconds: number
  /** For all calls of one function together. */
  readonly millisecondsInAll: number
  /** For the process that they run in, in megabytes. */
  readonly megabytes: number
}

/** A module whose default export is a function. */
export interface FunctionFile {
  readonly name: string
  readonly href: string
}

/** What the bridge starts with. */
export interface BridgeData {
  readonly files: readonly FunctionFile[]
  readonly limits: FunctionLimits
  readonly port: MessagePort
  /** One 32-bit number: the answer to the call under way. */
  readonly answer: SharedArrayBuffer
}

/** What the process tells while it loads. */
export type LoadMessage =
  | { readonly type: 'loading'; readonly name: string }
  | { readonly type: 'unusable'; readonly name: string; readonly why: string }
  | { readonly type: 'ready' }

/** What the bridge tells the main thread while it loads. */
export type BridgeMessage =
  | Exclude<LoadMessage, { readonly type: 'loading' }>
  | { readonly type: 'ended'; readonly name: string; readonly end: End }

/** One call of a function. */
export interface FunctionCall {
  readonly name: string
  readonly value: Json | undefined
}

/** What the process starts with, and then each call; it answers with `true` or `false`. */
export type ProcessMessage = { readonly files: readonly FunctionFile[] } | FunctionCall

/** The states of the answer. */
export const answered = { idle: 0, asked: 1, yes: 2, no: 3, time: 4, memory: 5, exit: 6 } as const

/** Why a process ended, or was ended. */
export type End = 'time' | 'memory' | 'exit'
