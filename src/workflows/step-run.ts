import type { Outcome, Step } from '../gateways/gateway.ts'
import type { Journal } from '../ledger/journal.ts'
import { entityAt, refText } from '../model/entity.ts'
import { equalJson, type JsonObject } from '../model/json.ts'
import { KnownKeys } from '../model/known-keys.ts'
import type { Problem } from '../model/problem.ts'
import { buildState } from '../model/state.ts'
import type { Change } from '../reconcile/drift.ts'
import { comparable, preconditionOf } from '../reconcile/make-plan.ts'
import type { Plan, Precondition } from '../reconcile/plan.ts'
import { firstDifference, movedProblem } from '../reconcile/staleness.ts'
import type { Compared } from './compare-target.ts'
import type { SyncEvent } from './values.ts'
import type { Workspace } from './workspace.ts'

/** Steps of one level that are under way at once; a gateway that asks to slow down gets fewer. */
const usualWidth = 16
const throttleTries = 8

/** Steps that are journaled together, ahead of being sent: one wait for the disk for all of them. */
const journalAhead = 64

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
  readonly #changes: ReadonlyMap<string, Change>
  readonly #preconditions: ReadonlyMap<string, Precondition>
  #known: KnownKeys | undefined
  /** What steps of this run left entities at, where their changes are not done yet. */
  readonly #left = new Map<string, JsonObject | null>()
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
    this.#changes = new Map(plan.changes.map(change => [change.id, change]))
    this.#preconditions = new Map(
      plan.preconditions.flatMap(each =>
        each.fields === null ? [] : [[refText(each.entity), each] as const],
      ),
    )
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
    await Promise.all(steps.map(step => this.#journal.write({ type: 'sending', at, step: step.id })))
  }

  #changeOf(step: Step): Change | undefined {
    const [id] = step.covers
    return id === undefined ? undefined : this.#changes.get(id)
  }

  async #step(step: Step): Promise<void> {
    const news = { type: 'step', id: step.id, preview: step.preview } as const
    this.#tell({ ...news, state: 'running' })
    const problem = await this.#send(step, news)
    const at = this.#workspace.now().toISOString()
    if (problem === undefined) {
      const change = this.#changeOf(step)
      if (change && step.leaves !== undefined) this.#left.set(refText(change), step.leaves)
      // Not waited for: after a crash a step without this entry is looked up at the gateway. A disk that fails is
      // noticed by the next entry that is waited for.
      this.#journal.write({ type: 'done', at, step: step.id }).catch(() => {})
      this.done.push(step.id)
      this.#tell({ ...news, state: 'done' })
      return
    }
    await this.#journal.write({ type: 'failed', at, step: step.id, reason: problem.message })
    this.failed.push(step.id)
    this.problems.push(problem)
    this.#tell({ ...news, state: 'failed', problem })
  }

  /** Undefined once the step took effect. */
  async #send(
    step: Step,
    news: { readonly type: 'step'; readonly id: string; readonly preview: string },
  ): Promise<Problem | undefined> {
    for (let attempt = 0; ; attempt++) {
      const moved = await this.#movedSince(step)
      if (moved) return moved
      const outcome = await this.#now.session.execute(step, this.#workspace.digests.resolve, this.#signal)
      switch (outcome.type) {
        case 'applied':
          this.#width = Math.min(usualWidth, this.#width + 1)
          return undefined
        case 'rejected':
          return outcome.problem
        case 'throttled':
          if (attempt >= throttleTries) return this.#tooSlow(step)
          this.#width = Math.max(1, Math.floor(this.#width / 2))
          this.#tell({ ...news, state: 'waiting' })
          await pauseFor(outcome.retryAfterMs ?? 200 * 2 ** attempt * (0.5 + Math.random()), this.#signal)
          break
        case 'unknown': {
          const took = await this.#tookEffect(step, outcome)
          if (took === true) return undefined
          if (took !== false || attempt >= 1 || !step.repeatable)
            return took === false ? outcome.problem : took
        }
      }
      if (this.#signal.aborted)
        return { code: 'stopped', target: this.#plan.target, message: `${step.id} was stopped` }
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

  /** Content is read again just before a write: Kong has no compare-and-swap, so this window is as small as it gets. */
  async #movedSince(step: Step): Promise<Problem | undefined> {
    const change = this.#changeOf(step)
    if (!change || change.operation === 'create') return undefined
    const planned = this.#preconditions.get(refText(change))
    const left = this.#left.get(refText(change))
    if (!planned || left === null) return undefined
    const precondition = { ...planned, fields: planned.fields && { ...planned.fields, ...left } }
    const found = await this.#read(step, precondition)
    if ('code' in found) return found
    const difference = firstDifference(precondition, found)
    if (!difference || (change.operation === 'delete' && found.fields === null)) return undefined
    return movedProblem(this.#plan, precondition, difference)
  }

  /** What is at the gateway now where a step writes, in the form of a precondition. */
  async #read(step: Step, precondition: Precondition): Promise<Precondition | Problem> {
    const current = await this.#now.session.current(step, this.#signal)
    if (!current.ok) return current.error[0] ?? this.#tooSlow(step)
    if (current.value === null) return { entity: precondition.entity, id: null, fields: null }
    this.#known ??= new KnownKeys(this.#now.live)
    const known = this.#known
    const { state } = buildState({
      from: 'gateway',
      raws: [current.value],
      coverage: new Map(),
      schemas: this.#now.schemas,
      secrets: this.#workspace.digests,
      known,
      lookup: (kind, id) => known.byId(kind, id),
    })
    const entity = [...(state.entities.get(precondition.entity.kind)?.values() ?? [])][0]
    return entity
      ? { entity: precondition.entity, id: entity.id ?? null, fields: comparable(entity.fields, entity.refs) }
      : { entity: precondition.entity, id: null, fields: null }
  }

  /** After a lost answer: true, false, or a problem where it can't be told. */
  async #tookEffect(step: Step, lost: Extract<Outcome, { type: 'unknown' }>): Promise<boolean | Problem> {
    const change = this.#changeOf(step)
    if (!change) return lost.problem
    const before = this.#preconditions.get(refText(change)) ?? preconditionOf(change, this.#now.live)
    const found = await this.#read(step, before)
    if ('code' in found)
      return { ...lost.problem, hint: `Whether ${step.id} took effect is not known; sync again to see.` }
    const { leaves } = step
    if (leaves === null) return found.fields === null
    if (leaves) {
      const { fields } = found
      return (
        fields !== null &&
        Object.keys(leaves).every(name => equalJson(leaves[name] ?? null, fields[name] ?? null))
      )
    }
    if (change.operation === 'create') return found.fields !== null
    if (change.operation === 'delete') return found.fields === null
    if (!firstDifference(before, found)) return false
    const desired = entityAt(this.#now.desired, change)
    if (!desired || !found.fields) return lost.problem
    const wanted = comparable(desired.fields, desired.refs)
    const asWanted = change.fields.every(({ path }) => {
      const top = path.split('.')[0] ?? path
      return equalJson(wanted[top] ?? null, found.fields?.[top] ?? null)
    })
    return asWanted ? true : lost.problem
  }
}

function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(done, milliseconds)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
