import { type FileHandle, mkdir, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plan } from '../reconcile/plan.ts'

/** One line of a journal. */
export type JournalEntry =
  | { readonly type: 'plan'; readonly at: string; readonly by: string; readonly plan: Plan }
  | {
      /** Policies refuse the plan, and a person has it done all the same. */
      readonly type: 'override'
      readonly at: string
      readonly by: string
      readonly reason: string
      /** The findings that it introduces: rule and entity. */
      readonly findings: readonly string[]
      /** The commit of the policies; null: outside Git. */
      readonly policies: string | null
    }
  | { readonly type: 'sending'; readonly at: string; readonly step: string }
  | { readonly type: 'done'; readonly at: string; readonly step: string }
  | { readonly type: 'failed'; readonly at: string; readonly step: string; readonly reason: string }
  | {
      readonly type: 'ended'
      readonly at: string
      readonly done: number
      readonly failed: number
      readonly notSent: number
    }

/** The record of one sync, written ahead: an entry is on the disk before what it tells is sent. */
export interface Journal {
  readonly file: string
  write(entry: JournalEntry): Promise<void>
  close(): Promise<void>
}

/** Journals of targets of one name in different workspaces are kept apart. */
function folderOf({ stateFolder, workspace, target }: JournalHome): string {
  return join(stateFolder, 'journals', encodeURIComponent(workspace), encodeURIComponent(target))
}

/** Where the journals of a target are kept. */
export interface JournalHome {
  readonly stateFolder: string
  readonly workspace: string
  readonly target: string
}

/** Starts the journal of a sync, with its plan as the first entry. */
export async function startJournal(
  home: JournalHome,
  plan: Plan,
  by: string,
  now: () => Date,
): Promise<Journal> {
  const folder = folderOf(home)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const at = now().toISOString()
  const file = join(folder, `${at.replaceAll(':', '')}-${plan.id.slice(0, 8)}.jsonl`)
  const handle = await open(file, 'ax', 0o600)
  const journal = journalOn(file, handle)
  await journal.write({ type: 'plan', at, by, plan })
  return journal
}

function journalOn(file: string, handle: FileHandle): Journal {
  let last = Promise.resolve()
  let waiting: string[] = []
  return {
    file,
    write(entry) {
      waiting.push(`${JSON.stringify(entry)}\n`)
      // Entries that come while the disk is busy are written and synced together.
      last = last.then(async () => {
        if (waiting.length === 0) return
        const lines = waiting.join('')
        waiting = []
        await handle.appendFile(lines)
        await handle.datasync()
      })
      return last
    },
    async close() {
      await last
      await handle.close()
    },
  }
}

/** The journals of a target, newest first. */
export async function listJournals(home: JournalHome): Promise<readonly string[]> {
  const folder = folderOf(home)
  try {
    const names = await readdir(folder)
    return names
      .filter(name => name.endsWith('.jsonl'))
      .sort()
      .reverse()
      .map(name => join(folder, name))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** What a journal says of how far its sync came. */
export interface JournalSummary {
  readonly file: string
  readonly at: string
  readonly by: string
  readonly total: number
  readonly done: readonly string[]
  /** Sent, with no word of how it ended. */
  readonly open: readonly string[]
  readonly ended: boolean
}

/** Reads a journal; a last line that was cut off by a crash is passed over. Undefined where it holds no plan. */
export async function readJournal(file: string): Promise<JournalSummary | undefined> {
  const lines = (await readFile(file, 'utf8')).split('\n')
  let head: { at: string; by: string; total: number } | undefined
  const done = new Set<string>()
  const sent = new Set<string>()
  let ended = false
  for (const line of lines) {
    const entry = entryIn(line)
    if (!entry) continue
    if (entry.type === 'plan') head = { at: entry.at, by: entry.by, total: entry.plan.steps.length }
    else if (entry.type === 'sending') sent.add(entry.step)
    else if (entry.type === 'done') done.add(entry.step)
    else if (entry.type === 'failed') sent.delete(entry.step)
    else if (entry.type === 'ended') ended = true
  }
  if (!head) return undefined
  return { file, ...head, done: [...done], open: [...sent].filter(step => !done.has(step)), ended }
}

function entryIn(line: string): JournalEntry | undefined {
  if (line === '') return undefined
  try {
    const value: unknown = JSON.parse(line)
    return isEntry(value) ? value : undefined
  } catch {
    return undefined
  }
}

const entryTypes = new Set(['plan', 'override', 'sending', 'done', 'failed', 'ended'])

function isEntry(value: unknown): value is JournalEntry {
  return typeof value === 'object' && value !== null && 'type' in value && entryTypes.has(String(value.type))
}
