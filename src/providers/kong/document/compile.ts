import { type EntityRef, refText } from '../../../model/entity.ts'
import type { JsonObject } from '../../../model/json.ts'
import { digestsIn } from '../../../model/masking/secret-marks.ts'
import { fail, type Problem, type Result, succeed } from '../../../model/problem.ts'
import { toldOnce } from '../../../model/problems/shared-faults.ts'
import type { Schemas } from '../../../model/schema/schema.ts'
import { entityAt, type State } from '../../../model/state/state.ts'
import { type Change, countChanges } from '../../../reconcile/drift/drift.ts'
import type { Operation } from '../../../reconcile/drift/operation.ts'
import type { Step } from '../../session.ts'
import { notThere } from '../admin/writing/compile-steps.ts'
import { becomesAnother, changedFields, givenFields } from '../admin/writing/step-bodies.ts'
import { type Ids, writtenIds } from '../admin/writing/step-ids.ts'
import { kinds } from '../kinds/index.ts'
import type { KongKind } from '../kinds/kong-kind.ts'

/** What becomes of one entity of the document. Secrets stand as marks. */
export interface Edit extends JsonObject {
  /** The id of the change that it carries out. */
  readonly change: string
  readonly operation: Operation
  readonly kind: string
  readonly id: string
  /** All fields of a new entity, the changed ones of another; null for a delete. */
  readonly body: JsonObject | null
  /** The whole entity as it is wanted, for the gateway to check before anything is sent. */
  readonly checked: JsonObject | null
  /** As `route payouts-list`. */
  readonly title: string
}

/** One new document for the whole gateway: all that it holds, with these edits. */
export interface DocumentPayload extends JsonObject {
  readonly method: 'POST'
  readonly path: '/config'
  readonly edits: readonly Edit[]
  /** Ids of entities that go with deleted ones, as the preview says. */
  readonly cascades: readonly string[]
}

/** One step for all changes: what such a gateway holds is written as a whole, or not at all. */
export function compile(
  changes: readonly Change[],
  desired: State,
  live: State,
  schemas: Schemas,
  newId: (ref: EntityRef) => string,
): Result<readonly Step<DocumentPayload>[]> {
  if (changes.length === 0) return succeed([])
  const unread = [...live.coverage.values()].flatMap(coverage =>
    coverage.state === 'unread' ? [coverage.reason] : [],
  )
  if (unread.length > 0) return fail(toldOnce(unread).map(notWhole))
  const created = new Set(changes.filter(change => change.operation === 'create').map(refText))
  const ids: Ids = { desired, live, newId, created }
  const edits: Edit[] = []
  const problems: Problem[] = []
  for (const change of changes) {
    const kind = kinds.of(change.kind)
    const made = kind && editOf(change, kind, ids, schemas)
    if (made?.ok) edits.push(made.value)
    else if (made) problems.push(made.error)
  }
  return problems.length > 0 ? fail(problems) : succeed([stepOf(changes, edits, live)])
}

function stepOf(changes: readonly Change[], edits: readonly Edit[], live: State): Step<DocumentPayload> {
  const counts = countChanges(changes)
  const cascades = changes.flatMap(change => change.cascades)
  return {
    id: 'POST /config',
    payload: {
      method: 'POST',
      path: '/config',
      edits,
      cascades: cascades.flatMap(ref => entityAt(live, ref)?.id ?? []),
    },
    covers: changes.map(change => change.id),
    cascades,
    secrets: [...new Set(edits.flatMap(edit => [edit.body ?? {}, edit.checked ?? {}].flatMap(digestsIn)))],
    preview: `POST /config with ${counts.create} created, ${counts.update} updated and ${counts.delete} deleted; all else as the gateway has it`,
    repeatable: true,
    order: 0,
  }
}

function editOf(change: Change, kind: KongKind, ids: Ids, schemas: Schemas): Result<Edit, Problem> {
  const title = `${change.kind} ${change.name}`
  if (kind.transport.addressedBy) return fail(notInDocuments(title))
  const common = { change: change.id, operation: change.operation, kind: kind.kind, title }
  const live = entityAt(ids.live, change)
  const wanted = entityAt(ids.desired, change)
  if (change.operation === 'create') {
    if (!wanted) return fail(notThere(title))
    const id = wanted.id ?? ids.newId(change)
    const body = givenFields(wanted, kind, schemas, writtenIds(ids))
    return succeed({ ...common, id, body, checked: { ...body, id } })
  }
  if (live?.id === undefined) return fail(notThere(title))
  if (change.operation === 'delete') return succeed({ ...common, id: live.id, body: null, checked: null })
  if (!wanted) return fail(notThere(title))
  const checked = givenFields(wanted, kind, schemas, writtenIds(ids))
  const body = becomesAnother(change, kind)
    ? checked
    : changedFields(change, wanted, live, kind, schemas, writtenIds(ids))
  return succeed({ ...common, id: live.id, body, checked })
}

function notWhole(reason: Problem): Problem {
  return {
    code: 'not-whole',
    ...(reason.target === undefined ? {} : { target: reason.target }),
    message: `this gateway has no database and is written as a whole, so nothing can be written while it can’t be read as a whole: ${reason.message}`,
    hint: 'See to it that all can be read, and try again.',
  }
}

function notInDocuments(title: string): Problem {
  return {
    code: 'not-supported',
    message: `${title} can’t be written to a gateway without a database: it has no id of its own`,
    hint: 'Leave it out with --exclude, or take it out of the manifests of this target.',
  }
}
