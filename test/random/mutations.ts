import type { Json } from '../../src/model/json.ts'
import type { Choices } from './choices.ts'
import {
  type RandomEntity,
  type RandomState,
  randomEntity,
  randomId,
  randomKind,
  settled,
} from './entities.ts'

type Mutation = (state: RandomState, choices: Choices) => RandomState

/** A state after one to four random changes. */
export function mutated(state: RandomState, choices: Choices): RandomState {
  let after = state
  for (let left = 1 + choices.below(4); left > 0; left--) {
    const mutation = choices.one(mutations)
    if (mutation) after = settled(mutation(after, choices))
  }
  return after
}

const put = (state: RandomState, ...entities: readonly RandomEntity[]): RandomState =>
  state.map(each => entities.find(entity => entity.number === each.number) ?? each)

const add: Mutation = (state, choices) => [...state, randomEntity(randomKind(choices), state, choices)]

const remove: Mutation = (state, choices) => {
  const entity = choices.one(state)
  return state.filter(each => each !== entity)
}

/** One group of fields is chosen anew. */
const change: Mutation = (state, choices) => {
  const entity = choices.one(state)
  const group = choices.below(entity?.kind.groups.length ?? 0)
  const part = choices.one(entity?.kind.groups[group] ?? [])
  if (!entity || !part) return state
  return put(state, { ...entity, parts: entity.parts.map((old, i) => (i === group ? part : old)) })
}

/** A unique value becomes another one; where that is another entity's, the two swap. */
const rename: Mutation = (state, choices) => {
  const entity = choices.one(state)
  const field = choices.one(Object.keys(entity?.kind.unique ?? {}))
  const value = entity && field !== undefined ? choices.one(entity.kind.unique[field] ?? []) : undefined
  if (!entity || field === undefined || value === undefined) return state
  const holder = state.find(each => each.kind === entity.kind && each.unique[field] === value)
  return put(
    state,
    withUnique(entity, field, value),
    ...(holder ? [withUnique(holder, field, entity.unique[field])] : []),
  )
}

function withUnique(entity: RandomEntity, field: string, value: Json | undefined): RandomEntity {
  const { [field]: _, ...unique } = entity.unique
  return { ...entity, unique: value === undefined ? unique : { ...unique, [field]: value } }
}

/** An entity gives way to a new one with its unique values. */
const replace: Mutation = (state, choices) => {
  const entity = choices.one(state)
  if (!entity) return state
  const rest = state.filter(each => each !== entity)
  return [
    ...rest,
    { ...randomEntity(entity.kind, rest, choices), unique: entity.unique, number: nextNumber(state) },
  ]
}

function nextNumber(state: RandomState): number {
  return Math.max(0, ...state.map(each => each.number)) + 1
}

/** A unique value leaves its entity, which stays where it can be without, for a new one. */
const takeOver: Mutation = (state, choices) => {
  const entity = choices.one(state.filter(each => Object.keys(each.unique).length > 0))
  const field = choices.one(Object.keys(entity?.unique ?? {}))
  if (!entity || field === undefined) return state
  const free = (entity.kind.unique[field] ?? []).filter(
    value => !state.some(each => each.kind === entity.kind && each.unique[field] === value),
  )
  const taken = entity.unique[field]
  const rest = put(state, withUnique(entity, field, choices.one(free)))
  return [...rest, withUnique(randomEntity(entity.kind, state, choices), field, taken)]
}

/** An entity goes to another parent, or to none. */
const move: Mutation = (state, choices) => {
  const entity = choices.one(state.filter(each => Object.keys(each.kind.refs).length > 0))
  const field = choices.one(Object.keys(entity?.kind.refs ?? {}))
  const foreign = field === undefined ? undefined : entity?.kind.refs[field]
  if (!entity || field === undefined || !foreign) return state
  const { [field]: _, ...refs } = entity.refs
  const to = choices.one(state.filter(each => each.kind.kind === foreign.kind))
  const stays = foreign.required || choices.chance(70)
  return put(state, { ...entity, refs: to && stays ? { ...refs, [field]: to.number } : refs })
}

/** A deleted parent leaves what it had to another one. */
const inherit: Mutation = (state, choices) => {
  const parent = choices.one(state)
  const heir = choices.one(state.filter(each => each.kind === parent?.kind && each !== parent))
  if (!parent || !heir) return state
  const heirs = state.map(each => ({
    ...each,
    refs: Object.fromEntries(
      Object.entries(each.refs).map(([field, to]) => [field, to === parent.number ? heir.number : to]),
    ),
  }))
  return heirs.filter(each => each.number !== parent.number)
}

/** An id is given, taken away, or goes to another entity. */
const reidentify: Mutation = (state, choices) => {
  const entity = choices.one(state.filter(each => each.kind.ids === 'sometimes'))
  if (!entity) return state
  const id = choices.chance(30) ? undefined : randomId(entity.kind, choices)
  const holder =
    id === undefined ? undefined : state.find(each => each.kind === entity.kind && each.id === id)
  return put(state, { ...entity, id }, ...(holder && holder !== entity ? [{ ...holder, id: entity.id }] : []))
}

/** Nothing: only how it is written down may differ. */
const keep: Mutation = state => state

const mutations: readonly Mutation[] = [
  change,
  change,
  change,
  change,
  add,
  add,
  add,
  remove,
  remove,
  move,
  move,
  rename,
  replace,
  takeOver,
  inherit,
  reidentify,
  keep,
]
