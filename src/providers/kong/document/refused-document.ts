import { asString, isArray, isObject, type Json, type JsonObject } from '../../../model/json.ts'
import type { Problem } from '../../../model/problem.ts'
import type { Refusal } from '../../session.ts'
import type { AdminAnswer } from '../admin/connection/admin-api.ts'
import { messageOf } from '../admin/connection/answer-messages.ts'
import { kinds } from '../kinds/index.ts'
import type { KongKind } from '../kinds/kong-kind.ts'
import type { DocumentPayload, Edit } from './compile.ts'

/**
 * What a gateway finds wrong in a document, by entity: `flattened_errors` of its answer.
 * https://developer.konghq.com/gateway/db-less-mode/
 */
export function refusalsIn(
  answer: AdminAnswer,
  payload: DocumentPayload,
  target: string,
): readonly Refusal[] {
  const { body } = answer
  const flattened = isObject(body) && isArray(body.flattened_errors) ? body.flattened_errors : []
  const edits = new Map(payload.edits.map(edit => [edit.id, edit]))
  return flattened.flatMap(entry => (isObject(entry) ? refusalsOf(entry, edits, target) : []))
}

/**
 * What a gateway says of a document where it was not asked by entity: what two entities may not share, and what refers to
 * nothing, is told so alone, by the name or id of an entity.
 */
export function wholeRefusals(
  answer: AdminAnswer,
  payload: DocumentPayload,
  target: string,
): readonly [Refusal, ...Refusal[]] {
  const fields = isObject(answer.body) && isObject(answer.body.fields) ? answer.body.fields : {}
  const refusals = Object.entries(fields).flatMap(([section, below]) => {
    const kind = kinds.all.find(({ transport: { schema } }) => schema === section)
    const named = isObject(below) ? Object.entries(below) : []
    return named.flatMap(([name, told]) =>
      sentencesIn(told).map(sentence => namedRefusal(sentence, section, name, kind, payload, target)),
    )
  })
  const [first, ...rest] = refusals
  if (first) return [first, ...rest]
  const problem: Problem = {
    code: 'rejected',
    target,
    message: `the gateway refuses the new configuration (${answer.status})${withoutValues(messageOf(answer))}`,
    hint: hint,
  }
  return [{ change: null, fields: [], problem }]
}

const hint = 'Correct the manifest and make a new plan; nothing was written.'

function namedRefusal(
  sentence: string,
  section: string,
  name: string,
  kind: KongKind | undefined,
  payload: DocumentPayload,
  target: string,
): Refusal {
  const edit = payload.edits.find(
    each => each.kind === kind?.kind && [each.id, each.checked?.name, each.checked?.username].includes(name),
  )
  // A credential goes by its secret.
  const what = kind && !kind.secrets ? `${kind.kind} ${name}` : `one of the ${section.replaceAll('_', ' ')}`
  const problem: Problem = {
    code: 'rejected',
    target,
    message: `the gateway refuses ${edit?.title ?? what}: ${withoutValues(sentence)}`,
    hint: hint,
  }
  return { problem, change: edit?.change ?? null, fields: [] }
}

function refusalsOf(entry: JsonObject, edits: ReadonlyMap<string, Edit>, target: string): readonly Refusal[] {
  const edit = edits.get(asString(entry.entity_id) ?? '')
  const type = asString(entry.entity_type) ?? 'entity'
  const name = asString(entry.entity_name) ?? asString(entry.entity_id) ?? ''
  const title = edit?.title ?? `${type} ${name}, which is no part of this plan`
  const errors = isArray(entry.errors) ? entry.errors.filter(isObject) : []
  return errors.map(error => {
    const field = asString(error.field)
    const message = withoutValues(asString(error.message) ?? 'it does not say why')
    const problem: Problem = {
      code: 'rejected',
      target,
      message: `the gateway refuses ${title}: ${field === undefined ? '' : `${field}: `}${message}`,
      hint: hint,
    }
    return { problem, change: edit?.change ?? null, fields: field === undefined ? [] : [fieldPath(field)] }
  })
}

/** Kong counts the items of a list from 1, places in manifests from 0. */
function fieldPath(field: string): string {
  return field
    .split('.')
    .map(part => (/^[1-9]\d*$/.test(part) ? String(Number(part) - 1) : part))
    .join('.')
}

function sentencesIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value]
  if (isArray(value)) return value.flatMap(sentencesIn)
  return isObject(value) ? Object.values(value).flatMap(sentencesIn) : []
}

/** Kong quotes the value of a unique field, which may be a key: only the field's name stays. */
function withoutValues(message: string): string {
  return message.replace(/ set to '.*' already/s, ' already')
}
