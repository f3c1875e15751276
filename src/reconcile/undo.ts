import { type Entity, type EntityRef, entityAt, refText, type State } from '../model/entity.ts'
import { asString, equalJson, isArray, type JsonObject } from '../model/json.ts'
import { kindOf } from '../model/kinds/index.ts'
import type { Problem } from '../model/problem.ts'
import type { Schemas } from '../model/schema.ts'
import { givenLeaves } from './changes.ts'
import type { Blocked, Change, Drift } from './drift.ts'
import { valueAt } from './fields.ts'
import { comparable } from './make-plan.ts'
import type { Plan, Precondition } from './plan.ts'

/** What a sync did to its target: its plan, and the changes of it that were sent. */
export interface DoneSync {
  readonly plan: Plan
  /** Ids of changes. */
  readonly sent: ReadonlySet<string>
}

/**
 * A target as it was before a sync: what is there now, with the entities that the sync changed as its plan saw them.
 * What somebody changed since stays as it is, and is told. Pure.
 */
export function stateBefore(
  live: State,
  schemas: Schemas,
  { plan, sent }: DoneSync,
): { readonly state: State; readonly kept: readonly Blocked[] } {
  const entities = new Map([...live.entities].map(([kind, byKey]) => [kind, new Map(byKey)]))
  const images = new Map(plan.preconditions.map(each => [refText(each.entity), each]))
  const names = new Map(plan.changes.map(change => [refText(change), change.name]))
  const kept: Blocked[] = []
  const restore = (ref: EntityRef, at: EntityRef): void => {
    const image = images.get(refText(ref))
    if (!image?.fields) return
    const byKey = entities.get(ref.kind) ?? new Map<string, Entity>()
    entities.set(ref.kind, byKey)
    byKey.set(at.key, entityOf(image, image.fields, at.key, names.get(refText(ref)) ?? ref.key))
  }
  for (const [, changes] of Map.groupBy(plan.changes, refText)) {
    const done = changes.filter(change => sent.has(change.id))
    const [change] = done
    // What can't be read was neither deleted nor changed as far as anybody knows: the comparison says why.
    if (!change || isUnread(live, change)) continue
    const there = whereNow(change, images.get(refText(change)), live)
    const moved = movedSince(done, there, images.get(refText(change)), schemas, plan.target)
    if (moved) kept.push({ entity: { kind: change.kind, key: change.key }, reason: moved })
    else if (done.some(each => each.operation !== 'create')) restore(change, there ?? change)
    else if (there) entities.get(there.kind)?.delete(there.key)
    for (const ref of done.flatMap(each => each.cascades))
      if (!entityAt(live, ref) && !isUnread(live, ref)) restore(ref, ref)
  }
  return { state: { entities, coverage: live.coverage }, kept }
}

function isUnread(live: State, { kind }: EntityRef): boolean {
  return live.coverage.get(kind)?.complete === false
}

/** A drift without changes for which a secret is missing, and without all that needs those; they are told as blocked. */
export function withoutLostSecrets(drift: Drift, lost: ReadonlySet<string>): Drift {
  const out = new Map<string, Problem>()
  for (const change of drift.changes) {
    if (lost.has(change.id)) out.set(change.id, lostSecret(change, drift.target))
  }
  for (let before = -1; before !== out.size; ) {
    before = out.size
    for (const change of drift.changes) {
      const need = out.has(change.id) ? undefined : change.needs.find(each => out.has(each))
      if (need !== undefined) out.set(change.id, notWithout(change, need, drift.target))
    }
  }
  return {
    ...drift,
    changes: drift.changes.filter(change => !out.has(change.id)),
    blocked: [
      ...drift.blocked,
      ...drift.changes.flatMap(({ id, kind, key }) => {
        const reason = out.get(id)
        return reason ? [{ entity: { kind, key }, reason }] : []
      }),
    ],
  }
}

/** The entity as it is now: by its key, or by its id where it goes by another name now. */
function whereNow(change: Change, image: Precondition | undefined, live: State): Entity | undefined {
  const there = entityAt(live, change)
  if (there || !image?.id) return there
  return [...(live.entities.get(change.kind)?.values() ?? [])].find(entity => entity.id === image.id)
}

/** Why an entity is neither as the sync left it nor as it was before; undefined: it is one of the two. */
function movedSince(
  changes: readonly Change[],
  there: Entity | undefined,
  image: Precondition | undefined,
  schemas: Schemas,
  target: string,
): Problem | undefined {
  const [change] = changes
  const last = changes.find(each => each.operation !== 'delete') ?? change
  if (!change || !last) return undefined
  const told = (what: string): Problem => ({
    code: 'changed-since',
    target,
    message: `${change.kind} ${change.name} ${what} since that sync, and stays as it is`,
    hint: 'Look at it, and change it by hand or in Git if it is not as it should be.',
  })
  if (!there) return last.operation === 'update' ? told('was deleted') : undefined
  const fields = comparable(there.fields, there.refs)
  const asBefore = image?.fields !== undefined && equalJson(fields, image.fields)
  if (last.operation === 'delete') return asBefore ? undefined : told('was created again')
  return asBefore || isAsLeft(last, there, fields, schemas) ? undefined : told('was changed')
}

/** Whether an entity is as a change left it. What the gateway keeps as a hash, or made up itself, can't be told. */
function isAsLeft(change: Change, there: Entity, fields: JsonObject, schemas: Schemas): boolean {
  const kind = kindOf(change.kind)
  const same = change.fields.every(
    ({ path, git }) => path === kind?.hashed?.field || equalJson(valueAt(fields, path) ?? null, git ?? null),
  )
  if (!same || change.operation === 'update' || kind?.slot) return same
  const written = new Set(change.fields.map(field => field.path))
  return givenLeaves(there, schemas).every(({ path }) => written.has(path) || path === kind?.hashed?.field)
}

/** An entity from what a plan saw of it, where references stand as names among the fields. */
function entityOf(image: Precondition, seen: JsonObject, key: string, name: string): Entity {
  const foreign = kindOf(image.entity.kind)?.foreign ?? {}
  const refs: Record<string, EntityRef> = {}
  const fields = { ...seen }
  for (const field in foreign) {
    const to = asString(fields[field])
    const kind = foreign[field]?.kind
    delete fields[field]
    if (to !== undefined && kind !== undefined) refs[field] = { kind, key: to }
  }
  const { tags } = fields
  return {
    kind: image.entity.kind,
    key,
    name,
    ...(image.id === null ? {} : { id: image.id }),
    fields,
    refs,
    tags: isArray(tags) ? tags.filter(tag => typeof tag === 'string') : [],
  }
}

function lostSecret(change: Change, target: string): Problem {
  return {
    code: 'secret-lost',
    target,
    message: `${change.kind} ${change.name} can’t be put back: a secret of it is kept nowhere that gatewatch can read`,
    hint: 'Put the secret into the manifest again, and sync.',
  }
}

function notWithout(change: Change, need: string, target: string): Problem {
  return {
    code: 'secret-lost',
    target,
    message: `${change.kind} ${change.name} can’t be put back without what it needs: ${need}`,
    hint: 'Put that into the manifest again, and sync.',
  }
}
