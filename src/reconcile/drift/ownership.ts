import type { Entity } from '../../model/entity.ts'
import type { Problem } from '../../model/problem.ts'
import type { KindDefinition } from '../../model/schema/kind-definition.ts'
import { entityAt, type State } from '../../model/state/state.ts'
import type { Change } from './drift.ts'
import type { IgnoreRule } from './ignore-rules.ts'

/** Who owns an entity at the gateway: the manifests, nobody (it has no tags), or somebody else. */
export type Claim = 'ours' | 'nobody' | 'other'

/** What determines the ownership of a gateway's entities. */
export interface Ownership {
  readonly target: string
  readonly live: State
  /** Tags that an entity must carry to belong to the manifests; none: all do. */
  readonly selectTags: readonly string[]
  /** Tags, by kind, of entities that manifests refer to but don't hold: those belong to somebody else. */
  readonly lookupTags?: Readonly<Record<string, readonly string[]>>
}

/** The owner of an entity at the gateway. An entity without tags of its own belongs to the owner of its parent. */
export function claimOf(entity: Entity, definition: KindDefinition, input: Ownership): Claim {
  const { selectTags } = input
  if (selectTags.length === 0) return 'ours'
  if (!definition.fields?.tagged) {
    const [owner] = Object.values(entity.refs)
    const parent = owner && entityAt(input.live, owner)
    const parentKind = owner && input.live.kinds.of(owner.kind)
    return parent && parentKind ? claimOf(parent, parentKind, input) : 'nobody'
  }
  if (selectTags.every(tag => entity.tags.includes(tag))) return 'ours'
  return entity.tags.length === 0 ? 'nobody' : 'other'
}

/** Whether manifests only refer to an entity. */
export function isLookedUp(entity: Entity, { lookupTags }: Ownership): boolean {
  const tags = lookupTags?.[entity.kind] ?? []
  return tags.length > 0 && tags.every(tag => entity.tags.includes(tag))
}

/** A wanted entity that is somebody else's at the gateway. */
export function ownedByOthers(wanted: Entity, live: Entity, input: Ownership): Problem {
  return {
    code: 'owned-by-others',
    target: input.target,
    message: `the ${wanted.kind} ${wanted.name} at the gateway carries the tags ${live.tags.join(', ')} and not ${input.selectTags.join(', ')}: it is not ours to change`,
    hint: 'Choose another name, or have its owners hand it over by tagging it.',
    ...placed(wanted),
  }
}

/** A wanted entity with a value that somebody else's has, and that no two may have. */
export function takenByOthers(wanted: Entity, owner: Entity, field: string, input: Ownership): Problem {
  const tags = owner.tags.length === 0 ? 'no tags' : `the tags ${owner.tags.join(', ')}`
  return {
    code: 'taken-by-others',
    target: input.target,
    message: `the ${field} of ${wanted.kind} ${wanted.name} is taken at the gateway by ${owner.kind} ${owner.name}, which carries ${tags} and is not ours to change`,
    hint: 'Choose another value, or have its owners give it up.',
    ...placed(wanted),
  }
}

/** An entity to delete, or to recreate as `remade`, that somebody else's entity depends on. */
export function usedByOthers(
  entity: Entity,
  child: Entity,
  remade: Entity | undefined,
  input: Ownership,
): Problem {
  const what = remade ? `can't be created again under the id ${remade.id}` : 'is in no manifest and stays'
  return {
    code: 'used-by-others',
    target: input.target,
    message: `the ${entity.kind} ${entity.name} ${what}, because ${child.kind} ${child.name} with the tags ${child.tags.join(', ')} depends on it and is not ours`,
    hint: 'Have its owners move or delete it first.',
    ...(remade ? placed(remade) : {}),
  }
}

/** A wanted entity with a value that an ignored one has, and that no two may have. */
export function takenByIgnored(
  wanted: Entity,
  owner: Entity,
  field: string,
  rule: IgnoreRule,
  input: Ownership,
): Problem {
  return {
    code: 'taken-by-ignored',
    target: input.target,
    message: `the ${field} of ${wanted.kind} ${wanted.name} is taken at the gateway by ${owner.kind} ${owner.name}, which the rule at ${placeText(rule)} ignores`,
    hint: 'Choose another value, or let the rule end.',
    ...placed(wanted),
  }
}

/** A wanted entity with a value of another one that was meant to release it but stays as it is. */
export function takenByKept(wanted: Entity, owner: Entity, field: string, input: Ownership): Problem {
  return {
    code: 'taken-by-kept',
    target: input.target,
    message: `${wanted.kind} ${wanted.name} is left alone, because its ${field} is taken at the gateway by ${owner.kind} ${owner.name}, which can't be changed`,
    hint: 'See why that one can’t be changed.',
    ...placed(wanted),
  }
}

/** An entity to delete or recreate that another one depends on, which a rule leaves as it is. */
export function usedByIgnored(entity: Entity, child: Entity, rule: IgnoreRule, input: Ownership): Problem {
  return {
    code: 'used-by-ignored',
    target: input.target,
    message: `the ${entity.kind} ${entity.name} is not deleted, because ${child.kind} ${child.name} depends on it, which the rule at ${placeText(rule)} leaves as it is`,
    hint: 'Have that one moved or deleted first, or let the rule end.',
  }
}

/** A change that needs another one, which is impossible. */
export function followsBlocked(change: Change, need: string, input: Ownership): Problem {
  return {
    code: 'follows-blocked',
    target: input.target,
    message: `${change.operation} ${change.kind} ${change.name} is left alone, because it needs ${need}, which can't be done`,
    hint: 'See why that one can’t be done.',
    ...(change.source ? { place: change.source } : {}),
  }
}

function placeText({ place }: IgnoreRule): string {
  return `${place.file}:${place.line}`
}

function placed(entity: Entity): Pick<Problem, 'place'> {
  const place = entity.source?.place()
  return place ? { place } : {}
}
