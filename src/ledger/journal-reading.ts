import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fail, type Problem, type Result, succeed } from '../model/problem.ts'
import type { Plan } from '../reconcile/plan/plan.ts'
import { planFrom } from '../reconcile/plan/plan-file.ts'
import type { MadeUpValues } from '../reconcile/undo/made-up.ts'
import { chainIn, followsOn } from './journal-chain.ts'
import {
  entrySchema,
  firstEntrySchema,
  journalVersion,
  type PreviousJournal,
  strangeEntrySchema,
} from './journal-entry.ts'
import { type ProcessIdentity, type ProcessState, stateOf } from './process-identity.ts'
import type { SealedSecrets } from './sealing.ts'

/** What a journal says about its sync. */
export interface RecordedSync {
  readonly file: string
  readonly at: string
  readonly by: string
  readonly plan: Plan
  /** The process that made it, and whether it is running; null: the journal doesn't say. */
  readonly process: { readonly host: string; readonly pid: number; readonly state: ProcessState } | null
  /** Steps that took effect. */
  readonly done: readonly string[]
  /** Steps that may have taken effect: their end isn't recorded, or could not be determined. */
  readonly open: readonly string[]
  /** Those of them that could not be determined, with the reason. */
  readonly unknown: readonly StepReason[]
  /** Steps that were refused, with the reason. */
  readonly failed: readonly StepReason[]
  /** Why it was done although policies refused it; null: they didn't. */
  readonly override: string | null
  /** Which kinds were unknown, and why it was done anyway; null: nothing that it writes depended on any. */
  readonly acceptedUnknown: { readonly kinds: readonly string[]; readonly reason: string } | null
  /** Secrets that it overwrote or deleted, sealed. */
  readonly sealed: readonly SealedSecrets[]
  /** What the gateway generated for what it created; null: that wasn't checked. */
  readonly madeUp: readonly MadeUpValues[] | null
  /** Whether it ended, successfully or not; false: it is running, or its process died. */
  readonly ended: boolean
  /** Types of entries that this version of gatewatch doesn't know: another version wrote them. */
  readonly strange: readonly string[]
}

/** A step of a sync, and why it ended as it did. */
export interface StepReason {
  readonly step: string
  readonly reason: string
}

/** A journal that was read, and what others may say about it. */
export interface ReadJournal {
  /** Null: it was cut off before its plan was written, so nothing was sent. */
  readonly sync: RecordedSync | null
  readonly entries: number
  /** Whether its lines are chained; those of version 1 are not. */
  readonly chained: boolean
  readonly previous: PreviousJournal | null
  /** The ends that it may have had over time: see `PreviousJournal.end`. */
  readonly ends: ReadonlySet<string>
}

/**
 * Reads a journal. Skips a last line that a crash cut off; any other line that can't be read, or was changed, is a
 * problem with its place. Journals of version 1, which have no chain, are read if their plan matches its digest.
 */
export async function readJournal(file: string): Promise<Result<ReadJournal>> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return fail([{ code: 'bad-journal', message: `the journal ${file} can't be read (${reason})` }])
  }
  // What follows the last line end was cut off.
  const lines = bytes.toString('utf8').split('\n').slice(0, -1)
  const [first] = lines
  if (first === undefined)
    return succeed({ sync: null, entries: 0, chained: false, previous: null, ends: new Set() })
  const isChained = chainIn(first) !== undefined
  const ends = new Set(isChained ? [] : [hash('sha256', bytes, 'base64url')])
  if (isChained) {
    let before = ''
    for (const [i, line] of lines.entries()) {
      if (!followsOn(before, line)) return fail([changed(file, i + 1)])
      before = chainIn(line) ?? ''
      ends.add(before)
    }
  }
  const head = headOf(first, file, isChained)
  if (!head.ok) return head
  const entries = lines.slice(1)
  const steps = new StepEntries()
  for (const [i, line] of entries.entries()) {
    if (!steps.take(parsed(line), isChained)) return fail([unreadable(file, i + 2)])
  }
  const { previous, ...begun } = head.value
  return succeed({
    sync: { file, ...begun, ...steps.recorded() },
    entries: lines.length,
    chained: isChained,
    previous,
    ends,
  })
}

type Head = Pick<RecordedSync, 'at' | 'by' | 'plan' | 'process'> & Pick<ReadJournal, 'previous'>

function headOf(line: string, file: string, isChained: boolean): Result<Head> {
  const first = firstEntrySchema.safeParse(parsed(line))
  if (!first.success) return fail([unreadable(file, 1)])
  const { version, at, by, process, previous } = first.data
  if (version !== (isChained ? journalVersion : 1)) {
    return fail([
      {
        code: 'bad-journal',
        place: { file, line: 1, column: 1 },
        message: `the journal has version ${version}, but this gatewatch reads versions up to ${journalVersion}`,
        hint: 'Use the gatewatch that wrote it.',
      },
    ])
  }
  // The chain covers the plan too, so its digest need not be checked again.
  const plan = planFrom(first.data.plan, { file, line: 1, column: 1 }, { unchanged: isChained })
  return plan.ok
    ? succeed({ at, by, previous, process: processOf(process), plan: plan.value })
    : fail(plan.error.map(inJournal))
}

function processOf(identity: ProcessIdentity | null): RecordedSync['process'] {
  return identity && { host: identity.host, pid: identity.pid, state: stateOf(identity) }
}

function inJournal(problem: Problem): Problem {
  return {
    ...problem,
    code: 'bad-journal',
    message: `the journal holds no plan that can be relied on: ${problem.message}`,
    hint: 'An earlier version of gatewatch wrote such journals when it applied a saved plan; otherwise somebody edited it.',
  }
}

/** What the entries after the first add up to. */
class StepEntries {
  readonly #done = new Set<string>()
  readonly #sent = new Set<string>()
  readonly #unknown = new Map<string, string>()
  readonly #failed: StepReason[] = []
  readonly #strange = new Set<string>()
  readonly #sealed: SealedSecrets[] = []
  #madeUp: readonly MadeUpValues[] | null = null
  #override: string | null = null
  #acceptedUnknown: RecordedSync['acceptedUnknown'] = null
  #ended = false

  /** Processes an entry; false if it isn't one. `isChained`: a line of an unknown type is as it was written. */
  take(value: unknown, isChained: boolean): boolean {
    const parsed = entrySchema.safeParse(value)
    if (!parsed.success) {
      const strange = isChained ? strangeEntrySchema.safeParse(value).data?.type : undefined
      if (strange === undefined || knownTypes.has(strange)) return false
      this.#strange.add(strange)
      return true
    }
    const entry = parsed.data
    switch (entry.type) {
      case 'override':
        this.#override = entry.reason
        break
      case 'unknown-accepted':
        this.#acceptedUnknown = { kinds: entry.kinds, reason: entry.reason }
        break
      case 'sealed':
        this.#sealed.push({ to: entry.to, text: entry.text })
        break
      case 'made-up':
        this.#madeUp = entry.entities
        break
      case 'sending':
        this.#sent.add(entry.step)
        break
      case 'done':
        this.#done.add(entry.step)
        break
      case 'failed':
        this.#sent.delete(entry.step)
        this.#failed.push({ step: entry.step, reason: entry.reason })
        break
      case 'unknown':
        this.#unknown.set(entry.step, entry.reason)
        break
      case 'not-sent':
        this.#sent.delete(entry.step)
        break
      case 'ended':
        this.#ended = true
    }
    return true
  }

  recorded(): Omit<RecordedSync, 'file' | 'at' | 'by' | 'plan' | 'process'> {
    const maybe = this.#ended ? [...this.#unknown.keys()] : [...this.#sent, ...this.#unknown.keys()]
    return {
      done: [...this.#done],
      open: [...new Set(maybe)].filter(step => !this.#done.has(step)),
      unknown: [...this.#unknown].map(([step, reason]) => ({ step, reason })),
      failed: this.#failed,
      override: this.#override,
      sealed: this.#sealed,
      madeUp: this.#madeUp,
      acceptedUnknown: this.#acceptedUnknown,
      ended: this.#ended,
      strange: [...this.#strange],
    }
  }
}

const knownTypes: ReadonlySet<string> = new Set(['plan', ...entrySchema.options.flatMap(typesOf)])

function typesOf({ shape }: (typeof entrySchema.options)[number]): readonly string[] {
  return [...shape.type.values]
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function changed(file: string, line: number): Problem {
  return {
    code: 'bad-journal',
    place: { file, line, column: 1 },
    message: 'the journal was changed here after it was written: this line does not match those before it',
    hint: 'Its content can’t be relied on; restore the file, if you can.',
  }
}

function unreadable(file: string, line: number): Problem {
  return {
    code: 'bad-journal',
    place: { file, line, column: 1 },
    message: 'this line of the journal can’t be read',
    hint: 'The journal can’t be relied on; restore the file, if you can.',
  }
}
