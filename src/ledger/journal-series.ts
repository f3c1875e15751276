import { hash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { Problem } from '../model/problem.ts'
import { diskReason, errnoOf } from '../model/problems/disk-reason.ts'
import { replaceFiles } from '../repo/replace-file.ts'
import { chainIn } from './journal-chain.ts'
import type { PreviousJournal } from './journal-entry.ts'
import { type ReadJournal, type RecordedSync, readJournal } from './journal-reading.ts'

/*
 * The journals of a target are ordered by their file names. Each names the previous one and where that one ended; the
 * head, a file beside them, names the last. So a missing journal is noticed, and so is one that lost its end.
 */

/** Where the journals of a target are kept. */
export interface JournalHome {
  readonly stateFolder: string
  readonly workspace: string
  readonly target: string
}

/** Journals of targets of one name in different workspaces are kept apart. */
export function folderOf({ stateFolder, workspace, target }: JournalHome): string {
  return join(stateFolder, 'journals', encodeURIComponent(workspace), encodeURIComponent(target))
}

/** What was found of one journal: its sync, or why that is unknown. */
export type JournalItem =
  | {
      readonly type: 'sync'
      readonly sync: RecordedSync
      /** How many entries it has. */
      readonly entries: number
      /** Whether its entries are chained; those of version 1 are not. */
      readonly chained: boolean
    }
  | {
      readonly type: 'unread'
      readonly file: string
      /** When its sync began, according to its name; null: the name doesn't say. */
      readonly at: string | null
      readonly problem: Problem
    }

const headName = 'head.json'
const headSchema = z.object({ journal: z.string(), chain: z.string() })

/** The last journal, and the chain of its last known line. */
type Head = z.infer<typeof headSchema>

/** Records which journal is the last, and how far it got. */
export async function writeHead(folder: string, head: Head): Promise<void> {
  await replaceFiles([{ file: join(folder, headName), data: `${JSON.stringify(head)}\n`, mode: 0o600 }])
}

async function readHead(folder: string): Promise<Head | Problem | null> {
  const file = join(folder, headName)
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isNotThere(error)) return null
    throw error
  })
  if (text === null) return null
  try {
    const head = headSchema.safeParse(JSON.parse(text))
    if (head.success) return head.data
  } catch {
    // Reported below, together with a wrong shape.
  }
  return {
    code: 'bad-journal',
    message: `${file} can't be read, so it is unknown whether the last journals are complete`,
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter(name => name.endsWith('.jsonl')).sort()
  } catch (error) {
    if (isNotThere(error)) return []
    throw error
  }
}

/** The journals of a target, newest first; each is read on demand. A missing one is reported in its place. */
export async function* journalsOf(home: JournalHome): AsyncGenerator<JournalItem> {
  const folder = folderOf(home)
  let names: readonly string[]
  let head: Head | Problem | null
  try {
    names = await namesIn(folder)
    head = await readHead(folder)
  } catch (error) {
    const message = `the journals in ${folder} can't be read: ${diskReason(error)}`
    yield { type: 'unread', file: folder, at: null, problem: { code: 'bad-journal', message } }
    return
  }
  const series = new Series(folder, new Set(names))
  if (head && 'code' in head) yield { type: 'unread', file: join(folder, headName), at: null, problem: head }
  else if (head) {
    const gap = series.expect({ journal: head.journal, end: head.chain }, headName)
    if (gap) yield gap
  }
  for (const name of names.toReversed()) {
    const file = join(folder, name)
    const read = await readJournal(file)
    const [problem] = read.ok ? series.problems(name, read.value) : read.error
    if (problem) yield { type: 'unread', file, at: timeIn(name), problem }
    else if (read.ok && read.value.sync) {
      const { sync, entries, chained } = read.value
      const beyond = !head || ('journal' in head && name > head.journal)
      if (beyond && chained && wasBegun(sync))
        yield { type: 'unread', file: join(folder, headName), at: null, problem: behind(folder, name) }
      yield { type: 'sync', sync, entries, chained }
    }
    const gap = read.ok && read.value.previous ? series.expect(read.value.previous, name) : undefined
    if (gap) yield gap
  }
}

/**
 * The syncs of a target that began after a moment (null: all), newest first, without those whose journals can't be
 * relied on. Only their journals are read: usually there are none.
 */
export async function* journalsSince(home: JournalHome, since: string | null): AsyncGenerator<RecordedSync> {
  const folder = folderOf(home)
  const names = await namesIn(folder).catch((): readonly string[] => [])
  for (const name of names.toReversed()) {
    if (since !== null && (timeIn(name) ?? '') <= since) return
    const read = await readJournal(join(folder, name))
    if (read.ok && read.value.sync) yield read.value.sync
  }
}

/** What journals say about those before them. */
class Series {
  readonly #folder: string
  readonly #names: ReadonlySet<string>
  readonly #expected = new Map<string, { readonly end: string; readonly by: string }[]>()
  readonly #missing = new Set<string>()

  constructor(folder: string, names: ReadonlySet<string>) {
    this.#folder = folder
    this.#names = names
  }

  /** Records what `by` says about a journal; a missing one is reported once. */
  expect({ journal, end }: PreviousJournal, by: string): JournalItem | undefined {
    if (this.#names.has(journal)) {
      if (end !== null) this.#expected.set(journal, [...(this.#expected.get(journal) ?? []), { end, by }])
      return undefined
    }
    if (this.#missing.has(journal)) return undefined
    this.#missing.add(journal)
    const file = join(this.#folder, journal)
    const problem: Problem = {
      code: 'missing-journal',
      message: `the journal ${file} is missing, although ${by} names it`,
      hint: 'What its sync did is unknown; restore the file, if you can.',
    }
    return { type: 'unread', file, at: timeIn(journal), problem }
  }

  problems(name: string, { ends }: ReadJournal): readonly Problem[] {
    const lost = this.#expected.get(name)?.find(({ end }) => !ends.has(end))
    if (!lost) return []
    const file = join(this.#folder, name)
    return [
      {
        code: 'bad-journal',
        message: `the journal ${file} was changed after it was written: entries are missing that ${lost.by} refers to`,
        hint: 'Its content can’t be relied on; restore the file, if you can.',
      },
    ]
  }
}

/** Whether anything of a sync may have been sent. */
function wasBegun({ done, open, failed }: RecordedSync): boolean {
  return done.length + open.length + failed.length > 0
}

function behind(folder: string, name: string): Problem {
  return {
    code: 'bad-journal',
    message: `${join(folder, headName)} is missing or older than ${name}, so it is unknown whether the last journals are complete`,
    hint: 'Restore the file, if you can; the next sync creates it again.',
  }
}

function isNotThere(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errnoOf(error))
}

const nameForm = /^(\d{4}-\d\d-\d\dT)(\d\d)(\d\d)(\d\d\.\d{3}Z)-/

/** The time in the name of a journal. */
function timeIn(name: string): string | null {
  const [, day, hours, minutes, seconds] = nameForm.exec(name) ?? []
  return day === undefined ? null : `${day}${hours}:${minutes}:${seconds}`
}

/** The name of a new journal: by its time, and in any case after all existing ones. */
export function journalName(at: Date, id: string, previous: PreviousJournal | null): string {
  const before = previous ? timeIn(previous.journal) : null
  const time = before === null ? at.getTime() : Math.max(at.getTime(), Date.parse(before) + 1)
  return `${new Date(time).toISOString().replaceAll(':', '')}-${id.slice(0, 8)}.jsonl`
}

/** The last journal of a folder, there or not, and where it ends. */
export async function lastJournal(folder: string): Promise<PreviousJournal | null> {
  const newest = (await namesIn(folder)).at(-1)
  const read = await readHead(folder)
  const head = read && 'journal' in read ? read : undefined
  if (head && (newest === undefined || newest < head.journal))
    return { journal: head.journal, end: head.chain }
  return newest === undefined ? null : { journal: newest, end: await endOf(join(folder, newest)) }
}

/** Where a journal ends: see `PreviousJournal.end`. */
export async function endOf(file: string): Promise<string | null> {
  const bytes = await readFile(file)
  const end = bytes.lastIndexOf('\n')
  if (end < 0) return null
  return (
    chainIn(bytes.subarray(Math.max(0, end - 100), end).toString('utf8')) ??
    hash('sha256', bytes, 'base64url')
  )
}
