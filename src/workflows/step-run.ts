import type { Refusal, Step } from '../gateways/gateway.ts'
import type { Journal } from '../ledger/journal.ts'
import { pause } from '../model/pause.ts'
import type { Problem } from '../model/problem.ts'
import type { Plan } from '../reconcile/plan.ts'
import type { Compared } from './compare-target.ts'
import { problemsOfRefusals } from './refusals.ts'
import { StepCheck } from './step-check.ts'
import type { SyncEvent } from './values.ts'
import type { Workspace } from './workspace.ts'

/** Steps of one level that are under way at once; a gateway that asks to slow down gets fewer. */
const usualWidth = 32
const throttleTries = 8
/** How often a step is tried again where others wrote while it was about to. */
const movedTries = 3

/** Steps that are journaled together, ahead of being sent: one wait for the disk for all of them. */
const journalAhead = 128

/** Sends the steps of a plan, journaled ahead, and keeps count of how they went. */
export class StepRun {
  readonly done: string[] = []
  readonly failed: string[] = []
  readonly problems: Problem[] = []
  readonly #workspace: Workspace
  readonly #plan: Plan
  readonly #now: Compared
  readonly #journal: Journal
  readonly #signal: AbortSignal
  readonly #tell: (event: SyncEvent) => void
  readonly #check: StepCheck
  #width = usualWidth

  constructor(
    workspace: Workspace,
    plan: Plan,
    now: Compared,
    journal: Journal,
    signal: AbortSignal,
    tell: (event: SyncEvent) => void,
  ) {
    this.#workspace = workspace
    this.#plan = plan
    this.#now = now
    this.#journal = journal
    this.#signal = signal
    this.#tell = tell
    this.#check = new StepCheck(workspace, plan, now, signal)
  }

  /** Level by level; after a failure the later levels, which may depend on it, are not sent. */
  async all(): Promise<void> {
    const levels = Map.groupBy(this.#plan.steps, step => step.order)
    for (const order of [...levels.keys()].sort((a, b) => a - b)) {
      await this.#level(levels.get(order) ?? [])
      if (this.failed.length > 0) return
      if (this.#signal.aborted) {
        this.problems.push({
          code: 'stopped',
          target: this.#plan.target,
          message: `the sync was stopped after ${this.done.length} of ${this.#plan.steps.length} steps`,
          hint: 'Sync again to finish.',
        })
        return
      }
    }
  }

  /** The steps of one level, several at once, none before the journal holds on the disk that it is about to be sent. */
  #level(steps: readonly Step[]): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      let running = 0
      let started = 0
      let announced = 0
      let announcing = false
      const stopped = (): boolean => this.#signal.aborted || this.failed.length > 0
      const announce = (): void => {
        if (announcing || stopped() || announced >= steps.length || announced - started >= journalAhead)
          return
        announcing = true
        const batch = steps.slice(announced, announced + journalAhead)
        this.#announce(batch).then(() => {
          announcing = false
          announced += batch.length
          next()
        }, reject)
      }
      const next = (): void => {
        while (running < this.#width && started < announced && !stopped()) {
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
        if (running === 0 && !announcing && (started === steps.length || stopped())) resolve()
      }
      next()
    })
  }

  async #announce(steps: readonly Step[]): Promise<void> {
    const at = this.#workspace.now().toISOString()
    await this.#journal.write(...steps.map(step => ({ type: 'sending', at, step: step.id }) as const))
  }

  async #step(step: Step): Promise<void> {
    const news = { type: 'step', id: step.id, preview: step.preview } as const
    this.#tell({ ...news, state: 'running' })
    const problems = await this.#send(step, news)
    const at = this.#workspace.now().toISOString()
    if (problems === undefined) {
      this.#check.noteDone(step)
      // Not waited for: after a crash a step without this entry is looked up at the gateway.
      this.#journal.note({ type: 'done', at, step: step.id })
      this.done.push(step.id)
      this.#tell({ ...news, state: 'done' })
      return
    }
    const [first] = problems
    await this.#journal.write({ type: 'failed', at, step: step.id, reason: first.message })
    this.failed.push(step.id)
    this.problems.push(...problems)
    this.#tell({ ...news, state: 'failed', problem: first })
  }

  /** Undefined once the step took effect. */
  async #send(
    step: Step,
    news: { readonly type: 'step'; readonly id: string; readonly preview: string },
  ): Promise<readonly [Problem, ...Problem[]] | undefined> {
    let lost: Problem | undefined
    for (let attempt = 0; ; attempt++) {
      const moved = await this.#check.movedSince(step)
      if (moved) return [moved]
      const outcome = await this.#now.session.execute(step, this.#workspace.digests.resolve, this.#signal)
      switch (outcome.type) {
        case 'applied':
          this.#width = Math.min(usualWidth, this.#width + 1)
          return undefined
        case 'rejected': {
          // What a try without an answer was thought not to have written is there by now.
          if (lost && (await this.#check.tookEffect(step, lost)) === true) return undefined
          const [first, ...rest] = outcome.refusals
          const placed = (refusals: readonly Refusal[]): readonly Problem[] =>
            problemsOfRefusals(refusals, this.#plan.changes, this.#now.desired)
          return [placed([first])[0] ?? first.problem, ...placed(rest)]
        }
        case 'moved':
          if (attempt >= movedTries) return [outcome.problem]
          break
        case 'throttled':
          if (attempt >= throttleTries) return [this.#tooSlow(step)]
          this.#width = Math.max(1, Math.floor(this.#width / 2))
          this.#tell({ ...news, state: 'waiting' })
          await pause(outcome.retryAfterMs ?? 200 * 2 ** attempt * (0.5 + Math.random()), this.#signal)
          break
        case 'unknown': {
          lost = outcome.problem
          const took = await this.#check.tookEffect(step, outcome.problem)
          if (took === true) return undefined
          if (took !== false || attempt >= 1 || !step.repeatable)
            return [took === false ? outcome.problem : took]
        }
      }
      if (this.#signal.aborted)
        return [{ code: 'stopped', target: this.#plan.target, message: `${step.id} was stopped` }]
    }
  }

  #tooSlow(step: Step): Problem {
    return {
      code: 'throttled',
      target: this.#plan.target,
      message: `the gateway kept asking to slow down, so ${step.id} was given up`,
      hint: 'Sync again later.',
    }
  }
}
