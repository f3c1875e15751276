import {
  type Entity,
  type EntityRef,
  entityAt,
  type Kind,
  refText,
  type State,
} from '../../../model/entity.ts'
import type { JsonObject } from '../../../model/json.ts'
import type { KindDefinition } from '../../../model/kind-definition.ts'
import { fail, type Problem, type Result, succeed } from '../../../model/problem.ts'
import type { Schemas } from '../../../model/schema.ts'
import { digestsIn, hasMarks, shownValue } from '../../../model/secrets.ts'
import type { Change } from '../../../reconcile/drift/drift.ts'
import type { Step } from '../../session.ts'
import { kinds } from '../kinds/index.ts'
import { becomesAnother, changedFields, givenFields, type IdOf } from './bodies.ts'
import { type Ids, liveIds, writtenIds } from './ids.ts'
import { firstDeleteOrder, type Ordering, orderOf, parkingOrder } from './order.ts'

/** One call to the Admin API. Secrets in the body stand as marks. */
export interface KongPayload extends JsonObject {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  /** Where the entity itself is read. */
  readonly entity: string
  readonly body: JsonObject | null
  /** The whole entity as it is wanted, for the gateway to check before anything is sent: true: `body`; null: none. */
  readonly checked: JsonObject | true | null
  readonly kind: Kind
  /** The name behind `/schemas/`, to ask for validation. */
  readonly schema: string
  /** What the call is about, for people: `route payouts-list`. */
  readonly title: string
}

interface Context extends Ids {
  readonly schemas: Schemas
  readonly ordering: Ordering
}

/**
 * The calls that carry out changes: a POST with an id of our own for a create, a PATCH of just the changed
 * fields for an update, a DELETE; in the order of `orderOf`. A POST costs a Kong less than a PUT, which looks first for
 * what is there, and never writes over anything.
 */
export function compile(
  changes: readonly Change[],
  desired: State,
  live: State,
  schemas: Schemas,
  newId: (ref: EntityRef) => string,
): Result<readonly Step<KongPayload>[]> {
  const created = new Set(changes.filter(change => change.operation === 'create').map(refText))
  const ordering = orderOf(changes, desired, live)
  const context: Context = { desired, live, schemas, newId, created, ordering }
  const steps: Step<KongPayload>[] = []
  const problems: Problem[] = []
  for (const change of changes) {
    const kind = kinds.of(change.kind)
    if (!kind) continue
    const made = compileChange(change, kind, context)
    if ('code' in made) problems.push(made)
    else steps.push(...made)
  }
  return problems.length > 0 ? fail(problems) : succeed(steps.sort((a, b) => a.order - b.order))
}

function compileChange(
  change: Change,
  kind: KindDefinition,
  context: Context,
): readonly Step<KongPayload>[] | Problem {
  const title = `${change.kind} ${change.name}`
  const order = context.ordering.orders.get(change.id) ?? 0
  if (change.operation === 'create') {
    const entity = entityAt(context.desired, change)
    return entity ? [{ ...creating(change, entity, kind, context), order }] : notThere(title)
  }
  const live = entityAt(context.live, change)
  if (!live || (live.id === undefined && !kind.addressedBy)) return notThere(title)
  const path = pathOf(kind, live, live.id ?? '', liveIds(context))
  const parked = context.ordering.parked.get(change.id)
  const parking = parked ? [parkingStep(change, path, parked, kind)] : []
  if (change.operation === 'delete')
    return [...parking, { ...stepOf(change, 'DELETE', path, path, null, kind), order }]
  const wanted = entityAt(context.desired, change)
  if (!wanted) return notThere(title)
  if (context.ordering.remade.has(change.id)) {
    const first = {
      ...stepOf(change, 'DELETE', path, path, null, kind),
      order: firstDeleteOrder(kind.level),
    }
    const same = live.id === undefined ? wanted : { ...wanted, id: live.id }
    const then = { ...creating(change, same, kind, context), order }
    return [{ ...first, id: `${change.id} (delete first)`, leaves: null }, then]
  }
  const checked = givenFields(withKept(wanted, live, kind), kind, context.schemas, writtenIds(context))
  if (becomesAnother(change, kind))
    return [...parking, { ...stepOf(change, 'PUT', path, path, checked, kind, checked), order }]
  const body = changedFields(change, wanted, live, kind, context.schemas, writtenIds(context))
  return [...parking, { ...stepOf(change, 'PATCH', path, path, body, kind, checked), order }]
}

/** An entity with the secret that the gateway keeps, where the manifest leaves it at that. */
function withKept(wanted: Entity, live: Entity, { hashed }: KindDefinition): Entity {
  const kept = hashed && wanted.fields[hashed.field] === undefined ? live.fields[hashed.field] : undefined
  return hashed && kept !== undefined
    ? { ...wanted, fields: { ...wanted.fields, [hashed.field]: kept } }
    : wanted
}

function creating(
  change: Change,
  entity: Entity,
  kind: KindDefinition,
  context: Context,
): Omit<Step<KongPayload>, 'order'> {
  const ids = writtenIds(context)
  const id = entity.id ?? context.newId(change)
  const body = givenFields(entity, kind, context.schemas, ids)
  const path = pathOf(kind, entity, id, ids)
  // What only other editions have was not seen to take a POST with an id.
  if (kind.edition !== undefined && !kind.createdByPost)
    return stepOf(change, 'PUT', path, path, body, kind, body)
  const list = kind.createdByPost ? listOf(kind, entity, ids) : `/${kind.path}`
  const sent = kind.addressedBy ? body : { ...body, id }
  return stepOf(change, 'POST', list, path, sent, kind, kind.addressedBy ? null : sent)
}

/** Gives up a unique value for a while, so that another entity can have it before this one is deleted or changed. */
function parkingStep(
  change: Change,
  path: string,
  parked: JsonObject,
  kind: KindDefinition,
): Step<KongPayload> {
  const step = stepOf(change, 'PATCH', path, path, parked, kind)
  return { ...step, id: `${change.id} (make room)`, cascades: [], leaves: parked, order: parkingOrder }
}

export function notThere(title: string): Problem {
  return {
    code: 'not-there',
    message: `${title} is not there to be changed`,
    hint: 'Read the gateway again.',
  }
}

function stepOf(
  change: Change,
  method: KongPayload['method'],
  path: string,
  entity: string,
  body: JsonObject | null,
  kind: KindDefinition,
  checked: JsonObject | null = null,
): Omit<Step<KongPayload>, 'order'> {
  const title = `${change.kind} ${change.name}`
  const isBody = checked !== null && checked === body
  return {
    id: change.id,
    payload: {
      method,
      path,
      entity,
      body,
      checked: isBody || checked,
      kind: kind.kind,
      schema: kind.schema,
      title,
    },
    covers: [change.id],
    cascades: change.cascades,
    secrets: [...new Set((isBody ? [body] : [body ?? {}, checked ?? {}]).flatMap(digestsIn))],
    preview: `${method} ${path}${body === null ? '' : ` ${previewText(body)}`}`,
    repeatable: true,
  }
}

export function previewText(body: JsonObject): string {
  return JSON.stringify(hasMarks(body) ? shownValue(body) : body)
}

/** Where an entity is: below the one that it belongs to, where its kind is written there. */
function pathOf(kind: KindDefinition, entity: Entity, id: string, idOf: IdOf): string {
  const address = kind.addressedBy?.(entity.fields, field => {
    const ref = entity.refs[field]
    return ref ? idOf(ref) : ''
  })
  return `${listOf(kind, entity, idOf)}/${address ?? id}`
}

function listOf(kind: KindDefinition, entity: Entity, idOf: IdOf): string {
  const ref = kind.writtenUnder && entity.refs[kind.writtenUnder.field]
  const parent = ref && kinds.of(ref.kind)
  if (!ref || !parent || !kind.writtenUnder) return `/${kind.path}`
  return `/${parent.path}/${idOf(ref)}/${kind.writtenUnder.segment}`
}
