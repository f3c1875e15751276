import { emptyLedger, type UnreadLedger } from '../../ledger/ledger.ts'
import type { RawEntity } from '../../model/entity.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import type { Schemas } from '../../model/schema/schema.ts'
import { buildStateSliced } from '../../model/state/build-state.ts'
import { KnownKeys } from '../../model/state/known-keys.ts'
import type { State } from '../../model/state/state.ts'
import { inSlices } from '../../model/time-slices.ts'
import type { Manifest } from '../../providers/manifest.ts'
import type { Session } from '../../providers/session.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import { entitiesOfPlan } from '../../reconcile/undo/state-before.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { noManifest, readManifestsOf } from './read-manifests.ts'
import { openFor, openTarget, readSchemas } from './read-target.ts'
import { atRouter, ofTarget, wantedStateSliced } from './target-states.ts'

/** A target as it is, whatever its manifests say, with entities named as a plan names them. */
export interface ReadForUndo {
  readonly session: Session
  readonly manifest: Manifest
  /** What the manifests want; null: they can't be read. */
  readonly wanted: State | null
  readonly raws: readonly RawEntity[]
  readonly live: State
  readonly schemas: Schemas
  readonly ledger: UnreadLedger
  readonly ledgerVersion: string | null
  readonly readAt: Date
}

/**
 * Reads a target for a plan that was made for it earlier, in the plan's workspace. Manifests are read too if they can
 * be, because they hold secrets. Unreadable ones stop nothing.
 */
export async function readForUndo(
  project: Project,
  target: GatewayTarget,
  plan: Plan,
  signal: AbortSignal,
): Promise<Result<ReadForUndo>> {
  const elsewhere = otherWorkspace(target, plan)
  if (elsewhere) return fail([elsewhere])
  const reading = readManifestsOf(project, target)
  const options = { secrets: project.digests, routing: true }
  const [read, stored, opened] = await Promise.all([
    reading,
    project.ledgers.read(target.name, target.provider.kinds),
    plan.version === 1
      ? openFor(target, reading, signal, options)
      : openTarget(inWorkspaceOf(target, plan), signal, options),
  ])
  if (!opened.ok) return opened
  const { session, raws, coverage, unmodelled, routing, ahead } = opened.value
  const { address } = session.identity
  if (address !== plan.address) {
    await session[Symbol.asyncDispose]()
    return fail([
      {
        code: 'other-address',
        target: target.name,
        message: `that sync was made at ${plan.address}, but ${target.name} is now ${address}: nothing is taken back there`,
        hint: 'If it is the same gateway, let the target name the address of that sync.',
      },
    ])
  }
  const { kinds } = target.provider
  const manifest = read.ok ? read.value : noManifest
  const seen = plan.preconditions.flatMap(({ entity, fields }) =>
    fields ? [{ kind: entity.kind, fields }] : [],
  )
  const { schemas, gaps, variants } = await readSchemas(
    session,
    kinds,
    [...raws, ...manifest.entities, ...seen],
    signal,
  )
  const known = new Map(coverage)
  for (const [kind, reason] of gaps)
    if (known.get(kind)?.state === 'complete') known.set(kind, { state: 'unread', reason })
  const there = ofTarget(target, raws)
  const desired = read.ok
    ? await inSlices(wantedStateSliced({ project, target, manifest, schemas, variants, routing }, there))
    : undefined
  const wanted = desired?.ok ? atRouter(desired.value, unmodelled) : null
  const live = await inSlices(
    buildStateSliced({
      kinds,
      routing,
      from: 'gateway',
      raws: there,
      coverage: known,
      schemas,
      secrets: project.digests,
      known: new KnownKeys(merged(wanted, entitiesOfPlan(plan, kinds))),
      ahead,
    }),
  )
  const nothingApplied = emptyLedger(target.name, project.digests.keyId)
  return succeed({
    session,
    manifest: wanted ? manifest : noManifest,
    wanted,
    raws: there,
    live: atRouter(live.state, unmodelled),
    schemas,
    ledger: stored.ledger ?? { read: () => succeed(nothingApplied) },
    ledgerVersion: stored.version,
    readAt: project.now(),
  })
}

/** Where both know an entity, it is called as in the second one. */
function merged(first: State | null, second: State): State {
  if (!first) return second
  const entities = new Map([...first.entities].map(([kind, byKey]) => [kind, new Map(byKey)]))
  for (const [kind, byKey] of second.entities)
    entities.set(kind, new Map([...(entities.get(kind) ?? []), ...byKey]))
  return { ...first, entities }
}

function inWorkspaceOf(target: GatewayTarget, plan: Plan): GatewayTarget {
  return {
    ...target,
    connection() {
      const connection = target.connection()
      return connection.ok && plan.workspace !== undefined
        ? succeed({ ...connection.value, workspace: plan.workspace })
        : connection
    },
  }
}

/** The workspace that a target itself names; undefined: its manifests may name one. */
export function namedWorkspace(target: GatewayTarget): string | undefined {
  const connection = target.connection()
  return connection.ok ? connection.value.workspace : undefined
}

/** The workspace of a plan; undefined: its version didn't record it. */
export function workspaceOf(plan: Plan): string | undefined {
  return plan.version === 1 ? plan.workspace : (plan.workspace ?? 'default')
}

function otherWorkspace(target: GatewayTarget, plan: Plan): Problem | undefined {
  const [named, of] = [namedWorkspace(target), workspaceOf(plan)]
  if (named === undefined || of === undefined || named === of) return undefined
  return {
    code: 'other-workspace',
    target: target.name,
    message: `that sync was made in the workspace ${of}, but ${named} is named`,
    hint: `Name that workspace: --workspace ${of}`,
  }
}
