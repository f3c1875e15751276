import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fail, type Result, succeed } from '../model/problem.ts'
import { planPieces } from '../reconcile/plan/make-plan.ts'
import type { Plan } from '../reconcile/plan/plan.ts'
import { chainedLine, chainedPieces } from './journal-chain.ts'
import { type JournalEntry, journalVersion } from './journal-entry.ts'
import { type JournalReserve, noJournal } from './journal-reserve.ts'
import { endOf, folderOf, type JournalHome, journalName, lastJournal, writeHead } from './journal-series.ts'
import { thisProcess } from './process-identity.ts'

/** The record of one sync, written ahead: an entry is on the disk before its step is sent. */
export interface Journal {
  readonly file: string
  /**
   * Resolves when the entries are on the disk, with all that were recorded before them. If they can't be written, the
   * file is as it was before; entries about the end of a step are then retried with the next ones, those about a step
   * that was about to be sent are not.
   */
  write(...entries: readonly JournalEntry[]): Promise<void>
  /**
   * Hands an entry over without waiting for the disk: it is in the file a moment later, and on the disk with the next
   * entry that is waited for, which also reports if it could not be written.
   */
  note(entry: JournalEntry): void
  /** Rejects where not all entries could be written. */
  close(): Promise<void>
}

/**
 * Starts the journal of a sync, with its plan as the first entry, and notes that it is the last one now. A problem where
 * it can't be written. `reserve` is given back when the disk is full.
 */
export async function startJournal(
  home: JournalHome,
  plan: Plan,
  by: string,
  now: () => Date,
  reserve?: JournalReserve,
): Promise<Result<Journal>> {
  const folder = folderOf(home)
  const started: { file?: string } = {}
  try {
    return succeed(await start({ folder, plan, by, now, reserve, started }))
  } catch (error) {
    // A journal without its whole plan says nothing, and nothing was sent.
    if (started.file !== undefined) await rm(started.file, { force: true }).catch(() => {})
    return fail([noJournal(home, folder, error)])
  }
}

interface Start {
  readonly folder: string
  readonly plan: Plan
  readonly by: string
  readonly now: () => Date
  readonly reserve: JournalReserve | undefined
  /** Receives the file as soon as it exists. */
  readonly started: { file?: string }
}

async function start({ folder, plan, by, now, reserve, started }: Start): Promise<Journal> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const previous = await lastJournal(folder)
  const at = now()
  const name = journalName(at, plan.id, previous)
  const file = join(folder, name)
  const handle = await open(file, 'ax', 0o600)
  started.file = file
  const head = {
    type: 'plan',
    version: journalVersion,
    at: at.toISOString(),
    by,
    process: thisProcess(),
    previous,
  } as const
  const pieces = [
    new TextEncoder().encode(`${JSON.stringify(head).slice(0, -1)},"plan":`),
    ...planPieces(plan),
  ]
  const { text, chain } = chainedPieces('', pieces)
  try {
    for (const piece of pieces) await handle.appendFile(piece)
    await handle.appendFile(`${text}\n`)
    await handle.datasync()
    await writeHead(folder, { journal: name, chain })
    const { size } = await handle.stat()
    return journalOn(file, handle, { chain, size }, reserve)
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Adds an entry to a journal that has ended, after what was read since. */
export async function addToJournal(file: string, entry: JournalEntry): Promise<void> {
  const handle = await open(file, 'a', 0o600)
  try {
    const before = await endOf(file)
    if (before === null) return
    const { text, chain } = chainedLine(before, JSON.stringify(entry))
    await handle.appendFile(`${text}\n`)
    await handle.datasync()
    await writeHead(dirname(file), { journal: basename(file), chain })
  } finally {
    await handle.close()
  }
}

/** How long noted entries are gathered, in milliseconds. */
const noteMs = 20

function journalOn(
  file: string,
  handle: FileHandle,
  begun: { readonly chain: string; readonly size: number },
  reserve: JournalReserve | undefined,
): Journal {
  /** Where the file ends with a whole line. */
  let end = begun
  let last = Promise.resolve()
  let waiting: JournalEntry[] = []
  let unsynced = false
  let timer: NodeJS.Timeout | undefined
  const append = async (): Promise<void> => {
    if (waiting.length === 0) return
    const entries = waiting
    waiting = []
    let { chain } = end
    const lines = entries.map(entry => {
      const line = chainedLine(chain, JSON.stringify(entry))
      chain = line.chain
      return `${line.text}\n`
    })
    const bytes = Buffer.from(lines.join(''))
    try {
      await handle.appendFile(bytes)
    } catch (error) {
      waiting = [...entries.filter(entry => entry.type !== 'sending'), ...waiting]
      // A partial line would merge with the line after it.
      await handle.truncate(end.size)
      await reserve?.release()
      throw error
    }
    end = { chain, size: end.size + bytes.length }
    unsynced = true
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
    last = last.catch(() => {}).then(append)
    last.catch(() => {})
  }
  return {
    file,
    write(...entries) {
      waiting.push(...entries)
      last = last.catch(() => {}).then(sync)
      return last
    },
    note(entry) {
      waiting.push(entry)
      timer ??= setTimeout(flush, noteMs)
    },
    async close() {
      clearTimeout(timer)
      try {
        await last.catch(() => {}).then(sync)
      } finally {
        await handle.close()
        // If this can no longer be written, what was recorded at the start still holds.
        await writeHead(dirname(file), { journal: basename(file), chain: end.chain }).catch(() => {})
        await reserve?.release()
      }
    },
  }
}
