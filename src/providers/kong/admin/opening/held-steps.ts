import { type Entity, type EntityRef, refText } from '../../../../model/entity.ts'
import type { JsonObject } from '../../../../model/json.ts'
import { parkedName } from '../../../../model/schema/kind-definition.ts'
import type { Schemas } from '../../../../model/schema/schema.ts'
import { entityAt } from '../../../../model/state/state.ts'
import type { Change } from '../../../../reconcile/drift/drift.ts'
import type { Interim, Step } from '../../../session.ts'
import { kinds } from '../../kinds/index.ts'
import type { KongKind } from '../../kinds/kong-kind.ts'
import {
  type KongPayload,
  pathOf,
  previewOf,
  stepAbout,
  stepOf,
  type UnorderedStep,
} from '../writing/step.ts'
import { givenFields, type IdOf } from '../writing/step-bodies.ts'
import { type Ids, liveIds, writtenIds } from '../writing/step-ids.ts'
import type { Ordering, StandIn } from '../writing/step-order.ts'
import { closedBody, closedLeaves, openBody } from './closing.ts'
import { type ScopeChange, withScope } from './handover.ts'
import { deleteOrder, stages } from './stages.ts'

/** What steps are made with. */
export interface CompileContext extends Ids {
  readonly schemas: Schemas
  readonly ordering: Ordering
  /** By key: live routes that are closed meanwhile, with the changes that make it necessary. */
  readonly closed: ReadonlyMap<string, readonly string[]>
  /** The same for consumers whose requests are refused meanwhile. */
  readonly refused: ReadonlyMap<string, readonly string[]>
}

/** What holds an entity back when it is made, what ends that, and when. */
interface Hold {
  readonly closing: JsonObject
  readonly leaves: JsonObject
  readonly opening: JsonObject
  readonly interim: Interim
  readonly order: number
}

function holdOf(
  entity: Entity,
  id: string,
  { ordering: { held }, schemas }: CompileContext,
): Hold | undefined {
  if (entity.kind === 'service' && held.service(entity).held) {
    const closing = { enabled: false }
    const [opening, order] = [{ enabled: true }, stages.openServices]
    return { closing, leaves: closing, opening, interim: 'disabled', order }
  }
  if (entity.kind === 'route' && held.route(entity).held) {
    const [leaves, opening] = [closedLeaves(entity, schemas), openBody(entity, entity)]
    return { closing: closedBody(entity), leaves, opening, interim: 'closed', order: stages.routes }
  }
  if (entity.kind === 'consumer' && held.consumer(entity)) {
    const closing = { username: parkedName(id) }
    const opening = { username: entity.fields.username ?? null }
    return { closing, leaves: closing, opening, interim: 'making room', order: stages.weakerPlugins }
  }
  return undefined
}

/** A create; of what is held back, a create so that nothing gets through, and the step that opens it. */
export function heldBack(
  step: UnorderedStep,
  change: Change,
  entity: Entity,
  kind: KongKind,
  context: CompileContext,
  order: number,
): readonly Step<KongPayload>[] {
  const { payload } = step
  const hold = holdOf(entity, payload.entity.slice(payload.entity.lastIndexOf('/') + 1), context)
  if (!hold) return [{ ...step, order }]
  const made = { ...payload.body, ...hold.closing }
  const then = stepOf(change, 'PATCH', payload.entity, payload.entity, hold.opening, kind)
  return [
    {
      ...step,
      payload: { ...payload, body: made, checked: payload.checked === true ? payload.body : payload.checked },
      preview: previewOf(payload.method, payload.path, made),
      leaves: hold.leaves,
      interim: hold.interim,
      order,
    },
    {
      ...then,
      id: `${change.id} (open)`,
      leaves: fieldsOf(entity, Object.keys(hold.opening)),
      order: hold.order,
    },
  ]
}

/** Closes live routes for the time of the sync, and opens them when all else is as it is wanted. */
export function closingSteps(context: CompileContext): readonly Step<KongPayload>[] {
  const kind = kinds.of('route')
  if (!kind) return []
  return [...context.closed].flatMap(([key, covers]) => {
    const about = { kind: 'route', key }
    const live = entityAt(context.live, about)
    if (!live) return []
    const path = pathOf(kind, live, live.id ?? '', liveIds(context))
    const own = context.ordering.ofLive.get(refText(about))
    const whose = own ? { covers: [own.id] } : { covers, about: { ...about, name: live.name } }
    const step = (id: string, body: JsonObject): UnorderedStep => ({
      ...stepAbout(`route ${live.name}`, 'PATCH', path, path, body, kind),
      ...whose,
      id,
    })
    const closing = {
      ...step(`close route ${key}`, closedBody(live)),
      leaves: closedLeaves(live, context.schemas),
      interim: 'closed' as const,
      order: stages.closing,
    }
    if (own?.operation === 'delete') return [closing]
    const wanted = entityAt(context.desired, about) ?? live
    const body = openBody(live, own ? wanted : live)
    const opening = step(`open route ${key}`, body)
    const leaves = fieldsOf(own ? wanted : live, Object.keys(body))
    return [closing, { ...opening, leaves, order: stages.openRoutes }]
  })
}

/** Plugins that stand in for one which gives its name and scope to another, made before and deleted after it. */
export function standInSteps(context: CompileContext): readonly Step<KongPayload>[] {
  const kind = kinds.of('plugin')
  if (!kind) return []
  return context.ordering.standIns.flatMap(({ change, plugin, scopes }: StandIn) =>
    scopes.flatMap((scope): readonly Step<KongPayload>[] => {
      const { id: _, ...unnamed } = plugin
      const { instance_name: __, ...shared } = plugin.fields
      const fields = { ...shared, enabled: true }
      const entity = withScope({ ...unnamed, fields }, scope)
      const where = Object.values(scope).flatMap(ref => (ref ? [refText(ref)] : []))
      const key = `${change.name} (standing in at ${where.join(' and ')})`
      const about = { kind: 'plugin', key, name: key }
      const id = context.newId(about)
      const given = givenFields(entity, kind, context.schemas, writtenIds(context))
      // What it acts on is what is there now, though it may be made anew under another id.
      const body = { ...given, ...referring(entity.refs, liveIds(context)), id }
      const path = `/${kind.transport.path}/${id}`
      const common = { covers: [change.id], about }
      return [
        {
          ...stepAbout(`plugin ${key}`, 'POST', `/${kind.transport.path}`, path, body, kind),
          ...common,
          id: `create plugin ${key}`,
          leaves: {},
          interim: 'standing in',
          order: stages.standIns,
        },
        {
          ...stepAbout(`plugin ${key}`, 'DELETE', path, path, null, kind),
          ...common,
          id: `delete plugin ${key}`,
          leaves: null,
          order: deleteOrder('plugin'),
        },
      ]
    }),
  )
}

/** Plugins that refuse the requests of consumers for the time of the sync. They go with a consumer that is deleted. */
export function consumerSteps(context: CompileContext): readonly Step<KongPayload>[] {
  const kind = kinds.of('plugin')
  if (!kind) return []
  return [...context.refused].flatMap(([key, covers]): readonly Step<KongPayload>[] => {
    const consumer = { kind: 'consumer', key }
    const live = entityAt(context.live, consumer)
    if (live?.id === undefined || isRefused(consumer, context)) return []
    const refusing = refusals.find(({ name }) => isFree(name, consumer, context))
    if (refusing === undefined) return []
    const name = `${refusing.name} (refusing consumer ${live.name} for a while)`
    const about = { kind: 'plugin', key: name, name }
    const id = context.newId(about)
    const body = { ...refusing, enabled: true, consumer: { id: live.id }, tags: live.tags, id }
    const path = `/${kind.transport.path}/${id}`
    return [
      {
        ...stepAbout(`plugin ${name}`, 'POST', `/${kind.transport.path}`, path, body, kind),
        covers,
        about,
        id: `create plugin ${name}`,
        leaves: {},
        interim: 'refusing',
        order: stages.closing,
      },
      {
        ...stepAbout(`plugin ${name}`, 'DELETE', path, path, null, kind),
        covers,
        about,
        id: `delete plugin ${name}`,
        leaves: null,
        order: deleteOrder('plugin'),
      },
    ]
  })
}

/** What refuses all requests of a consumer: the first for whose name there is room. */
const refusals = [
  { name: 'request-termination', config: { status_code: 503, message: 'This consumer is being changed' } },
  { name: 'ip-restriction', config: { deny: ['0.0.0.0/0', '::/0'] } },
] as const

function pluginOf(name: string, consumer: EntityRef): Entity {
  return { kind: 'plugin', key: '', name: '', fields: { name }, refs: { consumer }, tags: [] }
}

function isFree(name: string, consumer: EntityRef, { ordering }: CompileContext): boolean {
  const plugin = pluginOf(name, consumer)
  // What comes is for the consumer that has its name then, and not for the one who goes.
  const goes = ordering.ofLive.get(refText(consumer))?.operation === 'delete'
  return goes ? ordering.handovers.owner(plugin) === undefined : ordering.handovers.takes(plugin)
}

/** Whether all requests of a consumer are refused now, and stay so. */
function isRefused(consumer: EntityRef, { ordering: { handovers, ofLive } }: CompileContext): boolean {
  const there = handovers.owner(pluginOf('request-termination', consumer))
  return there !== undefined && there.fields.enabled !== false && !ofLive.has(refText(there))
}

/** References as a body has them. */
export function referring(refs: ScopeChange, idOf: IdOf): JsonObject {
  return Object.fromEntries(
    Object.entries(refs).map(([field, ref]) => [field, ref ? { id: idOf(ref) } : null]),
  )
}

/** Fields of an entity as it is read, references as names. */
export function fieldsOf({ fields, refs }: Entity, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map(name => [name, fields[name] ?? refs[name]?.key ?? null]))
}
