import { type Entity, type EntityRef, isSecretMark } from '../../model/entity.ts'
import { digestsIn } from '../../model/masking/secret-marks.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import { entityAt, type State } from '../../model/state/state.ts'
import type { Step } from '../../providers/session.ts'
import { changeId } from '../drift/changes.ts'
import type { Change } from '../drift/drift.ts'
import type { PlanStep } from './plan.ts'

/**
 * Steps with the secrets of the gateway that are gone after each: those that can be sealed first, so that the step can
 * be taken back, and whether one is kept only as a hash, which can't be written back.
 */
export function withLosses(
  steps: readonly Step[],
  changes: readonly Change[],
  live: State,
): readonly PlanStep[] {
  const byId = new Map(changes.map(change => [change.id, change]))
  // A change that takes several steps is judged at its end.
  const ends = new Map<string, Step>()
  for (const step of steps)
    for (const id of step.covers) if (step.order >= (ends.get(id)?.order ?? step.order)) ends.set(id, step)
  return steps.map(step => {
    const covered = step.covers.flatMap(id => (ends.get(id) === step ? (byId.get(id) ?? []) : []))
    // Losses of an entity with a delete of its own are judged there.
    const cascades = step.cascades.filter(ref => !byId.has(changeId('delete', ref)))
    const losses = [
      ...covered.flatMap(change => lossesOf(change, live)),
      ...cascades.flatMap(ref => lossesOfAll(entityAt(live, ref), live.kinds)),
    ]
    const overwrites = [...new Set(losses.flatMap(loss => loss.digests))]
    return {
      ...step,
      reversible: hashedText(losses.filter(loss => loss.isHash).map(loss => loss.ref)),
      ...(overwrites.length === 0 ? {} : { overwrites }),
    }
  })
}

/** What one entity loses. */
interface Loss {
  readonly ref: EntityRef & { readonly name: string }
  /** Digests of secrets. */
  readonly digests: readonly string[]
  /** Whether it loses a secret that is kept as a hash. */
  readonly isHash: boolean
}

function lossesOf(change: Change, live: State): readonly Loss[] {
  const entity = change.operation === 'create' ? undefined : entityAt(live, change)
  if (!entity) return []
  const variant = live.kinds.of(entity.kind)?.fields?.variant
  const isWhole =
    change.operation === 'delete' ||
    (variant !== undefined && change.fields.some(({ path }) => path === variant))
  if (isWhole) return lossesOfAll(entity, live.kinds)
  const hash = hashOf(entity, live.kinds)
  const digests = change.fields
    .filter(({ path }) => path !== hash?.field)
    .flatMap(({ live, git }) => {
      const kept = new Set(digestsIn(git ?? null))
      return digestsIn(live ?? null).filter(digest => !kept.has(digest))
    })
  const isHash = hash !== undefined && change.fields.some(({ path }) => path === hash.field)
  return digests.length > 0 || isHash ? [{ ref: entity, digests, isHash }] : []
}

function lossesOfAll(entity: Entity | undefined, kinds: Kinds): readonly Loss[] {
  if (!entity) return []
  const hash = hashOf(entity, kinds)
  const digests = digestsIn(entity.fields).filter(digest => digest !== hash?.digest)
  return digests.length > 0 || hash ? [{ ref: entity, digests, isHash: hash !== undefined }] : []
}

/** The secret of an entity that its gateway keeps only as a hash. */
export function hashOf(
  { kind, fields }: Entity,
  kinds: Kinds,
): { readonly field: string; readonly digest: string } | undefined {
  const hashed = kinds.of(kind)?.secrets?.hashed
  const mark = hashed ? fields[hashed.field] : undefined
  if (!hashed || !isSecretMark(mark) || !hashed.isHash(fields)) return undefined
  return { field: hashed.field, digest: mark.$secret }
}

function hashedText(refs: readonly (EntityRef & { readonly name: string })[]): true | string {
  const [first, ...rest] = refs
  if (!first) return true
  const more = rest.length === 0 ? '' : `, and of ${rest.length} more,`
  return `a secret of ${first.kind} ${first.name}${more} is kept only as a hash`
}
