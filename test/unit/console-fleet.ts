// A fleet for tests of the console: what the screens show, without any gateway.
import type { Finding } from '../../src/governance/finding.ts'
import type { RecordedSync } from '../../src/ledger/journal.ts'
import type { Api } from '../../src/model/api.ts'
import type { Place, Problem, Result } from '../../src/model/problem.ts'
import type { Change, Drift } from '../../src/reconcile/drift.ts'
import type { Plan, PlanStep } from '../../src/reconcile/plan.ts'
import type { PlanFindings } from '../../src/workflows/governance/gate.ts'
import type { WaiverRequest } from '../../src/workflows/governance/waive.ts'
import type {
  FleetView,
  Need,
  PlanChoice,
  PlanMeaning,
  Review,
  SyncEvent,
  SyncOptions,
  TargetView,
  UndoPreparation,
  Workflows,
} from '../../src/workflows/values.ts'

/** The moment at which all tests look. */
export const now = new Date('2026-03-01T02:14:07Z')

export function minutesAgo(minutes: number): Date {
  return new Date(now.getTime() - minutes * 60_000)
}

export function change(name: string, more: Partial<Change> = {}): Change {
  return {
    id: `update route ${name}`,
    kind: 'route',
    key: name,
    operation: 'update',
    name,
    cause: 'git ahead',
    fields: [{ path: 'strip_path', git: false, live: true, base: true, cause: 'git ahead' }],
    needs: [],
    cascades: [],
    ...more,
  }
}

export function drift(target: string, changes: readonly Change[], more: Partial<Drift> = {}): Drift {
  return {
    target,
    changes,
    unknown: [],
    notOurs: [],
    blocked: [],
    ignored: [],
    ignoreRules: [],
    equal: 40,
    ...more,
  }
}

export function target(name: string, more: Partial<TargetView> = {}): TargetView {
  return {
    name,
    environment: 'prod',
    protected: false,
    labels: {},
    address: `http://${name}.test:8001`,
    gateway: 'Kong Gateway 3.9.1',
    reach: { state: 'reached', milliseconds: 31 },
    readAt: now,
    drift: drift(name, []),
    apis: [],
    exposures: [],
    findings: [],
    lastSync: null,
    blocked: null,
    manifestProblems: [],
    ...more,
  }
}

export function api(name: string, more: Partial<Api> = {}): Api {
  return {
    target: 'prod-eu',
    environment: 'prod',
    service: 'payments',
    route: name,
    hosts: ['api.pay.example'],
    paths: [`/${name}`],
    methods: ['GET'],
    protocols: ['https'],
    tags: [],
    authentication: ['key-auth'],
    managed: true,
    specification: null,
    enabled: true,
    unreachable: null,
    ...more,
  }
}

export function need(kind: Need['kind'], where: string, more: Partial<Need> = {}): Need {
  return {
    kind,
    target: where,
    production: true,
    title: `${kind} at ${where}`,
    since: minutesAgo(14),
    who: 'who unknown',
    routesAffected: 0,
    details: [],
    changes: [],
    ...more,
  }
}

export function fleet(targets: readonly TargetView[]): FleetView {
  return {
    name: 'payments',
    origin: {
      repository: 'payments',
      branch: 'main',
      commit: '3f2a9c1e00000000000000000000000000000000',
      edited: 0,
    },
    environments: ['dev', 'staging', 'prod'],
    production: ['prod'],
    targets,
    governance: null,
  }
}

export const problem: Problem = {
  code: 'timeout',
  target: 'prod-ap',
  message: 'prod-ap did not answer within 10 s',
  hint: 'Check the network.',
}

const noMeaning: PlanMeaning = {
  posture: [],
  reaches: '',
  traffic: [],
  onlyTheFix: [],
  confirmByName: false,
  findings: null,
}

/** Workflows over a fleet that a test sets; syncs do what the test says. */
export class FakeWorkflows implements Workflows {
  view: FleetView
  list: readonly Need[]
  meaning: PlanMeaning = noMeaning
  /** What policies find of every plan. */
  planned: PlanFindings | null = null
  /** The waivers that were asked for. */
  readonly waived: ({ readonly finding: string } & WaiverRequest)[] = []
  /** The journals of syncs. */
  syncs: readonly RecordedSync[] = []
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
        notSent: 0,
        problems: [],
        remaining: null,
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
    if (!changes) return { code: 'not-read', target: name, message: `${name} was not read yet` }
    const isIn = (each: Change) =>
      !choice.excluded.has(each.id) && (choice.deletes || each.operation !== 'delete')
    const taken = changes.filter(isIn)
    return {
      plan: planOf(
        name,
        taken,
        changes.filter(each => !isIn(each)),
        choice,
      ),
      meaning: { ...this.meaning, reaches: `${taken.length} changes` },
    }
  }

  async *apply(plan: Plan, signal: AbortSignal, options: SyncOptions = {}): AsyncIterable<SyncEvent> {
    this.applied.push(plan)
    this.options.push(options)
    yield* this.sync(plan, signal)
  }

  async planFindings(): Promise<PlanFindings | null> {
    return this.planned
  }

  async history(): Promise<readonly RecordedSync[]> {
    return this.syncs
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

  async close(): Promise<void> {}
}

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
