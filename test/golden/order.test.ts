import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { GatewayBed } from '../gateway-bed.ts'

const file = (body: string): string => `_format_version: "3.0"\n${body}`

/** From one manifest to the next, in one run: what must be so afterwards is what the manifest says. */
const moves: readonly (readonly [string, string, string])[] = [
  [
    'a key of a consumer that is deleted goes to another',
    `consumers:
- username: a
  keyauth_credentials: [{key: shared-key}]
`,
    `consumers:
- username: b
  keyauth_credentials: [{key: shared-key}]
`,
  ],
  [
    'a key goes from one consumer to another, and back comes another',
    `consumers:
- username: a
  keyauth_credentials: [{key: key-one}]
- username: b
  keyauth_credentials: [{key: key-two}]
`,
    `consumers:
- username: a
  keyauth_credentials: [{key: key-two}]
- username: b
  keyauth_credentials: [{key: key-one}]
`,
  ],
]
describe.each([
  ['with a database', false],
  ['without one', true],
])('unique values that move at a gateway %s', (_gateway, dbless) => {
  let bed: GatewayBed
  beforeAll(async () => {
    bed = await GatewayBed.start({ dbless })
  })
  afterAll(() => bed[Symbol.asyncDispose]())
  beforeEach(() => bed.clear())

  it.each(moves)('%s', async (_name, before, after) => {
    for (const manifest of [file(before), file(after)]) {
      const { problems } = await bed.sync(manifest)
      expect(problems).toEqual([])
      expect(await bed.changes(manifest)).toEqual([])
    }
  })
})
