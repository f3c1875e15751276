import type { SyncEvent, SyncResult } from '../../workflows/syncing/sync-events.ts'
import type { Io } from '../command.ts'

/** Follows a sync to its end, with one redrawn line of progress where standard error is a terminal. */
export async function showProgress(io: Io, events: AsyncIterable<SyncEvent>): Promise<SyncResult> {
  let total = 0
  let done = 0
  for await (const event of events) {
    if (event.type === 'ended') {
      if (io.progress) io.status('')
      return event.result
    }
    if (!io.progress) continue
    if (event.type === 'validating')
      io.status(`asking the gateway whether it accepts ${event.total} requests`)
    else if (event.type === 'started') total = event.total
    else if (event.state === 'done') {
      done += 1
      io.status(`${done} of ${total}  ${event.preview}`)
    } else if (event.state === 'waiting') io.status(`${done} of ${total}  the gateway asks to wait`)
  }
  throw new Error('the sync ended without a result')
}
