// Workflows for tests of the console, and a fleet that most of them look at.

import type { Finding } from '../../src/governance/finding.ts'
import type { RecordedSync } from '../../src/ledger/journal-reading.ts'
import type { Place, Problem, Result } from '../../src/model/problem.ts'
import type { Change } from '../../src/reconcile/drift/drift.ts'
import type { Plan, PlanStep, UnknownKind } from '../../src/reconcile/plan/plan.ts'
import { refusalOfUnknown } from '../../src/reconcile/plan/unknown-kinds.ts'
import type { FleetPort } from '../../src/workflows/fleet/fleet-port.ts'
import type { FleetView, Need } from '../../src/workflows/fleet/fleet-view.ts'
import type { PlanFindings } from '../../src/workflows/governance/plan-findings.ts'
import type { WaiverRequest } from '../../src/workflows/governance/waivers/waive.ts'
import type { PlanMeaning } from '../../src/workflows/meaning/plan-view.ts'
import type { HistoryItem } from '../../src/workflows/syncing/history/history.ts'
import type {
  PlanChoice,
  RefusedChange,
  Review,
  UndoPreparation,
} from '../../src/workflows/syncing/review.ts'
import type { SyncEvent, SyncOptions } from '../../src/workflows/syncing/sync-events.ts'
import { providers } from '../known-providers.ts'

import { api, change, drift, fleet, need, now, problem, target } from './console-fleet.ts'

const noMeaning: PlanMeaning = {
  unknown: null,
  posture: [],
  reaches: '',
  traffic: [],
  onlyTheFix: [],
  confirmByName: false,
  guarded: null,
  sealedTo: null,
  findings: null,
}

/** Workflows over a fleet that a test sets; syncs do what the test says. */
export class FakeWorkflows implements FleetPort {
  view: FleetView
  list: readonly Need[]
  meaning: PlanMeaning = noMeaning
  /** What bears on every plan and is not known, and whether a reason may pass it. */
  unknown: readonly UnknownKind[] = []
  mayAccept = false
  /** What the gateway would not take of every plan. */
  refusals: readonly RefusedChange[] | null = []
  /** What policies find of every plan. */
  planned: PlanFindings | null = null
  /** The waivers that were asked for. */
  readonly waived: ({ readonly finding: string } & WaiverRequest)[] = []
  /** The journals of syncs. */
  syncs: readonly RecordedSync[] = []
  unread: readonly HistoryItem[] = []
  /** What every step overwrites, and what every plan leaves as it is. */
  losing: Pick<PlanStep, 'reversible' | 'overwrites'> = { reversible: true }
  kept: NonNullable<Plan['kept']> = []
  /** What taking a sync back changes, and which were asked about. */
  undoing: UndoPreparation = { changes: [], kept: [] }
  readonly prepared: string[] = []
  /** What each sync was asked to do. */
  readonly applied: Plan[] = []
  readonly options: SyncOptions[] = []
  /** Which readings were asked for. */
  readonly refreshed: (readonly string[] | undefined)[] = []
  /** The news of a sync. */
  sync: (plan: Plan, signal: AbortSignal) => AsyncIterable<SyncEvent> = async function* (plan) {
    yield {
      type: 'ended',
      result: {
        target: plan.target,
        done: plan.steps.length,
        failed: 0,
        unknown: 0,
        notSent: 0,
        problems: [],
        remaining: null,
        halfWay: [],
        standing: 0,
        exposure: null,
        journal: null,
      },
    }
  }
  private readonly listeners = new Set<() => void>()

  constructor(view: FleetView, list: readonly Need[] = []) {
    this.view = view
    this.list = list
  }

  /** A reading brought this. */
  set(view: FleetView, list: readonly Need[] = this.list): void {
    this.view = view
    this.list = list
    for (const listener of this.listeners) listener()
  }

  fleet(): FleetView {
    return this.view
  }

  needs(): readonly Need[] {
    return this.list
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  async refresh(targets?: readonly string[]): Promise<void> {
    this.refreshed.push(targets)
  }

  review(name: string, choice: PlanChoice): Review | Problem {
    const changes =
      choice.undoes === undefined
        ? this.view.targets.find(each => each.name === name)?.drift?.changes
        : this.undoing.changes
    if (!changes) return { code: 'not-read', target: name, message: `${name} has not been read yet` }
    const isIn = (each: Change) =>
      !choice.excluded.has(each.id) && (choice.deletes || each.operation !== 'delete')
    const taken = changes.filter(isIn)
    const unknown = this.unknown.map(each => {
      return { ...each, accepted: choice.accept?.kinds.has(each.kind) ? choice.accept.reason : null }
    })
    const problem = refusalOfUnknown(name, unknown, providers.kinds, this.mayAccept)
    const plan = planOf(
      name,
      taken,
      changes.filter(each => !isIn(each)),
      choice,
    )
    return {
      plan: {
        ...plan,
        steps: plan.steps.map(step => ({ ...step, ...this.losing })),
        ...(unknown.length > 0 ? { unknown } : {}),
        ...(this.kept.length > 0 ? { kept: this.kept } : {}),
      },
      meaning: { ...this.meaning, reaches: `${taken.length} changes` },
      unknown: problem
        ? { problem, kinds: unknown.map(({ kind }) => kind), mayAccept: this.mayAccept }
        : null,
    }
  }

  async *apply(plan: Plan, signal: AbortSignal, options: SyncOptions = {}): AsyncIterable<SyncEvent> {
    this.applied.push(plan)
    this.options.push(options)
    yield* this.sync(plan, signal)
  }

  async gatewayRefusals(): Promise<readonly RefusedChange[] | null> {
    return this.refusals
  }

  async planFindings(): Promise<PlanFindings | null> {
    return this.planned
  }

  async history(): Promise<readonly HistoryItem[]> {
    return [...this.unread, ...this.syncs.map(sync => ({ type: 'sync', sync }) as const)]
  }

  async prepareUndo(sync: RecordedSync): Promise<Result<UndoPreparation>> {
    this.prepared.push(sync.plan.id)
    return { ok: true, value: this.undoing }
  }

  async impact(rule: string): Promise<readonly Finding[]> {
    const all = this.view.targets.flatMap(each => each.findings ?? [])
    return all.filter(each => each.rule === rule)
  }

  async waive(finding: Finding, request: WaiverRequest): Promise<Result<Place>> {
    this.waived.push({ finding: finding.id, ...request })
    return { ok: true, value: { file: 'waivers/waivers.yaml', line: 2, column: 3 } }
  }

  async user(): Promise<string> {
    return 'kim'
  }

  async locate(place: Place): Promise<Result<string>> {
    return { ok: true, value: `/repository/${place.file}` }
  }

  curl(_plan: Plan, stepId: string): string {
    return `curl ${stepId}`
  }

  close = async () => []
}

/** A plan of some changes. */
export function planOf(
  name: string,
  changes: readonly Change[],
  out: readonly Change[],
  choice: PlanChoice,
): Plan {
  const steps = changes.map(
    (each, order): PlanStep => ({
      id: `step ${each.id}`,
      payload: {},
      covers: [each.id],
      cascades: [],
      secrets: [],
      preview: `PATCH /routes/${each.name} ${JSON.stringify(each.fields.map(field => field.git ?? null))}`,
      repeatable: true,
      reversible: true,
      order,
    }),
  )
  return {
    version: 1,
    id: steps.map(step => step.preview).join(),
    target: name,
    address: 'http://prod-eu.test:8001',
    readAt: now.toISOString(),
    manifest: { repository: null, commit: null, files: [], digest: '' },
    mode: { deletes: choice.deletes },
    changes,
    leftOut: out.map(each => ({ change: each, by: 'you' })),
    steps,
    preconditions: [],
    notOurs: [],
    ignored: [],
    cascades: [],
    ...(choice.undoes === undefined ? {} : { undoes: choice.undoes }),
  }
}

/** Two targets in need, one that never answered, one in sync. */
export function usual(): FakeWorkflows {
  const eu = drift('prod-eu', [change('disputes-list'), change('refunds-list', { cause: 'edited live' })])
  return new FakeWorkflows(
    fleet([
      target('dev-1', { environment: 'dev' }),
      target('prod-eu', {
        drift: eu,
        apis: [api('disputes-list'), api('refunds-list', { authentication: [] })],
      }),
      target('prod-ap', {
        reach: { state: 'failed', problem, attempts: 4 },
        readAt: null,
        drift: null,
        apis: null,
        exposures: null,
        findings: null,
      }),
    ]),
    [
      need('exposed', 'prod-eu', {
        title: '2 routes lost key-auth',
        changes: ['update route disputes-list'],
      }),
      need('unseen', 'prod-ap', { title: 'no answer', since: null, who: 'timeout, try 4' }),
      need('ahead', 'prod-eu', { title: '1 ahead in Git', changes: ['update route refunds-list'] }),
    ],
  )
}
