import type { Entity, Kind } from '../../../../model/entity.ts'
import type { JsonObject } from '../../../../model/json.ts'
import { digestsIn, hasMarks, shownValue } from '../../../../model/masking/secret-marks.ts'
import type { Change } from '../../../../reconcile/drift/drift.ts'
import type { Step } from '../../../session.ts'
import { kinds } from '../../kinds/index.ts'
import type { KongKind } from '../../kinds/kong-kind.ts'
import type { IdOf } from './step-bodies.ts'

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

/** A step, but for its place among others. */
export type UnorderedStep = Omit<Step<KongPayload>, 'order'>

/** A call: how, where, where its entity is read, with what, and the entity as it is to be checked before, where it is. */
type Call = readonly [
  method: KongPayload['method'],
  path: string,
  entity: string,
  body: JsonObject | null,
  kind: KongKind,
  checked?: JsonObject | null,
]

/** The step that carries out one change. */
export function stepOf(change: Change, ...call: Call): UnorderedStep {
  const step = stepAbout(`${change.kind} ${change.name}`, ...call)
  return { ...step, id: change.id, covers: [change.id], cascades: change.cascades }
}

/** A step about one entity, whatever change it is for. */
export function stepAbout(
  title: string,
  ...[method, path, entity, body, kind, checked = null]: Call
): UnorderedStep {
  const isBody = checked !== null && checked === body
  return {
    id: title,
    payload: {
      method,
      path,
      entity,
      body,
      checked: isBody || checked,
      kind: kind.kind,
      schema: kind.transport.schema,
      title,
    },
    covers: [],
    cascades: [],
    secrets: [...new Set((isBody ? [body] : [body ?? {}, checked ?? {}]).flatMap(digestsIn))],
    preview: previewOf(method, path, body),
    repeatable: true,
  }
}

/** A call in a line; secrets are hidden. */
export function previewOf(method: string, path: string, body: JsonObject | null): string {
  return `${method} ${path}${body === null ? '' : ` ${previewText(body)}`}`
}

function previewText(body: JsonObject): string {
  return JSON.stringify(hasMarks(body) ? shownValue(body) : body)
}

/** Where an entity is: below the one that it belongs to, where its kind is written there. */
export function pathOf(kind: KongKind, entity: Entity, id: string, idOf: IdOf): string {
  const address = kind.transport.addressedBy?.(entity.fields, field => {
    const ref = entity.refs[field]
    return ref ? idOf(ref) : ''
  })
  return `${listOf(kind, entity, idOf)}/${address ?? id}`
}

/** The list that an entity is created in. */
export function listOf(kind: KongKind, entity: Entity, idOf: IdOf): string {
  const ref = kind.transport.writtenUnder && entity.refs[kind.transport.writtenUnder.field]
  const parent = ref && kinds.of(ref.kind)
  if (!ref || !parent || !kind.transport.writtenUnder) return `/${kind.transport.path}`
  return `/${parent.transport.path}/${idOf(ref)}/${kind.transport.writtenUnder.segment}`
}
