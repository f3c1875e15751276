import { hash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { type Result, succeed } from '../model/problem.ts'
import type { Repository } from '../repo/index.ts'
import { type Ledger, ledgerText, type UnreadLedger, unreadLedger } from './ledger.ts'

/** A ledger as it was read, with what a write expects to replace. */
export interface StoredLedger {
  readonly ledger: UnreadLedger | null
  /** Opaque; null: there was none. */
  readonly version: string | null
}

/** Where ledgers are kept. */
export interface LedgerStore {
  read(target: string): Promise<Result<StoredLedger>>
  /** Writes only while the stored version is the expected one; false: someone else wrote first. */
  write(target: string, ledger: Ledger, expected: string | null): Promise<Result<boolean>>
}

/** Ledgers in the repository itself, at `refs/gatewatch/ledger/<target>`: shared by push and fetch like any ref. */
export function gitLedgers(repository: Repository): LedgerStore {
  const refOf = (target: string): string => `refs/gatewatch/ledger/${encodeURIComponent(target)}`
  return {
    async read(target) {
      const content = await repository.readRef(refOf(target))
      if (!content.ok) return content
      const text = content.value?.files.get('ledger.json')
      if (!content.value || text === undefined)
        return succeed({ ledger: null, version: content.value?.commit ?? null })
      return succeed({ ledger: unreadLedger(() => text, refOf(target)), version: content.value.commit })
    },
    async write(target, ledger, expected) {
      const files = new Map([['ledger.json', ledgerText(ledger)]])
      const message = `gatewatch: ${target} as applied`
      const written = await repository.writeRef(refOf(target), files, { expected, message })
      return written.ok ? succeed(written.value.type === 'written') : written
    },
  }
}

/** Ledgers as files in the user's state folder, where there is no repository. */
export function folderLedgers(folder: string): LedgerStore {
  const fileOf = (target: string): string => join(folder, `${encodeURIComponent(target)}.json`)
  return {
    async read(target) {
      const bytes = await readIfThere(fileOf(target))
      if (bytes === undefined) return succeed({ ledger: null, version: null })
      const ledger = unreadLedger(() => bytes.toString('utf8'), fileOf(target))
      return succeed({ ledger, version: digestOf(bytes) })
    },
    async write(target, ledger, expected) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const there = await readIfThere(fileOf(target))
      if ((there === undefined ? null : digestOf(there)) !== expected) return succeed(false)
      await writeFileAtomic(fileOf(target), ledgerText(ledger), { mode: 0o600 })
      return succeed(true)
    },
  }
}

const digestOf = (bytes: Buffer): string => hash('sha256', bytes, 'hex')

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
