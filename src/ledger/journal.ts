import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { planPieces } from '../reconcile/make-plan.ts'
import type { Plan } from '../reconcile/plan.ts'
import { chainedLine, chainedPieces } from './journal-chain.ts'
import { type JournalEntry, journalVersion } from './journal-entry.ts'
import { folderOf, type JournalHome, journalName, lastJournal, writeHead } from './journal-series.ts'

/** The record of one sync, written ahead: an entry is on the disk before what it tells is sent. */
export interface Journal {
  readonly file: string
  /** Resolves when the entries are on the disk, with all that were noted before them. */
  write(...entries: readonly JournalEntry[]): Promise<void>
  /**
   * Hands an entry over without waiting for the disk: it is in the file a moment later, and on the disk with the next
   * one that is waited for, which also tells when it could not be written.
   */
  note(entry: JournalEntry): void
  close(): Promise<void>
}

/** Starts the journal of a sync, with its plan as the first entry, and notes that it is the last one now. */
export async function startJournal(
  home: JournalHome,
  plan: Plan,
  by: string,
  now: () => Date,
): Promise<Journal> {
  const folder = folderOf(home)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const previous = await lastJournal(folder)
  const at = now()
  const name = journalName(at, plan.id, previous)
  const file = join(folder, name)
  const handle = await open(file, 'ax', 0o600)
  const head = { type: 'plan', version: journalVersion, at: at.toISOString(), by, previous } as const
  const pieces = [
    new TextEncoder().encode(`${JSON.stringify(head).slice(0, -1)},"plan":`),
    ...planPieces(plan),
  ]
  const { text, chain } = chainedPieces('', pieces)
  for (const piece of pieces) await handle.appendFile(piece)
  await handle.appendFile(`${text}\n`)
  await handle.datasync()
  await writeHead(folder, { journal: name, chain })
  return journalOn(file, handle, chain)
}

/** How long noted entries are gathered, in milliseconds. */
const noteMs = 20

function journalOn(file: string, handle: FileHandle, first: string): Journal {
  let chain = first
  let last = Promise.resolve()
  let waiting: string[] = []
  let unsynced = false
  let timer: NodeJS.Timeout | undefined
  const put = (entry: JournalEntry): void => {
    const line = chainedLine(chain, JSON.stringify(entry))
    chain = line.chain
    waiting.push(`${line.text}\n`)
  }
  const append = async (): Promise<void> => {
    if (waiting.length === 0) return
    const lines = waiting.join('')
    waiting = []
    unsynced = true
    await handle.appendFile(lines)
  }
  // Entries that come while the disk is busy are written and synced together.
  const sync = async (): Promise<void> => {
    await append()
    if (!unsynced) return
    unsynced = false
    await handle.datasync()
  }
  const flush = (): void => {
    timer = undefined
    last = last.then(append)
    last.catch(() => {})
  }
  return {
    file,
    write(...entries) {
      for (const entry of entries) put(entry)
      last = last.then(sync)
      return last
    },
    note(entry) {
      put(entry)
      timer ??= setTimeout(flush, noteMs)
    },
    async close() {
      clearTimeout(timer)
      await last.then(sync)
      await handle.close()
      // Where this can't be written any more, what was noted at the start still holds.
      await writeHead(dirname(file), { journal: basename(file), chain }).catch(() => {})
    },
  }
}
