import { hash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, type Problem, type Result, succeed } from '../model/problem.ts'
import { diskReason, errnoOf } from '../model/problems/disk-reason.ts'
import type { Kinds } from '../model/schema/kinds.ts'
import type { Repository } from '../repo/index.ts'
import { replaceFiles } from '../repo/replace-file.ts'
import { type Ledger, ledgerText, type UnreadLedger, unreadableLedger, unreadLedger } from './ledger.ts'

/** A ledger as it was read, and what a write expects to replace. */
export interface StoredLedger {
  readonly ledger: UnreadLedger | null
  /** Opaque; null: there was none. */
  readonly version: string | null
}

/** Where ledgers are kept. */
export interface LedgerStore {
  /**
   * Under the current names of `kinds`. A ledger that can't be obtained still exists, and reports why when it is read.
   */
  read(target: string, kinds: Kinds): Promise<StoredLedger>
  /** Writes only while the stored version is the expected one; false: someone else wrote first. */
  write(target: string, ledger: Ledger, expected: string | null): Promise<Result<boolean>>
  /** Why a ledger can't be written now; asked before a sync sends anything. */
  whyNotWritable(target: string): Promise<readonly Problem[]>
}

/** Ledgers in the repository itself, at `refs/gatewatch/ledger/<target>`: shared by push and fetch like any ref. */
export function gitLedgers(repository: Repository): LedgerStore {
  const refOf = (target: string): string => `refs/gatewatch/ledger/${encodeURIComponent(target)}`
  /** Commits that refs point to but that are incomplete: nothing can be put on top of them. */
  const damaged = new Set<string>()
  return {
    async read(target, kinds) {
      const content = await repository.readRef(refOf(target))
      if (!content.ok) return { ledger: unreadableLedger(target, content.error), version: null }
      if (content.value === null) return { ledger: null, version: null }
      const { commit, files, damage } = content.value
      if (damage) {
        damaged.add(commit)
        return { ledger: unreadableLedger(target, [damage]), version: commit }
      }
      const text = files.get('ledger.json')
      return {
        ledger: text === undefined ? null : unreadLedger(() => text, target, refOf(target), kinds),
        version: commit,
      }
    },
    async write(target, ledger, expected) {
      const files = new Map([['ledger.json', ledgerText(ledger)]])
      const written = await repository.writeRef(refOf(target), files, {
        expected,
        message: `gatewatch: ${target} as applied`,
        ...(expected !== null && damaged.has(expected) ? { follows: false } : {}),
      })
      return written.ok ? succeed(written.value.type === 'written') : written
    },
    whyNotWritable: target => repository.canWriteRef(refOf(target)),
  }
}

/** Ledgers as files in the user's state folder, if there is no repository. */
export function folderLedgers(folder: string): LedgerStore {
  const fileOf = (target: string): string => join(folder, `${encodeURIComponent(target)}.json`)
  return {
    async read(target, kinds) {
      const file = fileOf(target)
      try {
        const bytes = await readIfThere(file)
        if (bytes === undefined) return { ledger: null, version: null }
        const ledger = unreadLedger(() => bytes.toString('utf8'), target, file, kinds)
        return { ledger, version: digestOf(bytes) }
      } catch (error) {
        const message = `${file} can’t be read: ${diskReason(error)}`
        return { ledger: unreadableLedger(target, [{ code: 'bad-ledger', message }]), version: null }
      }
    },
    async write(target, ledger, expected) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const there = await readIfThere(fileOf(target))
        if ((there === undefined ? null : digestOf(there)) !== expected) return succeed(false)
        await replaceFiles([{ file: fileOf(target), data: ledgerText(ledger), mode: 0o600 }])
        return succeed(true)
      } catch (error) {
        const message = `${fileOf(target)} can’t be written: ${diskReason(error)}`
        return fail([{ code: 'cannot-write', target, message }])
      }
    },
    // It is in the same folder as the lock and the journal, which are written before.
    whyNotWritable: async () => [],
  }
}

const digestOf = (bytes: Buffer): string => hash('sha256', bytes, 'hex')

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error))) return undefined
    throw error
  }
}
