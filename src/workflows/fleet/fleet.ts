import type { Finding } from '../../governance/finding.ts'
import type { RecordedSync } from '../../ledger/journal-reading.ts'
import type { SeenLock } from '../../ledger/locks/lock.ts'
import { holderText } from '../../ledger/locks/lock-holder.ts'
import { fail, type Place, type Problem, type Result } from '../../model/problem.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import { FleetGovernance } from '../governance/fleet-governance.ts'
import type { GovernanceView } from '../governance/governance-view.ts'
import type { PlanFindings } from '../governance/plan-findings.ts'
import { proposeWaiver, type WaiverRequest } from '../governance/waivers/waive.ts'
import { type Described, described, nothingDescribed } from '../meaning/described-requests.ts'
import { exposuresOf } from '../meaning/exposures.ts'
import { meaningOf } from '../meaning/plan-meaning.ts'
import { locate } from '../project/locate.ts'
import { type ManifestOrigin, manifestOrigin, unreadOrigin } from '../project/manifest-origin.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { type SealedTo, sealedTo } from '../project/sealing.ts'
import { type Compared, compareTarget, withCommits } from '../reading/compare-target.ts'
import { Observations } from '../reading/observations.ts'
import { cutOffOf } from '../reading/unrecorded.ts'
import { curlText } from '../syncing/curl.ts'
import type { HistoryItem } from '../syncing/history/history.ts'
import type { PlanChoice, RefusedChange, Review, UndoPreparation } from '../syncing/review.ts'
import { PlanChecks } from '../syncing/steps/check-ahead.ts'
import { draftPlan, sync } from '../syncing/sync.ts'
import type { SyncEvent, SyncOptions, SyncResult } from '../syncing/sync-events.ts'
import { unknownRefusal } from '../syncing/unknown-refusals.ts'
import { needsOf } from './fleet-needs.ts'
import type { FleetPort } from './fleet-port.ts'
import { FleetUndo } from './fleet-undo.ts'
import type { FleetView, Need, TargetView } from './fleet-view.ts'
import { notReached, reached, unread } from './target-views.ts'

/** Who holds the lock, and whether it blocks a sync, as a lock that nobody can inspect does. */
function lockedBy(seen: Result<SeenLock | null>): Pick<TargetView, 'lock' | 'blocked'> {
  if (!seen.ok) return { lock: null, blocked: seen.error[0]?.message ?? 'the lock can’t be read' }
  const lock = seen.value?.holder ?? null
  if (lock === null || lock.process === 'dead') return { lock, blocked: null }
  const state = lock.process === 'alive' ? 'runs' : 'can’t be seen from here'
  return { lock, blocked: `locked: ${holderText(lock)}, which ${state}` }
}

/** What is known about one target between two readings. */
interface Known {
  readonly view: TargetView
  /** The last comparison, for plans. */
  readonly compared: Compared | null
}

/** The fleet as last seen, updated by readings; both faces show it. */
export class FleetStore implements FleetPort {
  readonly #project: Project
  readonly #targets: readonly GatewayTarget[]
  readonly #known = new Map<string, Known>()
  readonly #listeners = new Set<() => void>()
  readonly #stop = new AbortController()
  readonly #hurry: AbortSignal | undefined
  /** Syncs under way. */
  readonly #syncs = new Set<Promise<SyncResult | null>>()
  readonly #observations: Observations
  /** What the specifications describe, once they have been read. */
  #specified: Described = nothingDescribed
  #authors: Promise<void> = Promise.resolve()
  #asked: Promise<void> = Promise.resolve()
  readonly #governance: FleetGovernance
  readonly #undo: FleetUndo
  readonly #checks: PlanChecks
  #governed: GovernanceView | null = null
  #sealedTo: SealedTo = null
  #described: Promise<Described> | undefined
  #origin: ManifestOrigin
  #view: FleetView | undefined
  #needs: readonly Need[] | undefined

  /** @param hurry aborted where the end of a sync that is stopped is not to be waited for */
  constructor(project: Project, targets: readonly GatewayTarget[] = project.targets, hurry?: AbortSignal) {
    this.#project = project
    this.#hurry = hurry
    this.#targets = targets
    this.#governance = new FleetGovernance(project)
    this.#undo = new FleetUndo(project)
    this.#checks = new PlanChecks(project)
    this.#observations = new Observations(project.stateFolder, project.name)
    this.#origin = unreadOrigin(project)
    for (const target of targets) this.#known.set(target.name, { view: unread(target), compared: null })
    project.waits.subscribe(() => this.#changed())
  }

  fleet(): FleetView {
    this.#view ??= {
      kinds: this.#project.providers.kinds,
      name: this.#project.name,
      origin: this.#origin,
      environments: this.#project.environments,
      production: this.#project.production,
      targets: this.#targets.flatMap(({ name }) => {
        const view = this.#known.get(name)?.view
        return view ? [{ ...view, waiting: this.#project.waits.of(name) }] : []
      }),
      governance: this.#governed,
    }
    return this.#view
  }

  needs(): readonly Need[] {
    this.#needs ??= needsOf(this.fleet(), this.#project.now())
    return this.#needs
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async refresh(names?: readonly string[]): Promise<void> {
    const chosen = this.#targets.filter(target => names === undefined || names.includes(target.name))
    this.#governance.forget()
    this.#sealedTo = await sealedTo(this.#project)
    await Promise.all([this.#readOrigin(), ...chosen.map(target => this.#read(target))])
    await this.#overview()
  }

  review(target: string, choice: PlanChoice): Review | Problem {
    const compared = this.#comparedFor(target, choice.undoes)
    if (!compared) {
      return {
        code: 'not-read',
        target,
        message: 'this target has not been read yet',
        hint: 'Wait for it, or read it again with r.',
      }
    }
    // Their number is typed, where it must be said.
    const made = draftPlan(this.#project, compared, { ...choice, allowDeletes: 'asked' })
    if (!made.ok) {
      return made.error[0] ?? { code: 'no-plan', target, message: 'no plan can be made' }
    }
    const plan = made.value
    const meaning = meaningOf(compared, plan, this.#specified.requests, { sealedTo: this.#sealedTo })
    return { plan, meaning, unknown: unknownRefusal(this.#project, compared, choice) ?? null }
  }

  async *apply(plan: Plan, signal: AbortSignal, options: SyncOptions = {}): AsyncIterable<SyncEvent> {
    const stop = AbortSignal.any([signal, this.#stop.signal])
    const compared = this.#known.get(plan.target)?.compared
    const ended = Promise.withResolvers<SyncResult | null>()
    this.#syncs.add(ended.promise)
    const events = sync(this.#project, plan, stop, {
      ...options,
      ...(compared ? { compared } : {}),
      ...(this.#hurry ? { hurry: this.#hurry } : {}),
    })
    try {
      for await (const event of events) {
        if (event.type === 'ended') {
          ended.resolve(event.result)
          if (!this.#stop.signal.aborted) await this.refresh([plan.target])
        }
        yield event
      }
    } finally {
      ended.resolve(null)
      this.#syncs.delete(ended.promise)
    }
  }

  async gatewayRefusals(plan: Plan): Promise<readonly RefusedChange[] | null> {
    const compared = this.#comparedFor(plan.target, plan.undoes)
    return compared ? this.#checks.refusals(compared, plan, this.#stop.signal) : null
  }

  async planFindings(plan: Plan): Promise<PlanFindings | null> {
    const compared = this.#comparedFor(plan.target, plan.undoes)
    return compared ? this.#governance.planFindings(compared, plan) : null
  }

  history(): Promise<readonly HistoryItem[]> {
    return this.#undo.history(this.#targets)
  }

  async prepareUndo(sync: RecordedSync): Promise<Result<UndoPreparation>> {
    const target = this.#targets.find(each => each.name === sync.plan.target)
    if (target) return this.#undo.prepare(target, sync.plan.id, this.#stop.signal)
    return fail([
      {
        code: 'no-such-target',
        target: sync.plan.target,
        message: 'this target is no longer in the fleet',
      },
    ])
  }

  impact(rule: string): Promise<readonly Finding[]> {
    return this.#governance.impact(rule, this.#compared())
  }

  async waive(finding: Finding, waiver: WaiverRequest): Promise<Result<Place>> {
    const written = await proposeWaiver(this.#project, finding, waiver)
    if (written.ok) {
      this.#governance.forget()
      for (const target of this.#targets) await this.#addFindings(target)
      await this.#overview()
    }
    return written
  }

  user(): Promise<string> {
    return this.#project.user()
  }

  locate(place: Place): Promise<Result<string>> {
    return locate(this.#project, place)
  }

  curl(plan: Plan, stepId: string): string {
    const step = plan.steps.find(each => each.id === stepId)
    return step ? curlText(plan.address, step) : ''
  }

  async close(): Promise<readonly SyncResult[]> {
    this.#stop.abort()
    this.#listeners.clear()
    return (await Promise.all(this.#syncs)).flatMap(result => result ?? [])
  }

  async #readOrigin(): Promise<void> {
    if (!this.#project.repository) return
    this.#origin = await manifestOrigin(this.#project, this.#targets)
    this.#changed()
  }

  async #read(target: GatewayTarget): Promise<void> {
    // Specifications rarely change while the console is open, so they are read once.
    this.#described ??= described(this.#project)
    const [compared, lock, specified] = await Promise.all([
      compareTarget(this.#project, target, this.#stop.signal, {
        earlier: this.#known.get(target.name)?.compared ?? undefined,
        again: true,
      }),
      this.#project.locks.seen(target.name),
      this.#described,
    ])
    this.#specified = specified
    const before = this.#known.get(target.name)?.view ?? unread(target)
    const ledger = compared.ok
      ? compared.value.ledger
      : (await this.#project.ledgers.read(target.name, target.provider.kinds)).ledger
    const cutOff = await cutOffOf(this.#project, target, ledger)
    const locked = { ...lockedBy(lock), cutOff }
    if (!compared.ok) {
      const lastRead = await this.#observations.lastRead(target.name)
      const view = { ...notReached(before, compared.error, lastRead), ...locked }
      this.#put(target, { view, compared: this.#known.get(target.name)?.compared ?? null })
      return
    }
    const value = compared.value
    await value.session[Symbol.asyncDispose]()
    const found = exposuresOf(value)
    // What is unknown wasn't seen closed either: nothing is recorded.
    const exposures = found && (await this.#observations.note(target.name, value, found))
    const view = { ...reached(target, before, value, { exposures, described: specified }), ...locked }
    this.#put(target, { compared: value, view })
    // One after the other, after other targets have had their turn: finding out who wrote what doesn't wait for
    // policies. If one fails, the next is still tried.
    const addCommits = () => this.#addCommits(target, value)
    this.#authors = this.#authors.then(addCommits, addCommits)
    await this.#authors
    const addFindings = () => this.#addFindings(target)
    this.#asked = this.#asked.then(addFindings, addFindings)
    await this.#asked
  }

  /** Who wrote what is reported a moment later: what is open must not wait for it. */
  async #addCommits(target: GatewayTarget, compared: Compared): Promise<void> {
    const changes = await withCommits(this.#project, compared.drift.changes)
    const known = this.#known.get(target.name)
    // Another reading may have come in between.
    if (changes.length === 0 || known?.compared !== compared) return
    const drift = { ...compared.drift, changes }
    this.#put(target, { compared: { ...compared, drift }, view: { ...known.view, drift } })
  }

  /** What a plan is made from: the comparison with the manifests, or with what was before a sync. */
  #comparedFor(target: string, undoes: string | undefined): Compared | null | undefined {
    return undoes === undefined ? this.#known.get(target)?.compared : this.#undo.compared(undoes)
  }

  #compared(): readonly Compared[] {
    return [...this.#known.values()].flatMap(known => known.compared ?? [])
  }

  /** Findings come last: nothing that is open waits for them. */
  async #addFindings(target: GatewayTarget): Promise<void> {
    const known = this.#known.get(target.name)
    if (!known?.compared) return
    const findings = await this.#governance.findings(known.compared)
    const now = this.#known.get(target.name)
    // Another reading may have come in between.
    if (now?.compared?.readAt !== known.compared.readAt) return
    this.#put(target, { ...now, view: { ...now.view, findings } })
  }

  async #overview(): Promise<void> {
    const found = [...this.#known.values()].flatMap(known => known.view.findings ?? [])
    this.#governed = await this.#governance.view(this.#targets, this.#compared(), found)
    this.#changed()
  }

  #put(target: GatewayTarget, known: Known): void {
    this.#known.set(target.name, known)
    this.#changed()
  }

  #changed(): void {
    this.#view = undefined
    this.#needs = undefined
    for (const listener of this.#listeners) listener()
  }
}
