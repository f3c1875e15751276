import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kinds } from '../../src/providers/kong/kinds/index.ts'
import { GatewayBed } from '../gateway-bed.ts'
import { Choices } from '../random/choices.ts'
import { randomState } from '../random/entities.ts'
import { manifestTexts } from '../random/manifest.ts'
import { mutated } from '../random/mutations.ts'

/** Numbers that all is chosen by: a shorter list, and smaller numbers, give a smaller and plainer state. */
const numbers = fc.array(fc.nat(0xffff), { minLength: 50, maxLength: 400 })
const readable = kinds.all.filter(
  ({ transport: { edition, listedUnder } }) => edition === undefined && listedUnder === undefined,
)

describe.each([
  ['with a database', false],
  ['without one', true],
])('any state of all kinds at a gateway %s', (_gateway, dbless) => {
  let bed: GatewayBed
  beforeAll(async () => {
    bed = await GatewayBed.start({ dbless })
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  it('is reached by a plan, however it is written, and an unreadable list changes nothing of its kind', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, fc.constantFrom(...readable), async (list, unread) => {
        const choices = Choices.ofList(list)
        await bed.clear()
        let state = randomState(choices, 12)
        for (let step = 0; step < 2; step++) {
          expect((await bed.sync(manifestTexts(state, {}, choices, 2))).problems).toEqual([])
          expect(await bed.changes(manifestTexts(state, {}, choices, 1))).toEqual([])
          expect(await bed.changes(manifestTexts(state, {}, choices, 3).toReversed())).toEqual([])
          state = mutated(state, choices)
        }
        await bed.control.setFaults([
          { fault: 'status', status: 403, kinds: [unread.transport.path], methods: ['GET'] },
        ])
        const found = await bed.diff(manifestTexts(state, {}, choices))
        if (!('drift' in found)) throw new Error(found.problems.map(each => each.message).join('\n'))
        expect(found.drift.changes.filter(change => change.kind === unread.kind)).toEqual([])
        expect(found.drift.unknown.map(each => each.kind)).toContain(unread.kind)
      }),
      { numRuns: 6 },
    )
  }, 120_000)
})
