import { Choices } from '../../random/choices.ts'
import type { RandomEntity, RandomState } from '../../random/entities.ts'
import { settled } from '../../random/entities.ts'
import { type ManifestSettings, manifestTexts } from '../../random/manifest.ts'

/** From one state to another. */
export interface Transition {
  readonly before: RandomState
  readonly after: RandomState
}

/**
 * The smallest transition that still shows what a larger one shows: entities, then their fields, are taken away as long
 * as `shows` holds.
 */
export async function minimised(
  whole: Transition,
  shows: (part: Transition) => Promise<boolean>,
): Promise<Transition> {
  let best = whole
  for (let smaller = true; smaller; ) {
    smaller = false
    for (const candidate of smallerThan(best)) {
      if (!(await shows(candidate))) continue
      best = candidate
      smaller = true
      break
    }
  }
  return best
}

function* smallerThan({ before, after }: Transition): Generator<Transition> {
  if (before.length > 0) yield { before: [], after }
  for (const { number } of after) {
    const without = (state: RandomState) => settled(state.filter(each => each.number !== number))
    yield { before: without(before), after: without(after) }
    yield { before, after: without(after) }
  }
  for (const { number } of before)
    yield { before: settled(before.filter(each => each.number !== number)), after }
  for (const entity of after) {
    const there = before.find(each => each.number === entity.number)
    if (there && JSON.stringify(there) !== JSON.stringify(entity)) {
      yield { before, after: after.map(each => (each === entity ? there : each)) }
    }
    for (const plainer of plainerThan(entity)) {
      const put = (state: RandomState) =>
        settled(state.map(each => (each === entity || each === there ? plainer(each) : each)))
      yield { before: put(before), after: put(after) }
    }
  }
}

function plainerThan(entity: RandomEntity): readonly ((each: RandomEntity) => RandomEntity)[] {
  return entity.parts.flatMap((part, group) => {
    const [plainest = {}] = entity.kind.groups[group] ?? []
    if (JSON.stringify(part) === JSON.stringify(plainest)) return []
    return [
      (each: RandomEntity) => ({
        ...each,
        parts: each.parts.map((old, i) => (i === group ? plainest : old)),
      }),
    ]
  })
}

/** A transition as manifests, as plain as they can be written. */
export function plainTexts({ before, after }: Transition, settings: ManifestSettings): readonly string[] {
  return [before, after].map(state => manifestTexts(state, settings, Choices.ofList([])).join('\n---\n'))
}
