import { parentPort } from 'node:worker_threads'
import type { ParseInput, ParseOutput } from './parse-thread.ts'
import { packedFile } from './read.ts'

// Reads manifests in a thread of their own: parsing and checking is most of the work, and needs nothing but the text.
parentPort?.once('message', ({ texts, named }: ParseInput) => {
  const documents: ParseOutput = texts.map(({ text, filled }) => packedFile(text, filled, named) ?? null)
  parentPort?.postMessage(
    documents,
    documents.flatMap(read => read?.document.offsets.buffer ?? []),
  )
})
