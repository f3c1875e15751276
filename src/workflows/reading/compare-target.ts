import { baseOf, emptyLedger, type UnreadLedger } from '../../ledger/ledger.ts'
import type { RawEntity, State } from '../../model/entity.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import type { Schemas } from '../../model/schema.ts'
import { inSlices } from '../../model/slices.ts'
import type { Manifest } from '../../providers/kong/manifest/index.ts'
import type { Session } from '../../providers/session.ts'
import { comparing } from '../../reconcile/compare.ts'
import type { Change, CommitInfo, Drift } from '../../reconcile/drift.ts'
import { applyIgnoreRules, type Ignoring } from '../../reconcile/ignore.ts'
import type { AsLeft } from '../../reconcile/left-behind.ts'
import { maskedAsApplied } from '../../reconcile/masked-as-seen.ts'
import { hasManifests, type TargetSettings, type Workspace } from '../project/workspace.ts'
import { answersText, areAlike, type ComparisonInputs } from './comparison-inputs.ts'
import { readManifestsOf } from './read-manifests.ts'
import { openFor, readSchemas } from './read-target.ts'
import { selectTagsOf, statesOf } from './target-states.ts'

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
  /** What is live as a sync left it that the ledger does not know of. */
  readonly asLeft: AsLeft
  readonly ignoring: Ignoring
  readonly ledger: UnreadLedger
  /** What a write of the ledger expects to replace. */
  readonly ledgerVersion: string | null
  readonly readAt: Date
  readonly milliseconds: number
  /** What it was made from; null: not from the manifests. */
  readonly inputs: ComparisonInputs | null
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

/** What is known when a target is compared. */
export interface CompareOptions {
  /** Entities whose schemas are wanted too. */
  readonly besides?: readonly RawEntity[]
  /** An earlier comparison of this target: where all is read as it was then, nothing is compared again. */
  readonly earlier?: Compared | undefined
  /** Whether it will be compared again. */
  readonly again?: boolean
  /** False: nobody asks what it means for requests, so that the gateway is not asked what decides that. */
  readonly routing?: boolean
}

/** Reads manifests, ledger and gateway of a target side by side, and compares them. */
export async function compareTarget(
  workspace: Workspace,
  target: TargetSettings,
  signal: AbortSignal,
  { besides = [], earlier, again = earlier !== undefined, routing = true }: CompareOptions = {},
): Promise<Result<Compared, NotCompared>> {
  const started = performance.now()
  const manifestReading = readManifestsOf(workspace, target)
  const [manifest, stored, opened] = await Promise.all([
    manifestReading,
    workspace.ledgers.read(target.name),
    openFor(target, manifestReading, signal, { secrets: workspace.digests, digests: again, routing }),
  ])
  if (!manifest.ok || !opened.ok) {
    if (opened.ok) await opened.value.session[Symbol.asyncDispose]()
    return fail({
      manifestProblems: manifest.ok ? [] : manifest.error,
      gatewayProblems: opened.ok ? [] : opened.error,
    })
  }
  const { session, raws, coverage, unmodelled, digests, ahead } = opened.value
  const { schemas, gaps, variants } = await readSchemas(
    session,
    [...raws, ...manifest.value.entities, ...besides],
    signal,
  )
  const known = new Map(coverage)
  for (const [kind, reason] of gaps)
    if (known.get(kind)?.complete) known.set(kind, { complete: false, reason })
  const { version: ledgerVersion } = stored
  const readAt = workspace.now()
  const inputs: ComparisonInputs = {
    settings: target,
    manifest: manifest.value,
    live: answersText(known, digests),
    schemas,
    variants,
    unmodelled,
    ledgerVersion,
    at: readAt,
  }
  const milliseconds = (): number => Math.round(performance.now() - started)
  if (earlier?.inputs && areAlike(earlier.inputs, inputs))
    return succeed({ ...earlier, session, inputs, readAt, milliseconds: milliseconds() })
  const nothingApplied = emptyLedger(target.name, workspace.digests.keyId)
  const ledger = stored.ledger ?? { read: () => succeed(nothingApplied) }
  // In slices: a console that reads the fleet again goes on drawing meanwhile.
  const states = await inSlices(
    statesOf({
      workspace,
      target,
      manifest: manifest.value,
      raws,
      coverage: known,
      schemas,
      variants,
      ahead,
      unmodelled,
    }),
  )
  if (!states.ok) {
    await session[Symbol.asyncDispose]()
    return fail({ manifestProblems: states.error, gatewayProblems: [] })
  }
  const ignoring = applyIgnoreRules({
    ...states.value,
    schemas,
    rules: target.ignore,
    now: readAt,
  })
  const { desired } = ignoring
  const base = baseOf(ledger, workspace.digests.keyId)
  const drift = await inSlices(
    comparing({
      nothingWanted: !hasManifests(target),
      target: target.name,
      live: states.value.live,
      desired,
      ignoring,
      base,
      secrets: workspace.digests,
      schemas,
      selectTags: selectTagsOf(manifest.value, target),
      lookupTags: manifest.value.lookupTags,
    }),
  )
  // Asked for only where there are differences to find the cause of; it was parsed then.
  const causes = drift.changes.length > 0 ? ledger.read() : undefined
  const [causesUnknown] = causes && !causes.ok ? causes.error : []
  const told = await withUnrecordedSyncs(
    workspace,
    target,
    { ledger, desired, live: states.value.live, schemas },
    causesUnknown ? { ...drift, causesUnknown } : drift,
  )
  return succeed({
    target,
    session,
    manifest: manifest.value,
    live: maskedAsApplied(states.value, drift.changes, base, workspace.digests),
    desired,
    ignoring,
    schemas,
    drift: told.drift,
    asLeft: told.asLeft,
    ledger,
    ledgerVersion,
    readAt,
    milliseconds: milliseconds(),
    inputs: told.isLasting ? inputs : null,
  })
}

/** A drift with what syncs did that the ledger does not know of; not lasting: one of them goes on. */
async function withUnrecordedSyncs(
  workspace: Workspace,
  target: TargetSettings,
  { ledger, ...states }: Pick<Compared, 'ledger' | 'desired' | 'live' | 'schemas'>,
  drift: Drift,
): Promise<{ readonly drift: Drift; readonly asLeft: AsLeft; readonly isLasting: boolean }> {
  const asLeft: AsLeft = new Map()
  if (drift.changes.length === 0) return { drift, asLeft, isLasting: true }
  // Journals are read only where something differs, and what reads them is loaded then.
  const { unrecorded, unrecordedSyncs } = await import('./unrecorded.ts')
  const syncs = await unrecordedSyncs(workspace, target, ledger)
  if (syncs.length === 0) return { drift, asLeft, isLasting: true }
  const { withUnrecorded } = await import('../../reconcile/left-behind.ts')
  const known = await Promise.all(syncs.map(sync => unrecorded(workspace, target, sync)))
  const isLasting = syncs.every((sync, i) => sync.ended || known[i]?.cutOff)
  return { ...withUnrecorded(drift, known, states), isLasting }
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
