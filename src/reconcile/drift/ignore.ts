import type { Entity, EntityRef } from '../../model/entity.ts'
import { isSecretMark, refText } from '../../model/entity.ts'
import { isObject, type Json, type JsonObject } from '../../model/json.ts'
import type { Problem } from '../../model/problem.ts'
import type { Schemas } from '../../model/schema/schema.ts'
import type { State } from '../../model/state/state.ts'
import { schemaOf } from './changes.ts'
import type { Blocked, Change } from './drift.ts'
import { differences } from './fields.ts'
import {
  type Ignored,
  type IgnoreRule,
  isAbout,
  isBelow,
  isExpired,
  type RuleOutcome,
} from './ignore-rules.ts'
import type { Operation } from './operation.ts'

/** What rules do to a comparison. */
export interface Ignoring {
  /**
   * The desired state with ignored fields as the gateway has them: they then differ in nothing, and no body changes
   * them.
   */
  readonly desired: State
  /** Entities that are neither created, updated nor deleted, by `refText`. */
  readonly whole: ReadonlyMap<string, IgnoreRule>
  /** By `refText`: the rules that leave fields to others. */
  readonly fields: ReadonlyMap<string, readonly IgnoreRule[]>
  readonly ignored: readonly Ignored[]
  readonly outcomes: readonly RuleOutcome[]
  /** Entities that can't be created without a field that is ignored. */
  readonly blocked: readonly Blocked[]
}

/** The input of rules. */
export interface IgnoreInput {
  readonly desired: State
  readonly live: State
  readonly schemas: Schemas
  readonly rules: readonly IgnoreRule[]
  readonly now: Date
}

/** Applies ignore rules: removes from the desired state whatever isn't ours to decide. Pure. */
export function applyIgnoreRules(input: IgnoreInput): Ignoring {
  return new IgnoreApplication(input).ignoring()
}

class IgnoreApplication {
  readonly #input: IgnoreInput
  readonly #entities: Map<string, ReadonlyMap<string, Entity>>
  readonly #whole = new Map<string, IgnoreRule>()
  readonly #fields = new Map<string, readonly IgnoreRule[]>()
  readonly #ignored: Ignored[] = []
  readonly #blocked: Blocked[] = []
  readonly #matches = new Map<IgnoreRule, number>()

  constructor(input: IgnoreInput) {
    this.#input = input
    this.#entities = new Map(input.desired.entities)
  }

  ignoring(): Ignoring {
    const { desired, rules, now } = this.#input
    const active = rules.filter(rule => !isExpired(rule, now))
    for (const [kind, of] of Map.groupBy(active, rule => rule.kind)) this.#applyTo(kind, of)
    return {
      desired: active.length === 0 ? desired : { ...desired, entities: this.#entities },
      whole: this.#whole,
      fields: this.#fields,
      ignored: this.#ignored,
      outcomes: rules.map(rule => this.#outcomeOf(rule)),
      blocked: this.#blocked,
    }
  }

  #applyTo(kind: string, rules: readonly IgnoreRule[]): void {
    const wanted = new Map(this.#input.desired.entities.get(kind))
    const there = this.#input.live.entities.get(kind) ?? new Map<string, Entity>()
    for (const key of new Set([...wanted.keys(), ...there.keys()])) {
      const entity = wanted.get(key)
      const live = there.get(key)
      const about = rules.filter(rule => [entity, live].some(each => each && isAbout(rule, each)))
      const whole = about.find(rule => rule.field === undefined)
      if (whole) this.#ignoreWhole(whole, entity, live)
      // What is only at the gateway is deleted or not, whatever its fields are.
      else if (entity) wanted.set(key, this.#withoutFields(entity, live, about))
      else for (const rule of about) this.#countIf(live !== undefined && holds(live, rule), rule)
    }
    if (wanted.size > 0 || this.#entities.has(kind)) this.#entities.set(kind, wanted)
  }

  #ignoreWhole(rule: IgnoreRule, entity: Entity | undefined, live: Entity | undefined): void {
    const one = entity ?? live
    if (!one) return
    this.#countIf(true, rule)
    this.#whole.set(refText(one), rule)
    const operation: Operation = !live ? 'create' : entity ? 'update' : 'delete'
    const isEqual = entity && live && this.#differing(entity, live).size === 0
    if (!isEqual) this.#ignored.push({ ...named(one), operation, fields: [], rule })
  }

  #withoutFields(entity: Entity, live: Entity | undefined, rules: readonly IgnoreRule[]): Entity {
    let masked = entity
    for (const rule of rules) {
      const { field } = rule
      if (field === undefined) continue
      const isThere = holds(entity, rule) || (live !== undefined && holds(live, rule))
      this.#countIf(isThere, rule)
      if (!isThere) continue
      const before = masked
      masked = withFieldOf(masked, live, field)
      const ref = refText(entity)
      this.#fields.set(ref, [...(this.#fields.get(ref) ?? []), rule])
      this.#note(rule, before, masked, live)
    }
    return masked
  }

  #note(rule: IgnoreRule, before: Entity, after: Entity, live: Entity | undefined): void {
    const { field = '' } = rule
    if (live) {
      const still = this.#differing(after, live)
      const fields = [...this.#differing(before, live)].filter(path => !still.has(path))
      if (fields.length > 0) this.#ignored.push({ ...named(before), operation: 'update', fields, rule })
      const kind = this.#input.live.kinds.of(before.kind)
      const moves = Object.keys(kind?.references.foreign ?? {}).some(name => still.has(name))
      if (moves && kind?.secrets?.hashed?.field === field) this.#block(before, cannotMove(before, rule))
      return
    }
    if (!holds(before, rule)) return
    this.#ignored.push({ ...named(before), operation: 'create', fields: [field], rule })
    const schema = schemaOf(before, this.#input.schemas, this.#input.live.kinds).fields.get(field)
    if (schema?.required && schema.default === undefined && !schema.auto) {
      this.#block(before, notWithout(before, rule))
    }
  }

  #block(entity: Entity, reason: Problem): void {
    this.#blocked.push({ entity: { kind: entity.kind, key: entity.key }, reason })
  }

  #differing(entity: Entity, live: Entity): ReadonlySet<string> {
    const schema = schemaOf(entity, this.#input.schemas, this.#input.live.kinds)
    const paths = differences(entity.fields, live.fields, schema).map(({ path }) => path)
    const refs = Object.keys({ ...entity.refs, ...live.refs }).filter(
      name => entity.refs[name]?.key !== live.refs[name]?.key,
    )
    return new Set([...paths, ...refs])
  }

  #countIf(matches: boolean, rule: IgnoreRule): void {
    if (matches) this.#matches.set(rule, (this.#matches.get(rule) ?? 0) + 1)
  }

  #outcomeOf(rule: IgnoreRule): RuleOutcome {
    const entities = this.#matches.get(rule) ?? 0
    if (isExpired(rule, this.#input.now)) return { rule, state: 'expired', entities }
    if (entities > 0) return { rule, state: 'matches', entities }
    const coverage = this.#input.live.coverage.get(rule.kind)
    const isUnknown = coverage?.state === 'unread'
    return { rule, state: isUnknown ? 'unknown' : 'matches nothing', entities }
  }
}

function named({ kind, key, name }: Entity): EntityRef & { readonly name: string } {
  return { kind, key, name }
}

function notWithout(entity: Entity, rule: IgnoreRule): Problem {
  return {
    code: 'ignored-required',
    message: `the ${entity.kind} ${entity.name} does not exist and can't be created, because its field ${rule.field ?? ''} is required but ignored`,
    hint: 'Let whoever manages that field create it, or narrow the rule.',
    place: rule.place,
  }
}

/** A hash with the owner in it is kept: another owner needs the value itself. */
function cannotMove(entity: Entity, rule: IgnoreRule): Problem {
  return {
    code: 'ignored-hashed',
    message: `the ${entity.kind} ${entity.name} can't get another owner, because its ${rule.field ?? ''}, which the gateway keeps as a hash, is ignored`,
    hint: 'Let the rule end, or leave the entity with its owner.',
    place: rule.place,
  }
}

/** Whether an entity has the field of a rule. */
function holds(entity: Entity, { field }: IgnoreRule): boolean {
  if (field === undefined) return true
  return (
    entity.refs[field] !== undefined || field in entity.fields || below(entity.fields, field) !== undefined
  )
}

/** The entity with a field as the live one has it; without it where that one does not. */
function withFieldOf(entity: Entity, live: Entity | undefined, field: string): Entity {
  const { [field]: _, ...refs } = entity.refs
  const ref = live?.refs[field]
  const { [field]: _sent, ...sent } = entity.sent ?? {}
  const masked: Entity = {
    ...entity,
    fields: copied(entity.fields, live?.fields, field),
    refs: ref ? { ...refs, [field]: ref } : refs,
    ...(entity.sent ? { sent } : {}),
  }
  return field === 'tags' ? { ...masked, tags: live?.tags ?? [] } : masked
}

/** The part of an entity that is ours: without the fields that rules leave to others. */
export function withoutIgnored(entity: Entity, rules: readonly IgnoreRule[] = []): Entity {
  return rules.reduce(
    (kept, { field }) => (field === undefined ? kept : withFieldOf(kept, undefined, field)),
    entity,
  )
}

/** Whether a plan's change writes what rules now leave to others. */
export function writesIgnored(
  change: Change,
  { whole, fields }: Pick<Ignoring, 'whole' | 'fields'>,
): IgnoreRule | undefined {
  const rule = fields
    .get(refText(change))
    ?.find(
      ({ field = '' }) =>
        change.operation !== 'delete' && change.fields.some(({ path }) => isBelow(path, field)),
    )
  return whole.get(refText(change)) ?? rule
}

function copied(into: JsonObject, from: JsonObject | undefined, path: string): JsonObject {
  if (path in into || (from && path in from)) {
    const { [path]: _, ...rest } = into
    const value = from?.[path]
    return value === undefined ? rest : { ...rest, [path]: value }
  }
  for (const [head, rest] of splits(path)) {
    const own = into[head]
    const there = objectIn(from, head)
    // What the manifest leaves to the gateway as a whole stays so.
    if (own === undefined || !(isObject(own) || there) || isSecretMark(own)) continue
    return { ...into, [head]: copied(isObject(own) ? own : {}, there, rest) }
  }
  return into
}

/** The value at a path; undefined if there is none. Keys of maps may contain dots. */
function below(fields: JsonObject, path: string): Json | undefined {
  if (path in fields) return fields[path]
  for (const [head, rest] of splits(path)) {
    const value = objectIn(fields, head)
    const found = value && below(value, rest)
    if (found !== undefined) return found
  }
  return undefined
}

function* splits(path: string): Generator<readonly [string, string]> {
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    yield [path.slice(0, dot), path.slice(dot + 1)]
  }
}

function objectIn(fields: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = fields?.[name]
  return isObject(value) && !isSecretMark(value) ? value : undefined
}
