import { type Entity, type EntityRef, refText } from '../../../../model/entity.ts'
import { fail, type Problem, type Result, succeed } from '../../../../model/problem.ts'
import type { Schemas } from '../../../../model/schema/schema.ts'
import { entityAt, type State } from '../../../../model/state/state.ts'
import type { Change } from '../../../../reconcile/drift/drift.ts'
import type { Step } from '../../../session.ts'
import { kinds } from '../../kinds/index.ts'
import type { KongKind } from '../../kinds/kong-kind.ts'
import { openBody } from '../opening/closing.ts'
import { closedConsumers } from '../opening/consumers.ts'
import { ProtectionOrder } from '../opening/coverage.ts'
import type { ScopeChange } from '../opening/handover.ts'
import {
  type CompileContext,
  closingSteps,
  consumerSteps,
  fieldsOf,
  heldBack,
  referring,
  standInSteps,
} from '../opening/held-steps.ts'
import { stages } from '../opening/stages.ts'
import { type KongPayload, listOf, pathOf, stepOf, type UnorderedStep } from './step.ts'
import { becomesAnother, changedFields, givenFields } from './step-bodies.ts'
import { liveIds, writtenIds } from './step-ids.ts'
import { firstDeleteOrder, orderOf, type Parked } from './step-order.ts'

/**
 * The calls that carry out changes: a POST with an id of our own for a create, a PATCH of just the changed
 * fields for an update, a DELETE; in the order of `orderOf`. A POST costs a Kong less than a PUT, which looks first for
 * what is there, and never writes over anything. What would be reachable before all that protects it is there is made
 * so that nothing gets through, and opened last.
 */
export function compile(
  changes: readonly Change[],
  desired: State,
  live: State,
  schemas: Schemas,
  newId: (ref: EntityRef) => string,
): Result<readonly Step<KongPayload>[]> {
  const created = new Set(changes.filter(change => change.operation === 'create').map(refText))
  const ordering = orderOf(changes, desired, live, schemas)
  const closed = new ProtectionOrder(changes, desired, live, ordering).exposed()
  const refused = closedConsumers(changes, desired, live, ordering.orders)
  const context: CompileContext = { desired, live, schemas, newId, created, ordering, closed, refused }
  const steps: Step<KongPayload>[] = [
    ...closingSteps(context),
    ...consumerSteps(context),
    ...standInSteps(context),
  ]
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
  kind: KongKind,
  context: CompileContext,
): readonly Step<KongPayload>[] | Problem {
  const title = `${change.kind} ${change.name}`
  const order = context.ordering.orders.get(change.id) ?? 0
  if (change.operation === 'create') {
    const entity = entityAt(context.desired, change)
    if (!entity) return notThere(title)
    return heldBack(creating(change, entity, kind, context), change, entity, kind, context, order)
  }
  const live = entityAt(context.live, change)
  if (!live || (live.id === undefined && !kind.transport.addressedBy)) return notThere(title)
  const path = pathOf(kind, live, live.id ?? '', liveIds(context))
  const parked = context.ordering.parked.get(change.id)
  const parking = parked ? [parkingStep(change, path, parked, kind, context)] : []
  if (change.operation === 'delete')
    return [...parking, { ...stepOf(change, 'DELETE', path, path, null, kind), order }]
  const wanted = entityAt(context.desired, change)
  if (!wanted) return notThere(title)
  if (context.ordering.remade.has(change.id)) {
    const first = { ...stepOf(change, 'DELETE', path, path, null, kind), order: firstDeleteOrder(kind.kind) }
    const same = live.id === undefined ? wanted : { ...wanted, id: live.id }
    const then = { ...creating(change, same, kind, context), order }
    return [{ ...first, id: `${change.id} (delete first)`, leaves: null, interim: 'deleted' }, then]
  }
  const checked = givenFields(withKept(wanted, live, kind), kind, context.schemas, writtenIds(context))
  if (becomesAnother(change, kind))
    return [...parking, { ...stepOf(change, 'PUT', path, path, checked, kind, checked), order }]
  const body = {
    ...(parked ? referring(unparked(parked, wanted), writtenIds(context)) : {}),
    ...changedFields(change, wanted, live, kind, context.schemas, writtenIds(context)),
  }
  if (kind.kind === 'route' && context.closed.has(live.key)) {
    const closing = openBody(live, wanted)
    const rest = Object.fromEntries(Object.entries(body).filter(([name]) => !(name in closing)))
    if (Object.keys(rest).length === 0) return parking
    const leaves = fieldsOf(wanted, Object.keys(rest))
    return [...parking, { ...stepOf(change, 'PATCH', path, path, rest, kind, checked), leaves, order }]
  }
  return [...parking, { ...stepOf(change, 'PATCH', path, path, body, kind, checked), order }]
}

/** An entity with the secret that the gateway keeps, where the manifest leaves it at that. */
function withKept(wanted: Entity, live: Entity, { secrets }: KongKind): Entity {
  const hashed = secrets?.hashed
  const kept = hashed && wanted.fields[hashed.field] === undefined ? live.fields[hashed.field] : undefined
  return hashed && kept !== undefined
    ? { ...wanted, fields: { ...wanted.fields, [hashed.field]: kept } }
    : wanted
}

function creating(change: Change, entity: Entity, kind: KongKind, context: CompileContext): UnorderedStep {
  const ids = writtenIds(context)
  const id = entity.id ?? context.newId(change)
  const body = givenFields(entity, kind, context.schemas, ids)
  const path = pathOf(kind, entity, id, ids)
  // What only other editions have was not seen to take a POST with an id.
  if (kind.transport.edition !== undefined && !kind.transport.createdByPost)
    return stepOf(change, 'PUT', path, path, body, kind, body)
  const list = kind.transport.createdByPost ? listOf(kind, entity, ids) : `/${kind.transport.path}`
  const sent = kind.transport.addressedBy ? body : { ...body, id }
  return stepOf(change, 'POST', list, path, sent, kind, kind.transport.addressedBy ? null : sent)
}

/** The scope that an entity gets back which had another one for a while. */
function unparked({ refs }: Parked, wanted: Entity): ScopeChange {
  return Object.fromEntries(Object.keys(refs).map(field => [field, wanted.refs[field] ?? null]))
}

/** Gives up a unique value for a while, so that another entity can have it before this one is deleted or changed. */
function parkingStep(
  change: Change,
  path: string,
  { fields, refs }: Parked,
  kind: KongKind,
  context: CompileContext,
): Step<KongPayload> {
  const step = stepOf(change, 'PATCH', path, path, { ...fields, ...referring(refs, liveIds(context)) }, kind)
  const names = Object.entries(refs).map(([field, ref]) => [field, ref?.key ?? null])
  return {
    ...step,
    id: `${change.id} (make room)`,
    cascades: [],
    leaves: { ...fields, ...Object.fromEntries(names) },
    interim: 'making room',
    order: stages.parking,
  }
}

export function notThere(title: string): Problem {
  return {
    code: 'not-there',
    message: `${title} is not there to be changed`,
    hint: 'Read the gateway again.',
  }
}
