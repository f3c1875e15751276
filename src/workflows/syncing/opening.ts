import type { EntityRef } from '../../model/entity.ts'
import type { Interim } from '../../providers/session.ts'
import type { Plan, PlanStep } from '../../reconcile/plan/plan.ts'

/** An entity in an intermediate state: the step that caused it was done, and the step that would end it was not. */
export interface HalfWay extends EntityRef {
  readonly name: string
  readonly state: Interim
}

/** What a plan does temporarily, so that nothing is ever less protected than both before and after. */
export interface Opening {
  /** Whether it is carried out as a whole or not at all. */
  readonly allOrNothing: boolean
  /** New services and routes that nothing gets through to until all else is there. */
  readonly openedLast: readonly HalfWay[]
  /** Live routes, and consumers, whose requests are refused meanwhile. */
  readonly refusedMeanwhile: readonly HalfWay[]
  /** How many plugins stand in for others temporarily. */
  readonly standingIn: number
}

export function openingOf(plan: Plan): Opening {
  const created = new Set(plan.changes.flatMap(({ id, operation }) => (operation === 'create' ? [id] : [])))
  const held = plan.steps.flatMap(step => {
    const entity = halfWay(plan, step)
    return entity ? [{ entity, isNew: !step.about && step.covers.some(id => created.has(id)) }] : []
  })
  const of = (wanted: boolean, ...states: readonly Interim[]): readonly HalfWay[] =>
    held.flatMap(({ entity, isNew }) => (isNew === wanted && states.includes(entity.state) ? [entity] : []))
  return {
    allOrNothing: plan.steps.length <= 1,
    openedLast: of(true, 'disabled', 'closed'),
    refusedMeanwhile: of(false, 'closed', 'refusing'),
    standingIn: of(false, 'standing in').length,
  }
}

/** The same in lines, for the preview of a plan. */
export function openingLines(plan: Plan): readonly string[] {
  if (plan.steps.length === 0) return []
  const { allOrNothing, openedLast, refusedMeanwhile, standingIn } = openingOf(plan)
  if (allOrNothing) return ['all or nothing: it is one request']
  const last = openedLast.length > 0 ? `, opened last: ${namesText(openedLast)}` : ''
  const stand = standingIn === 1 ? '1 plugin stands' : `${standingIn} plugins stand`
  return [
    last === '' ? 'request by request, protection first' : `request by request${last}`,
    ...(refusedMeanwhile.length > 0
      ? [`requests are refused until it is done: ${namesText(refusedMeanwhile)}`]
      : []),
    ...(standingIn > 0 ? [`${stand} in for what is replaced, until it is done`] : []),
  ]
}

/** What a sync left in an intermediate state: `done` are the ids of the steps that took effect. */
export function leftHalfWay(plan: Plan, done: readonly string[]): readonly HalfWay[] {
  const took = new Set(done)
  const last = new Map<string, HalfWay | undefined>()
  for (const step of plan.steps) {
    if (!took.has(step.id)) continue
    for (const name of step.about ? [refName(step.about)] : step.covers) last.set(name, halfWay(plan, step))
  }
  return [...last.values()].flatMap(entity => entity ?? [])
}

const states: Readonly<Record<Interim, string>> = {
  disabled: 'left disabled',
  closed: 'left closed, so that no request matches',
  'standing in': 'left standing in for another',
  refusing: 'left in place',
  'making room': 'left under another name or scope',
  deleted: 'deleted, and not yet created again',
}

/** The same in lines. */
export function halfWayLines(left: readonly HalfWay[]): readonly string[] {
  return [...Map.groupBy(left, ({ state }) => state)].map(
    ([state, entities]) => `${states[state]}: ${namesText(entities)}; the next sync ends that`,
  )
}

function halfWay(plan: Plan, { interim, about, covers }: PlanStep): HalfWay | undefined {
  if (interim === undefined) return undefined
  const entity = about ?? plan.changes.find(({ id }) => covers.includes(id))
  return entity && { kind: entity.kind, key: entity.key, name: entity.name, state: interim }
}

function refName({ kind, key }: EntityRef): string {
  return `${kind} ${key}`
}

/** So many are named, each kind apart. */
const mostNamed = 3

function namesText(entities: readonly HalfWay[]): string {
  return [...Map.groupBy(entities, ({ kind }) => kind)]
    .map(([kind, all]) => {
      const names = all.slice(0, mostNamed).map(({ name }) => name)
      const more = all.length - names.length
      return `${kind}${all.length === 1 ? '' : 's'} ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
    })
    .join('; ')
}
