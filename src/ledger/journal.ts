import { type FileHandle, mkdir, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { planPieces } from '../reconcile/make-plan.ts'
import type { Plan } from '../reconcile/plan.ts'
import { planFrom } from '../reconcile/plan-file.ts'

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
  | { readonly type: 'unknown'; readonly at: string; readonly step: string; readonly reason: string }
  | { readonly type: 'not-sent'; readonly at: string; readonly step: string }
  | {
      readonly type: 'ended'
      readonly at: string
      readonly done: number
      readonly failed: number
      readonly unknown: number
      readonly notSent: number
    }

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
  await handle.appendFile(`{"type":"plan",${JSON.stringify({ at, by }).slice(1, -1)},"plan":`)
  for (const piece of planPieces(plan)) await handle.appendFile(piece)
  await handle.appendFile('}\n')
  await handle.datasync()
  return journalOn(file, handle)
}

/** How long noted entries are gathered, in milliseconds. */
const noteMs = 20

function journalOn(file: string, handle: FileHandle): Journal {
  let last = Promise.resolve()
  let waiting: string[] = []
  let unsynced = false
  let timer: NodeJS.Timeout | undefined
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
      waiting.push(...entries.map(entry => `${JSON.stringify(entry)}\n`))
      last = last.then(sync)
      return last
    },
    note(entry) {
      waiting.push(`${JSON.stringify(entry)}\n`)
      timer ??= setTimeout(flush, noteMs)
    },
    async close() {
      clearTimeout(timer)
      await last.then(sync)
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

/** What a journal tells of its sync. */
export interface RecordedSync {
  readonly file: string
  readonly at: string
  readonly by: string
  readonly plan: Plan
  /** Steps that took effect. */
  readonly done: readonly string[]
  /** Steps that were sent, with no word of how it ended. */
  readonly open: readonly string[]
  /** Steps that were refused, with the reason. */
  readonly failed: readonly { readonly step: string; readonly reason: string }[]
  /** Why it was done though policies refused it; null: they did not. */
  readonly override: string | null
  /** Whether it came to its end, well or badly; false: it runs, or its process died. */
  readonly ended: boolean
}

const at = z.string()
const step = z.string()
const entrySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('plan'), at, by: z.string(), plan: z.unknown() }),
  z.object({ type: z.literal('override'), at, reason: z.string() }),
  z.object({ type: z.literal('sending'), at, step }),
  z.object({ type: z.literal('done'), at, step }),
  z.object({ type: z.literal('failed'), at, step, reason: z.string() }),
  z.object({ type: z.literal('unknown'), at, step }),
  z.object({ type: z.literal('not-sent'), at, step }),
  z.object({ type: z.literal('ended'), at }),
])

/** Reads a journal; a last line that was cut off by a crash is passed over. Undefined where it holds no plan of ours. */
export async function readJournal(file: string): Promise<RecordedSync | undefined> {
  const lines = (await readFile(file, 'utf8')).split('\n')
  let head: Pick<RecordedSync, 'at' | 'by' | 'plan'> | undefined
  const done = new Set<string>()
  const sent = new Set<string>()
  const unknown = new Set<string>()
  const failed: { readonly step: string; readonly reason: string }[] = []
  let override: string | null = null
  let ended = false
  for (const [i, line] of lines.entries()) {
    const entry = entryIn(line)
    switch (entry?.type) {
      case 'plan': {
        const plan = planFrom(entry.plan, { file, line: i + 1, column: 1 })
        if (plan.ok) head = { at: entry.at, by: entry.by, plan: plan.value }
        break
      }
      case 'override':
        override = entry.reason
        break
      case 'sending':
        sent.add(entry.step)
        break
      case 'done':
        done.add(entry.step)
        break
      case 'failed':
        sent.delete(entry.step)
        failed.push({ step: entry.step, reason: entry.reason })
        break
      case 'unknown':
        unknown.add(entry.step)
        break
      case 'not-sent':
        sent.delete(entry.step)
        break
      case 'ended':
        ended = true
        break
      default:
        break
    }
  }
  if (!head) return undefined
  const open = [...(ended ? unknown : sent)].filter(each => !done.has(each))
  return { file, ...head, done: [...done], open, failed, override, ended }
}

function entryIn(line: string): z.infer<typeof entrySchema> | undefined {
  if (line === '') return undefined
  try {
    return entrySchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
