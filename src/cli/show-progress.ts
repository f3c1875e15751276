import type { SyncEvent, SyncResult } from '../workflows/values.ts'
import type { Io } from './command.ts'
import { plain } from './text/words.ts'

/** Follows a sync to its end, with one redrawn line of progress where standard error is a terminal. */
export async function showProgress(io: Io, events: AsyncIterable<SyncEvent>): Promise<SyncResult> {
  let total = 0
  let done = 0
  for await (const event of events) {
    if (event.type === 'ended') {
      if (io.progress) io.err('\r\u001b[K')
      return event.result
    }
    if (!io.progress) continue
    if (event.type === 'validating') line(io, `asking the gateway whether it takes ${event.total} requests`)
    else if (event.type === 'started') total = event.total
    else if (event.state === 'done') {
      done += 1
      line(io, `${done} of ${total}  ${plain(event.preview)}`)
    } else if (event.state === 'waiting') line(io, `${done} of ${total}  the gateway asks to wait`)
  }
  throw new Error('the sync ended without a result')
}

function line(io: Io, text: string): void {
  io.err(`\r\u001b[K${[...text].slice(0, io.columns - 1).join('')}`)
}
