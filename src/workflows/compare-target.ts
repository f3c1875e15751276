import type { SchemaReading, Session } from '../gateways/gateway.ts'
import { openGateway } from '../gateways/index.ts'
import { baseOf, emptyLedger, type Ledger } from '../ledger/ledger.ts'
import type { Manifest } from '../manifest/index.ts'
import type { Coverage, Kind, RawEntity, State } from '../model/entity.ts'
import { asString } from '../model/json.ts'
import { kindOf } from '../model/kinds/index.ts'
import { fail, type Problem, type Result, succeed } from '../model/problem.ts'
import type { Schemas } from '../model/schema.ts'
import { inSlices } from '../model/slices.ts'
import { noBase } from '../reconcile/base.ts'
import { comparing } from '../reconcile/compare.ts'
import type { Change, CommitInfo, Drift } from '../reconcile/drift.ts'
import { applyIgnoreRules, type Ignoring } from '../reconcile/ignore.ts'
import { readManifestsOf } from './read-manifests.ts'
import { kindsOf, selectTagsOf, statesOf } from './target-states.ts'
import { hasManifests, type TargetSettings, type Workspace } from './workspace.ts'

/** One target, read and compared. The session stays open until it is disposed of. */
export interface Compared {
  readonly target: TargetSettings
  readonly session: Session
  readonly manifest: Manifest
  /** What the manifests want, with ignored fields as the gateway has them. */
  readonly desired: State
  readonly live: State
  readonly schemas: Schemas
  readonly drift: Drift
  readonly ignoring: Ignoring
  readonly ledger: Ledger
  /** What a write of the ledger expects to replace. */
  readonly ledgerVersion: string | null
  readonly readAt: Date
  readonly milliseconds: number
}

/** Why a target could not be compared: its manifests, or the gateway. */
export interface NotCompared {
  readonly manifestProblems: readonly Problem[]
  readonly gatewayProblems: readonly Problem[]
}

/** What to tell a person: what is wrong with the manifests comes first, for without them the gateway is no matter. */
export function problemsOf(error: NotCompared): readonly Problem[] {
  return error.manifestProblems.length > 0 ? error.manifestProblems : error.gatewayProblems
}

/**
 * Reads manifests, ledger and gateway of a target side by side, and compares them. `besides` are entities whose schemas
 * are wanted too.
 */
export async function compareTarget(
  workspace: Workspace,
  target: TargetSettings,
  signal: AbortSignal,
  besides: readonly RawEntity[] = [],
): Promise<Result<Compared, NotCompared>> {
  const started = performance.now()
  const manifestReading = readManifestsOf(workspace, target)
  const [manifest, stored, opened] = await Promise.all([
    manifestReading,
    workspace.ledgers.read(target.name),
    openFor(target, manifestReading, signal),
  ])
  if (!manifest.ok || !stored.ok || !opened.ok) {
    if (opened.ok) await opened.value.session[Symbol.asyncDispose]()
    return fail({
      manifestProblems: [...(manifest.ok ? [] : manifest.error), ...(stored.ok ? [] : stored.error)],
      gatewayProblems: opened.ok ? [] : opened.error,
    })
  }
  const { session, raws, coverage } = opened.value
  const { schemas, gaps } = await readSchemas(
    session,
    [...raws, ...manifest.value.entities, ...besides],
    signal,
  )
  const known = new Map(coverage)
  for (const [kind, reason] of gaps)
    if (known.get(kind)?.complete) known.set(kind, { complete: false, reason })
  const ledger = stored.value.ledger ?? emptyLedger(target.name, workspace.digests.keyId)
  // In slices: a console that reads the fleet again goes on drawing meanwhile.
  const states = await inSlices(statesOf(workspace, target, manifest.value, raws, known, schemas))
  if (!states.ok) {
    await session[Symbol.asyncDispose]()
    return fail({ manifestProblems: states.error, gatewayProblems: [] })
  }
  const ignoring = applyIgnoreRules({
    ...states.value,
    schemas,
    rules: target.ignore,
    now: workspace.now(),
  })
  const { desired } = ignoring
  const drift = await inSlices(
    comparing({
      nothingWanted: !hasManifests(target),
      target: target.name,
      live: states.value.live,
      desired,
      ignoring,
      base: stored.value.ledger ? baseOf(ledger, workspace.digests.keyId) : noBase,
      schemas,
      selectTags: selectTagsOf(manifest.value, target),
      lookupTags: manifest.value.lookupTags,
    }),
  )
  return succeed({
    target,
    session,
    manifest: manifest.value,
    live: states.value.live,
    desired,
    ignoring,
    schemas,
    drift,
    ledger,
    ledgerVersion: stored.value.version,
    readAt: workspace.now(),
    milliseconds: Math.round(performance.now() - started),
  })
}

/** Connects to a target, in the workspace that its manifests name where the target itself names none. */
async function openFor(
  target: TargetSettings,
  reading: Promise<Result<Manifest>>,
  signal: AbortSignal,
): Promise<Result<Opened>> {
  const usual = openTarget(target, signal)
  const manifest = await reading
  if (!manifest.ok) return usual
  const { workspace, controlPlane } = manifest.value
  const opened = await (workspace === undefined ? usual : openInWorkspace(target, workspace, usual, signal))
  if (!opened.ok || controlPlane === undefined) return opened
  const { session } = opened.value
  if (session.identity.controlPlane === controlPlane) return opened
  await session[Symbol.asyncDispose]()
  return fail([
    {
      code: 'other-control-plane',
      target: target.name,
      message: `the manifests are for the Konnect control plane ${controlPlane}, and ${session.identity.address} is none`,
      hint: 'Name their own target for them, or take _konnect out of them.',
    },
  ])
}

async function openInWorkspace(
  target: TargetSettings,
  workspace: string,
  usual: Promise<Result<Opened>>,
  signal: AbortSignal,
): Promise<Result<Opened>> {
  const connection = target.connection()
  if (!connection.ok || connection.value.workspace !== undefined) return usual
  const needless = await usual
  if (needless.ok) await needless.value.session[Symbol.asyncDispose]()
  return openTarget({ ...target, connection: () => succeed({ ...connection.value, workspace }) }, signal)
}

interface Opened {
  readonly session: Session
  readonly raws: readonly RawEntity[]
  readonly coverage: ReadonlyMap<Kind, Coverage>
}

/** Connects to a target and reads all its kinds. */
export async function openTarget(target: TargetSettings, signal: AbortSignal): Promise<Result<Opened>> {
  const connection = target.connection()
  if (!connection.ok) return connection
  const session = await openGateway(connection.value, signal)
  if (!session.ok) return session
  const raws: RawEntity[] = []
  const coverage = new Map<Kind, Coverage>()
  for await (const event of session.value.read({ kinds: kindsOf(target) }, signal)) {
    if (event.type === 'entity') raws.push(event.entity)
    else if (event.type === 'complete') coverage.set(event.kind, { complete: true })
    else coverage.set(event.kind, { complete: false, reason: event.reason })
  }
  const reasons = [...coverage.values()].flatMap(each => (each.complete ? [] : [each.reason]))
  const first = reasons.find(reason => reason.code !== 'not-supported') ?? reasons[0]
  if (first && reasons.length === coverage.size) {
    await session.value[Symbol.asyncDispose]()
    return fail([first])
  }
  return succeed({ session: session.value, raws, coverage })
}

/** The schemas of the kinds and of their variants that occur. */
export function readSchemas(
  session: Session,
  raws: readonly RawEntity[],
  signal: AbortSignal,
): Promise<SchemaReading> {
  const occurring = new Set(raws.map(raw => raw.kind))
  const variants = new Map<Kind, Set<string>>()
  for (const { kind, fields } of raws) {
    const field = kindOf(kind)?.variant
    const name = field === undefined ? undefined : asString(fields[field])
    if (name === undefined) continue
    const names = variants.get(kind) ?? new Set()
    variants.set(kind, names.add(name))
  }
  return session.schemas([...occurring], variants, signal)
}

/**
 * Adds who wrote what each change comes from: the line of its first field, or else of the entity. Without Git, or
 * where blame fails, changes stay as they are.
 */
export async function withCommits(
  workspace: Workspace,
  changes: readonly Change[],
): Promise<readonly Change[]> {
  const { repository, commit } = workspace
  if (!repository || changes.length === 0) return changes
  const placed = changes.flatMap(change => {
    const place = change.fields[0]?.source ?? change.source
    return place ? [{ change, place }] : []
  })
  const found = new Map<string, CommitInfo>()
  await Promise.all(
    [...Map.groupBy(placed, each => each.place.file)].map(async ([file, group]) => {
      const lines = group.map(each => each.place.line)
      const blamed =
        commit === null
          ? await repository.blameWorkTree(file, lines)
          : await repository.blame(commit, file, lines)
      if (!blamed.ok) return
      for (const { change, place } of group) {
        const info = blamed.value.get(place.line)
        if (info) found.set(change.id, info)
      }
    }),
  )
  return changes.map(change => {
    const info = found.get(change.id)
    return info ? { ...change, commit: info } : change
  })
}
