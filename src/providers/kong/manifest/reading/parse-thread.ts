import { Worker } from 'node:worker_threads'
import type { FilledIn, PackedDocument } from '../../../../yaml/index.ts'

/** What a parsing thread is given: texts whose variables are filled in, and where. */
export interface ParseInput {
  readonly texts: readonly { readonly text: string; readonly filled: FilledIn }[]
  readonly named: boolean
}

/** A text that was read; `isSound`: it fits decK's format, and nothing in it is odd. */
export interface ParsedFile {
  readonly document: PackedDocument
  readonly isSound: boolean
}

/** What it gives back, in their order; null: the text holds no mapping. */
export type ParseOutput = readonly (ParsedFile | null)[]

/** A thread that was started ahead and waits. */
let ready: Worker | undefined

/** Starts a thread for manifests that will be read soon, while the program itself is still being loaded. */
export function startParseThread(): void {
  ready ??= started()
  // It keeps nobody from ending.
  ready.unref()
}

/** Parses texts in a thread of their own; nothing comes back where that fails, as for want of memory. */
export function parsedInThread(input: ParseInput): Promise<ParseOutput> {
  const worker = ready ?? started()
  ready = undefined
  worker.ref()
  return new Promise(resolve => {
    // It ends by itself once it has answered, and keeps nobody from ending meanwhile.
    worker.on('message', (documents: ParseOutput) => {
      resolve(documents)
      worker.unref()
    })
    worker.on('error', () => resolve([]))
    worker.on('exit', () => resolve([]))
    worker.postMessage(input)
  })
}

function started(): Worker {
  // The bundle has the worker beside it; the sources are run as they are.
  const isSource = import.meta.url.endsWith('.ts')
  return new Worker(new URL(isSource ? './parse-worker.ts' : './parse-worker.js', import.meta.url))
}
