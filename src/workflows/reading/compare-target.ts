import { baseOf, emptyLedger, type UnreadLedger } from '../../ledger/ledger.ts'
import type { RawEntity } from '../../model/entity.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import type { Schemas } from '../../model/schema/schema.ts'
import type { State } from '../../model/state/state.ts'
import { inSlices } from '../../model/time-slices.ts'
import type { Manifest } from '../../providers/manifest.ts'
import type { Session } from '../../providers/session.ts'
import { compareSliced } from '../../reconcile/drift/compare.ts'
import type { Change, Drift, LineCommit } from '../../reconcile/drift/drift.ts'
import { applyIgnoreRules, type Ignoring } from '../../reconcile/drift/ignore.ts'
import { maskedAsApplied } from '../../reconcile/drift/masked-as-seen.ts'
import type { AsLeft } from '../../reconcile/undo/left-behind.ts'
import { type GatewayTarget, hasManifests, type Project } from '../project/project.ts'
import { answersText, areAlike, type ComparisonInputs } from './comparison-inputs.ts'
import { readManifestsOf } from './read-manifests.ts'
import { openFor, readSchemas } from './read-target.ts'
import { selectTagsOf, statesSliced } from './target-states.ts'

/** One target, read and compared. The session stays open until it is disposed of. */
export interface Compared {
  readonly target: GatewayTarget
  readonly session: Session
  readonly manifest: Manifest
  /** What the manifests want, with ignored fields as the gateway has them. */
  readonly desired: State
  readonly live: State
  readonly schemas: Schemas
  readonly drift: Drift
  /** The live entities that a sync left in a state that the ledger doesn't know about. */
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

/** What to report: problems of the manifests come first, because without them the gateway doesn't matter. */
export function problemsOf(error: NotCompared): readonly Problem[] {
  return error.manifestProblems.length > 0 ? error.manifestProblems : error.gatewayProblems
}

/** What is known when a target is compared. */
export interface CompareOptions {
  /** Entities whose schemas are wanted too. */
  readonly besides?: readonly RawEntity[]
  /** An earlier comparison of this target: if everything reads the same, nothing is compared again. */
  readonly earlier?: Compared | undefined
  /** Whether it will be compared again. */
  readonly again?: boolean
  /** False: nobody asks about the effect on requests, so the gateway isn't asked what determines that. */
  readonly routing?: boolean
}

/** Reads manifests, ledger and gateway of a target side by side, and compares them. */
export async function compareTarget(
  project: Project,
  target: GatewayTarget,
  signal: AbortSignal,
  { besides = [], earlier, again = earlier !== undefined, routing = true }: CompareOptions = {},
): Promise<Result<Compared, NotCompared>> {
  const started = performance.now()
  const manifestReading = readManifestsOf(project, target)
  const [manifest, stored, opened] = await Promise.all([
    manifestReading,
    project.ledgers.read(target.name, target.provider.kinds),
    openFor(target, manifestReading, signal, { secrets: project.digests, digests: again, routing }),
  ])
  if (!manifest.ok || !opened.ok) {
    if (opened.ok) await opened.value.session[Symbol.asyncDispose]()
    return fail({
      manifestProblems: manifest.ok ? [] : manifest.error,
      gatewayProblems: opened.ok ? [] : opened.error,
    })
  }
  const { session, raws, coverage, unmodelled, routing: model, digests, ahead } = opened.value
  const { schemas, gaps, variants } = await readSchemas(
    session,
    target.provider.kinds,
    [...raws, ...manifest.value.entities, ...besides],
    signal,
  )
  const known = new Map(coverage)
  for (const [kind, reason] of gaps)
    if (known.get(kind)?.state === 'complete') known.set(kind, { state: 'unread', reason })
  const { version: ledgerVersion } = stored
  const readAt = project.now()
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
  const nothingApplied = emptyLedger(target.name, project.digests.keyId)
  const ledger = stored.ledger ?? { read: () => succeed(nothingApplied) }
  // In slices: a console that reads the fleet again keeps drawing meanwhile.
  const states = await inSlices(
    statesSliced({
      project,
      target,
      manifest: manifest.value,
      raws,
      coverage: known,
      schemas,
      variants,
      ahead,
      unmodelled,
      routing: model,
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
  const base = baseOf(ledger, project.digests.keyId)
  const drift = await inSlices(
    compareSliced({
      nothingWanted: !hasManifests(target),
      target: target.name,
      live: states.value.live,
      desired,
      ignoring,
      base,
      secrets: project.digests,
      schemas,
      selectTags: selectTagsOf(manifest.value, target),
      lookupTags: manifest.value.lookupTags,
    }),
  )
  // Requested only if there are differences that need a cause; it has been parsed by then.
  const causes = drift.changes.length > 0 ? ledger.read() : undefined
  const [causesUnknown] = causes && !causes.ok ? causes.error : []
  const told = await withUnrecordedSyncs(
    project,
    target,
    { ledger, desired, live: states.value.live, schemas },
    causesUnknown ? { ...drift, causesUnknown } : drift,
  )
  return succeed({
    target,
    session,
    manifest: manifest.value,
    live: maskedAsApplied(states.value, drift.changes, base, project.digests),
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

/** A drift with what syncs did that the ledger doesn't know about; not lasting: one of them is still running. */
async function withUnrecordedSyncs(
  project: Project,
  target: GatewayTarget,
  { ledger, ...states }: Pick<Compared, 'ledger' | 'desired' | 'live' | 'schemas'>,
  drift: Drift,
): Promise<{ readonly drift: Drift; readonly asLeft: AsLeft; readonly isLasting: boolean }> {
  const asLeft: AsLeft = new Map()
  if (drift.changes.length === 0) return { drift, asLeft, isLasting: true }
  // Journals are read only if something differs, and their reader is loaded then.
  const { unrecorded, unrecordedSyncs } = await import('./unrecorded.ts')
  const syncs = await unrecordedSyncs(project, target, ledger)
  if (syncs.length === 0) return { drift, asLeft, isLasting: true }
  const { withUnrecorded } = await import('../../reconcile/undo/left-behind.ts')
  const known = await Promise.all(syncs.map(sync => unrecorded(project, target, sync)))
  const isLasting = syncs.every((sync, i) => sync.ended || known[i]?.cutOff)
  return { ...withUnrecorded(drift, known, states), isLasting }
}

/**
 * Adds who wrote the origin of each change: the line of its first field, or else of the entity. Without Git, or if
 * blame fails, changes stay unmodified.
 */
export async function withCommits(project: Project, changes: readonly Change[]): Promise<readonly Change[]> {
  const { repository, commit } = project
  if (!repository || changes.length === 0) return changes
  const placed = changes.flatMap(change => {
    const place = change.fields[0]?.source ?? change.source
    return place ? [{ change, place }] : []
  })
  const found = new Map<string, LineCommit>()
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
