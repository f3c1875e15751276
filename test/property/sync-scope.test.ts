import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalText } from '../../src/model/json.ts'
import { GatewayBed } from '../gateway-bed.ts'
import { Choices } from '../random/choices.ts'
import { type RandomEntity, type RandomState, randomState, settled } from '../random/entities.ts'
import { manifestTexts } from '../random/manifest.ts'
import { mutated } from '../random/mutations.ts'

/** Numbers that all is chosen by: so many that no choice is made without one. */
const numbers = fc.array(fc.nat(0xffff), { minLength: 600, maxLength: 1200 })

const owners = ['ours', 'theirs'] as const

/** Each entity with one tag: that of its owner, whoever owns what it points to. */
function owned(state: RandomState, choices: Choices): RandomState {
  return state.map(entity => ({
    ...entity,
    parts: [...entity.parts, { tags: [choices.one(owners) ?? 'ours'] }],
  }))
}

const isOurs = ({ parts }: RandomEntity): boolean => JSON.stringify(parts.at(-1)?.tags) === '["ours"]'

/** What a gateway holds of theirs, by list and id. */
async function theirs(bed: GatewayBed): Promise<ReadonlyMap<string, string>> {
  const lists = Object.entries(await bed.control.state())
  const entities = lists.flatMap(([path, list]) =>
    list.map(({ updated_at: _, ...entity }) => ({ path, entity })),
  )
  return new Map(
    entities
      .filter(({ entity }) => Array.isArray(entity.tags) && entity.tags.includes('theirs'))
      .map(({ path, entity }) => [`${path} ${entity.id}`, canonicalText(entity)]),
  )
}

describe.each([
  ['with a database', false],
  ['without one', true],
])('whatever entities of all kinds two owners have at a gateway %s', (_gateway, dbless) => {
  let bed: GatewayBed
  beforeAll(async () => {
    bed = await GatewayBed.start({ dbless })
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  it('a sync by one keeps the other’s entities unchanged, even those that depend on its own, and does the rest', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, async list => {
        const choices = Choices.ofList(list)
        await bed.clear()
        const all = owned(randomState(choices, 16), choices)
        expect((await bed.sync(manifestTexts(all, {}, choices))).problems).toEqual([])
        const before = await theirs(bed)
        expect(before.size).toBe(all.filter(entity => !isOurs(entity)).length)
        let ours = settled(all.filter(isOurs))
        for (let step = 0; step < 3; step++) {
          ours = mutated(ours, choices)
          const texts = manifestTexts(ours, {}, choices)
          const { problems } = await bed.sync(texts, { selectTags: ['ours'] })
          expect(await theirs(bed)).toEqual(before)
          expect(problems.map(each => each.message)).toEqual([])
          expect(await bed.changes(texts, { selectTags: ['ours'] })).toEqual([])
        }
      }),
      // Shrinking ends in time: a long counterexample says more than none.
      { numRuns: 5, interruptAfterTimeLimit: 60_000 },
    )
  }, 120_000)
})
