import type { Kind, RawEntity, Source } from '../../../../model/entity.ts'
import { asString, isArray, isObject, type Json, type JsonObject } from '../../../../model/json.ts'
import type { Problem } from '../../../../model/problem.ts'
import { suggestion } from '../../../../model/problems/suggestion.ts'
import type { Sliced } from '../../../../model/time-slices.ts'
import { lists } from '../deck-format.ts'
import type { Flat, FlatEntity, Membership } from './flatten.ts'

/** Kinds of which some may be at the gateway already, found by tags: `_info.default_lookup_tags`. */
export type LookupTags = Readonly<Record<Kind, readonly string[]>>

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The fields that entities of a kind are known by, the best first; the id is always one. */
const knownBy: ReadonlyMap<Kind, readonly string[]> = new Map(
  Object.values(lists).map(({ kind, known = [] }) => [kind, [...new Set([...known, 'id'])]]),
)

/** What the manifests hold, by kind: under each name and id what others point to, `{name}` or else `{id}`. */
type Index = ReadonlyMap<Kind, ReadonlyMap<string, JsonObject>>

/** Points every reference to what it names, and makes entities of the memberships in consumer groups. */
export function* resolve(
  flat: Flat,
  lookupTags: LookupTags,
): Sliced<{ readonly entities: readonly RawEntity[]; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const consumers = addMembers(flat, lookupTags)
  const drafts = [...flat.drafts, ...consumers]
  yield
  const index = yield* indexOf(drafts)
  const entities: RawEntity[] = []
  for (const draft of drafts) {
    for (const { field, reference, written } of draft.refs) {
      const { checked } = reference
      const open = checked === 'none' || (lookupTags[reference.kind]?.length ?? 0) > 0
      const found = point(reference.kind, written, index, open, checked === 'names')
      if (found) draft.fields[field] = found
      else problems.push(missing(draft, field, reference.kind, written, index))
    }
    if (draft.kind === 'plugin') problems.push(...missingPartials(draft, index, lookupTags))
    if (draft.kind === 'custom_entity') problems.push(...missingService(draft, index))
    const { kind, fields, source, variables } = draft
    entities.push({ kind, fields, source, ...(variables.length > 0 ? { variables } : {}) })
    yield
  }
  const joined = memberships(flat.memberships, index, lookupTags)
  return { entities: [...entities, ...joined.entities], problems: [...problems, ...joined.problems] }
}

/** The consumers that only groups list; one that is listed by itself too is written there. */
function addMembers(flat: Flat, lookupTags: LookupTags): readonly FlatEntity[] {
  const added: FlatEntity[] = []
  if ((lookupTags.consumer?.length ?? 0) > 0) return added
  const seen = new Set<string>()
  const see = (draft: FlatEntity): boolean => {
    const names = ['username', 'custom_id', 'id'].flatMap(field => {
      const value = asString(draft.fields[field])
      return value ? [`${field} ${value}`] : []
    })
    const known = names.some(name => seen.has(name))
    for (const name of names) seen.add(name)
    return known
  }
  for (const draft of flat.drafts) if (draft.kind === 'consumer') see(draft)
  for (const { listed } of flat.memberships) if (listed && !see(listed)) added.push(listed)
  return added
}

function* indexOf(drafts: readonly FlatEntity[]): Sliced<Index> {
  const index = new Map<Kind, Map<string, JsonObject>>()
  for (const [kind, ofKind] of Map.groupBy(drafts, draft => draft.kind)) {
    const known = knownBy.get(kind)
    if (!known) continue
    const entries = new Map<string, JsonObject>()
    index.set(kind, entries)
    // The best names of all come first: one consumer's custom_id may be another's username.
    for (const field of known) {
      for (const { fields } of ofKind) {
        yield
        const name = asString(fields[field])
        if (name && !entries.has(name)) entries.set(name, referenceBy(fields, known))
      }
    }
  }
  return index
}

/** How others point to an entity: by the best that it is known by. */
function referenceBy(fields: JsonObject, known: readonly string[]): JsonObject {
  for (const field of known) {
    const value = asString(fields[field])
    if (value) return field === 'id' ? { id: value } : { name: value }
  }
  return {}
}

/** `{name}` or `{id}` of what a reference names; undefined where it is neither here nor may be elsewhere. */
function point(
  kind: Kind,
  written: Json,
  index: Index,
  open: boolean,
  idsMayBeElsewhere: boolean,
): JsonObject | undefined {
  const { name, byId } = nameIn(written)
  const found = index.get(kind)?.get(name)
  if (found) return found
  if (open || (idsMayBeElsewhere && (byId || uuid.test(name)))) {
    return byId || uuid.test(name) || kind === 'certificate' ? { id: name } : { name }
  }
  return undefined
}

function nameIn(written: Json): { readonly name: string; readonly byId: boolean } {
  if (!isObject(written)) return { name: asString(written) ?? '', byId: false }
  const id = asString(written.id)
  return id
    ? { name: id, byId: true }
    : { name: asString(written.name) ?? asString(written.username) ?? '', byId: false }
}

function missing(draft: FlatEntity, field: string, kind: Kind, written: Json, index: Index): Problem {
  const who = asString(draft.fields.name) ?? asString(draft.fields.target)
  const subject = who === undefined ? `a ${draft.kind}` : `${draft.kind} ${who}`
  return notFound(subject, kind, nameIn(written).name, index, draft.source, field)
}

function notFound(
  subject: string,
  kind: Kind,
  name: string,
  index: Index,
  source: Source | undefined,
  field: string,
): Problem {
  const meant = suggestion(name, index.get(kind)?.keys() ?? [])
  const hint =
    meant === undefined
      ? `Add that ${kind}, or name its tags in _info.default_lookup_tags.`
      : `Did you mean ${meant}?`
  const message = `${subject} refers to the ${kind} "${name}", which no manifest holds`
  return { code: 'missing-reference', message, hint, ...(source ? { place: source.place(field) } : {}) }
}

function missingPartials(draft: FlatEntity, index: Index, lookupTags: LookupTags): readonly Problem[] {
  const { partials } = draft.fields
  if (!isArray(partials) || (lookupTags.partial?.length ?? 0) > 0) return []
  return partials.flatMap((partial, i) => {
    const name = isObject(partial) ? asString(partial.id) || asString(partial.name) : undefined
    const subject = `plugin ${asString(draft.fields.name) ?? ''}`
    if (name === undefined || name === '') {
      const message = `a partial of ${subject} has neither "name" nor "id"`
      return [{ code: 'missing-field', message, place: draft.source.place(`partials.${i}`) }]
    }
    if (index.get('partial')?.has(name)) return []
    return [notFound(subject, 'partial', name, index, draft.source, `partials.${i}`)]
  })
}

function missingService(draft: FlatEntity, index: Index): readonly Problem[] {
  const fields = isObject(draft.fields.fields) ? draft.fields.fields : {}
  if (!isObject(fields.service) || asString(fields.service.id)) return []
  const name = asString(fields.service.name) ?? ''
  if (index.get('service')?.has(name)) return []
  return [notFound('a custom entity', 'service', name, index, draft.source, 'fields.service')]
}

function memberships(
  all: readonly Membership[],
  index: Index,
  lookupTags: LookupTags,
): { readonly entities: readonly RawEntity[]; readonly problems: readonly Problem[] } {
  const entities = new Map<string, RawEntity>()
  const problems: Problem[] = []
  const open = (lookupTags['consumer-group']?.length ?? 0) > 0
  for (const { group, consumer, source, named } of all) {
    const found = named === undefined ? group : point('consumer-group', named, index, open, false)
    const consumerRef = point('consumer', consumer, index, true, false) ?? consumer
    if (!found) {
      const subject = `consumer ${nameIn(consumer).name}`
      problems.push(notFound(subject, 'consumer-group', nameIn(group).name, index, source, 'name'))
      continue
    }
    const fields = { consumer_group: found, consumer: consumerRef }
    const key = JSON.stringify(fields)
    if (!entities.has(key)) entities.set(key, { kind: 'consumer-group-consumer', fields, source })
  }
  return { entities: [...entities.values()], problems }
}
