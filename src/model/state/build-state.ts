import type { Entity, Kind, RawEntity } from '../entity.ts'
import { asString } from '../json.ts'
import { maskedAlike } from '../masking/mask-counterparts.ts'
import type { FinishedFields } from '../masking/mask-variables.ts'
import { shownNames } from '../masking/shown-names.ts'
import type { Problem } from '../problem.ts'
import { type KindDefinition, usualNames } from '../schema/kind-definition.ts'
import { atOnce, type Sliced } from '../time-slices.ts'
import { buildEntity, finishAhead, recordFor } from './build-entity.ts'
import { matchedKeys, slotKey } from './matched-keys.ts'
import type { State } from './state.ts'
import type { StateInput, UnbuiltEntity } from './state-input.ts'

export { type FinishedFields, finishAhead, recordFor }

/**
 * Makes a state from entities as they were read: references resolved to names, fields normalised by the schemas,
 * secrets replaced by marks. What can't be resolved is reported as a problem and left out.
 */
export function buildState(input: StateInput): BuiltState {
  return atOnce(buildStateSliced(input))
}

/** A state, and what could not be resolved in it. */
export interface BuiltState {
  readonly state: State
  readonly problems: readonly Problem[]
}

/** The same, for who does it in slices. */
export function* buildStateSliced(input: StateInput): Sliced<BuiltState> {
  const { kinds, routing } = input
  const problems: Problem[] = []
  const entities = new Map<Kind, ReadonlyMap<string, Entity>>()
  const names = new Map<Kind, Map<string, string>>()
  const rawsByKind = Map.groupBy(input.raws, raw => raw.kind)
  for (const definition of kinds.all) {
    const { kind } = definition
    const found = new Map<string, Entity>()
    const registered = new Map<string, string>()
    names.set(kind, registered)
    const drafts: UnbuiltEntity[] = []
    for (const raw of rawsByKind.get(kind) ?? []) {
      const draft = buildEntity(raw, definition, input, names, problems)
      if (draft) drafts.push(draft)
      yield
    }
    const keys = input.from === 'manifest' ? slotKeys(drafts) : matchedKeys(drafts, definition, input)
    const shown =
      definition.identity.numberedUnder === undefined
        ? undefined
        : shownNames(drafts, keys, definition, input.known)
    const masked = maskedAlike(drafts, keys, definition, input)
    for (const [i, { raw }] of drafts.entries()) {
      const entity = masked(i)
      const key = keys[i] ?? entity.key
      const twin = found.get(key)
      if (twin) {
        problems.push(duplicate(raw, definition, twin))
        continue
      }
      const name = shown?.[i] ?? entity.name
      const placed = key === entity.key && name === entity.name ? entity : { ...entity, key, name }
      found.set(key, placed)
      register(registered, placed, raw, definition)
      yield
    }
    if (found.size > 0 || input.coverage.has(kind)) entities.set(kind, found)
  }
  for (const [kind, raws] of rawsByKind) {
    const [raw] = raws
    if (raw && !kinds.of(kind)) problems.push(unknownKind(kind, raw))
  }
  const { resolve } = input.secrets
  return {
    state: { kinds, ...(routing ? { routing } : {}), entities, coverage: input.coverage, resolve },
    problems,
  }
}

/** Keys of entities without an identity of their own: the first, the second… of their slot. */
function slotKeys(drafts: readonly UnbuiltEntity[]): readonly string[] {
  const counts = new Map<string, number>()
  return drafts.map(({ entity, slot }) => {
    if (slot === undefined) return entity.key
    const count = (counts.get(slot) ?? 0) + 1
    counts.set(slot, count)
    return slotKey(slot, count)
  })
}

function register(
  names: Map<string, string>,
  entity: Entity,
  { fields }: RawEntity,
  { identity: { referredBy = usualNames } }: KindDefinition,
): void {
  const { id, key } = entity
  if (id !== undefined) names.set(id, key)
  names.set(key, key)
  for (const field of referredBy) {
    const name = asString(fields[field])
    if (name !== undefined && !names.has(name)) names.set(name, key)
  }
}

function duplicate(raw: RawEntity, { kind }: KindDefinition, twin: Entity): Problem {
  const place = raw.source?.place()
  const other = twin.source?.place()
  const where = other ? `, first at ${other.file}:${other.line}` : ''
  const message = `the ${kind} ${twin.name} is defined twice${where}`
  return { code: 'duplicate', message, ...(place ? { place } : {}) }
}

function unknownKind(kind: Kind, raw: RawEntity): Problem {
  const place = raw.source?.place()
  return {
    code: 'unsupported-kind',
    message: `entities of the kind ${kind} can't be compared`,
    hint: 'Remove them from the manifests of this target, or keep them in files of their own.',
    ...(place ? { place } : {}),
  }
}
