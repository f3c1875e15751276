import type { Journal } from '../../../ledger/journal.ts'
import type { JournalEntry } from '../../../ledger/journal-entry.ts'
import { pause } from '../../../model/pause.ts'
import type { Problem } from '../../../model/problem.ts'
import { diskReason } from '../../../model/problems/disk-reason.ts'
import type { Refusal, Step } from '../../../providers/session.ts'
import type { Plan } from '../../../reconcile/plan/plan.ts'
import type { Project } from '../../project/project.ts'
import type { Compared } from '../../reading/compare-target.ts'
import type { SyncEvent } from '../sync-events.ts'
import type { EarlyEnd } from './early-end.ts'
import {
  type LostStep,
  type RunCounts,
  stoppedRun,
  tooSlow,
  unknownOutcomes,
  withoutJournal,
} from './run-problems.ts'
import { StepCheck } from './step-check.ts'
import { problemsOfRefusals } from './step-refusals.ts'

/** Steps of one level that are under way at once; a gateway that asks to slow down gets fewer. */
const usualWidth = 32
const throttleTries = 8
/** How often a step is tried again where others wrote while it was about to. */
const movedTries = 3

/** Steps that are journaled together before being sent: they share one wait for the disk. */
const journalAhead = 64

/** How a step ended. `failed`: it didn't take effect; `unknown`: it was sent, and it is unknown whether it did. */
type StepEnd =
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly problems: readonly [Problem, ...Problem[]] }
  | { readonly state: 'unknown'; readonly problem: Problem }
  | { readonly state: 'not sent' }

/** Sends the steps of a plan, journaled ahead, and keeps count of how they went. */
export class StepRun {
  readonly done: string[] = []
  readonly failed: string[] = []
  readonly unknown: string[] = []
  readonly problems: Problem[] = []
  readonly #project: Project
  readonly #plan: Plan
  readonly #now: Compared
  readonly #journal: Journal
  readonly #end: EarlyEnd
  readonly #tell: (event: SyncEvent) => void
  readonly #check: StepCheck
  readonly #lost: LostStep[] = []
  /** Steps that the journal records as about to be sent. */
  readonly #announced = new Set<string>()
  #width = usualWidth
  /** Steps that took effect, but may not be recorded as such in the journal yet. */
  readonly #noted: string[] = []
  /** Why the journal can't be written any more. */
  #journalLost: string | undefined

  constructor(
    project: Project,
    plan: Plan,
    now: Compared,
    journal: Journal,
    end: EarlyEnd,
    tell: (event: SyncEvent) => void,
  ) {
    this.#project = project
    this.#plan = plan
    this.#now = now
    this.#journal = journal
    this.#end = end
    this.#tell = tell
    this.#check = new StepCheck(project, plan, now)
  }

  /** Steps that nothing was sent of. */
  get notSent(): readonly Step[] {
    const sent = new Set([...this.done, ...this.failed, ...this.unknown])
    return this.#plan.steps.filter(step => !sent.has(step.id))
  }

  /** Level by level; after a failure the later levels, which may depend on it, are not sent. */
  async all(): Promise<void> {
    const levels = Map.groupBy(this.#plan.steps, step => step.order)
    for (const order of [...levels.keys()].sort((a, b) => a - b)) {
      if (this.#isOver) break
      await this.#level(levels.get(order) ?? [])
    }
    // In the order of the plan, whichever was given up first.
    const places = new Map(this.#plan.steps.map(({ id }, place) => [id, place]))
    const lost = this.#lost.toSorted((a, b) => (places.get(a.step.id) ?? 0) - (places.get(b.step.id) ?? 0))
    this.problems.push(...unknownOutcomes(this.#plan.target, lost))
    const isStopped = this.#end.begin.aborted && this.notSent.length > 0
    if (isStopped && this.#journalLost === undefined)
      this.problems.push(stoppedRun(this.#plan.target, this.#counts))
  }

  /** Records in the journal how every step ended and that the rest was not sent, then closes it. */
  async end(): Promise<void> {
    const at = this.#project.now().toISOString()
    // If the disk is full, there is reserved space for what matters: what it recorded as about to be sent.
    const told = this.notSent.filter(({ id }) => this.#journalLost === undefined || this.#announced.has(id))
    const rest = told.map((step): JournalEntry => ({ type: 'not-sent', at, step: step.id }))
    const ended: JournalEntry = {
      type: 'ended',
      at,
      done: this.done.length,
      failed: this.failed.length,
      unknown: this.unknown.length,
      notSent: this.notSent.length,
    }
    const isWhole = await this.#record(...rest, ended)
    const isClosed = await this.#journal.close().then(
      () => true,
      error => this.#loseJournal(error),
    )
    if (this.#journalLost === undefined) return
    const { file } = this.#journal
    const unsaid = isWhole && isClosed ? null : this.#noted
    const lost = { reason: this.#journalLost, file, unsaid }
    this.problems.push(withoutJournal(this.#plan.target, this.#counts, lost))
  }

  /** Writes to the journal; false: it can't be written, and the sync starts nothing more. */
  async #record(...entries: readonly JournalEntry[]): Promise<boolean> {
    const before = this.#noted.length
    try {
      await this.#journal.write(...entries)
      this.#noted.splice(0, before)
      return true
    } catch (error) {
      return this.#loseJournal(error)
    }
  }

  #loseJournal(error: unknown): false {
    this.#journalLost ??= diskReason(error)
    this.#end.halt()
    return false
  }

  get #counts(): RunCounts {
    return { done: this.done.length, notSent: this.notSent.length, total: this.#plan.steps.length }
  }

  get #isOver(): boolean {
    return this.#end.begin.aborted || this.failed.length > 0 || this.unknown.length > 0
  }

  /** The steps of one level, several at once, none before the journal on disk says that it is about to be sent. */
  #level(steps: readonly Step[]): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      let running = 0
      let started = 0
      let announced = 0
      let announcing = false
      const announce = (): void => {
        if (announcing || this.#isOver || announced >= steps.length || announced - started >= journalAhead)
          return
        announcing = true
        const batch = steps.slice(announced, announced + journalAhead)
        this.#announce(batch).then(isWritten => {
          announcing = false
          if (isWritten) announced += batch.length
          next()
        }, reject)
      }
      const next = (): void => {
        while (running < this.#width && started < announced && !this.#isOver) {
          const step = steps[started]
          started += 1
          if (!step) break
          running += 1
          this.#step(step).then(() => {
            running -= 1
            next()
          }, reject)
        }
        announce()
        if (running === 0 && !announcing && (started === steps.length || this.#isOver)) resolve()
      }
      next()
    })
  }

  async #announce(steps: readonly Step[]): Promise<boolean> {
    const at = this.#project.now().toISOString()
    const isWritten = await this.#record(
      ...steps.map(step => ({ type: 'sending', at, step: step.id }) as const),
    )
    if (isWritten) for (const { id } of steps) this.#announced.add(id)
    return isWritten
  }

  async #step(step: Step): Promise<void> {
    const news = { type: 'step', id: step.id, preview: step.preview } as const
    this.#tell({ ...news, state: 'running' })
    const ended = await this.#send(step, news)
    const at = this.#project.now().toISOString()
    switch (ended.state) {
      case 'done':
        this.#check.noteDone(step)
        this.done.push(step.id)
        this.#tell({ ...news, state: 'done' })
        // Not waited for: after a crash, a step without this entry is looked up at the gateway.
        this.#journal.note({ type: 'done', at, step: step.id })
        this.#noted.push(step.id)
        return
      case 'failed': {
        const [first] = ended.problems
        this.failed.push(step.id)
        this.problems.push(...ended.problems)
        this.#tell({ ...news, state: 'failed', problem: first })
        await this.#record({ type: 'failed', at, step: step.id, reason: first.message })
        return
      }
      case 'unknown':
        this.unknown.push(step.id)
        this.#lost.push({ step, problem: ended.problem })
        this.#tell({ ...news, state: 'unknown', problem: ended.problem })
        await this.#record({ type: 'unknown', at, step: step.id, reason: ended.problem.message })
        return
      case 'not sent':
        this.#tell({ ...news, state: 'not sent' })
    }
  }

  async #send(
    step: Step,
    news: { readonly type: 'step'; readonly id: string; readonly preview: string },
  ): Promise<StepEnd> {
    const { begin, wait, look } = this.#end
    let lost: Problem | undefined
    const stopped = (): StepEnd => (lost ? { state: 'unknown', problem: lost } : { state: 'not sent' })
    for (let attempt = 0; ; attempt++) {
      const moved = await this.#check.movedSince(step, begin)
      if (begin.aborted) return stopped()
      if (moved) return lost ? this.#looked(step, lost) : { state: 'failed', problems: [moved] }
      const outcome = await this.#now.session.execute(step, this.#project.digests.resolve, { begin, wait })
      switch (outcome.type) {
        case 'applied':
          this.#width = Math.min(usualWidth, this.#width + 1)
          return { state: 'done' }
        case 'not-sent':
          return stopped()
        case 'rejected': {
          // What a try without an answer seemed not to have written may exist by now.
          const took = lost ? await this.#check.tookEffect(step, lost, look) : false
          if (took !== false) return took === true ? { state: 'done' } : { state: 'unknown', problem: took }
          const [first, ...rest] = outcome.refusals
          const placed = (refusals: readonly Refusal[]): readonly Problem[] =>
            problemsOfRefusals(refusals, this.#plan.changes, this.#now.desired)
          return { state: 'failed', problems: [placed([first])[0] ?? first.problem, ...placed(rest)] }
        }
        case 'moved':
          if (lost) return this.#looked(step, lost)
          if (attempt >= movedTries) return { state: 'failed', problems: [outcome.problem] }
          break
        case 'throttled':
          if (attempt >= throttleTries)
            return lost ? stopped() : { state: 'failed', problems: [tooSlow(this.#plan.target, step)] }
          this.#width = Math.max(1, Math.floor(this.#width / 2))
          this.#tell({ ...news, state: 'waiting' })
          await this.#pause(outcome.retryAfterMs ?? 200 * 2 ** attempt * (0.5 + Math.random()))
          break
        case 'unknown': {
          lost = outcome.problem
          const took = await this.#check.tookEffect(step, outcome.problem, look)
          if (took === true) return { state: 'done' }
          if (took !== false) return { state: 'unknown', problem: took }
          if (attempt >= 1 || !step.repeatable || begin.aborted)
            return outcome.mayFollow ? stopped() : { state: 'failed', problems: [outcome.problem] }
        }
      }
      if (begin.aborted) return stopped()
    }
  }

  /** Waits as long as the gateway asked, and reports it. */
  async #pause(milliseconds: number): Promise<void> {
    const { target, session } = this.#now
    const reason = `${session.identity.address} asks to slow down (429)`
    const over = this.#project.waits.begin({ target: target.name, reason, until: 'again', milliseconds })
    await pause(milliseconds, this.#end.begin)
    over()
  }

  /** How a step ended whose answer was lost, if something else is there by now. */
  async #looked(step: Step, lost: Problem): Promise<StepEnd> {
    const took = await this.#check.tookEffect(step, lost, this.#end.look)
    return took === true ? { state: 'done' } : { state: 'unknown', problem: lost }
  }
}
