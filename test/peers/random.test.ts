import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Choices } from '../random/choices.ts'
import { type RandomState, randomState } from '../random/entities.ts'
import { type ManifestSettings, manifestTexts } from '../random/manifest.ts'
import { mutated } from '../random/mutations.ts'
import { deck, describeDeck } from './deck.ts'
import { explanationsText } from './differential/explained.ts'
import { Lane, type Syncer } from './differential/lane.ts'
import { minimised, plainTexts } from './differential/minimise.ts'
import { wrongPasswords } from './differential/passwords.ts'

/** How many steps from one random manifest to the next; `npm run test:peers -- --long` makes 5,000. */
const steps = process.env.GATEWATCH_LONG === '1' ? 5_000 : 200
/** Steps from one empty gateway on. */
const stepsOfASeed = 8
const lanes = 3
/** Another number here tries other manifests; that of a disagreement begins with it. */
const firstSeed = Number(process.env.GATEWATCH_SEED ?? 1)
/** A run goes on past a disagreement, so that it tells of several at once. */
const mostDisagreements = 10

const found = new URL('./found/', import.meta.url)
const syncers: readonly Syncer[] = ['gatewatch', 'deck']

describeDeck('gatewatch and decK say the same of any manifest', () => {
  let beds: readonly Lane[] = []
  beforeAll(async () => {
    beds = await Promise.all(Array.from({ length: lanes }, () => Lane.start()))
    await deck(beds[0]?.bed.address ?? '', ['gateway', 'ping'])
  }, 900_000)
  afterAll(async () => {
    await Promise.all(beds.map(lane => lane[Symbol.asyncDispose]()))
  })

  it.each(readdirSync(found))('as once found: %s', async name => {
    const [lane] = beds
    const manifests = readFileSync(new URL(name, found), 'utf8').split(/^---$/m)
    for (const by of syncers) {
      await lane?.bed.clear()
      for (const manifest of manifests) expect(await lane?.step(manifest, by)).toEqual([])
    }
  })

  it('except for what is explained in docs/compatibility-random.md', async () => {
    await expect(explanationsText()).toMatchFileSnapshot('../../docs/compatibility-random.md')
  })

  it(`in ${steps} random steps`, { timeout: steps * 5_000 }, async () => {
    let left = steps
    let seed = firstSeed
    const disagreements: string[] = []
    await Promise.all(
      beds.map(async lane => {
        while (left > 0 && disagreements.length < mostDisagreements) {
          left -= stepsOfASeed
          const found = await walk(lane, seed++)
          if (!found) continue
          disagreements.push(found.where)
          process.stderr.write(`\n${[found.where, ...found.details].join('\n')}\n`)
        }
      }),
    )
    expect(disagreements).toEqual([])
  })
})

const settingsOf = (seed: number): ManifestSettings => ({
  ...(seed % 4 === 1 ? { selectTags: ['ours'] } : {}),
  ...(seed % 4 === 2 ? { defaults: { service: { retries: 3 }, route: { strip_path: false } } } : {}),
})

interface Disagreement {
  /** The seed, the step and who synced. */
  readonly where: string
  /** What they said, and the manifests, made small. */
  readonly details: readonly string[]
}

/** From an empty gateway from one manifest to the next, till they disagree. */
async function walk(lane: Lane, seed: number): Promise<Disagreement | undefined> {
  const choices = Choices.ofSeed(seed)
  const settings = settingsOf(seed)
  await lane.bed.clear()
  let before: RandomState = []
  let after = randomState(choices, 10)
  for (let step = 0; step < stepsOfASeed; step++) {
    const by: Syncer = (seed + step) % 2 === 0 ? 'gatewatch' : 'deck'
    const said = await lane.step(manifestTexts(after, settings, choices, 1 + (seed % 3)), by)
    const disagreements = said.length > 0 ? said : wrongPasswords(after, await lane.bed.control.state())
    if (disagreements.length > 0) {
      const small = await madeSmall(lane, { before, after }, by, settings, disagreements)
      return {
        where: `seed ${seed}, step ${step}, synced by ${by}`,
        details: [...disagreements, ...small],
      }
    }
    before = after
    after = mutated(after, choices)
  }
  return undefined
}

async function madeSmall(
  lane: Lane,
  whole: { readonly before: RandomState; readonly after: RandomState },
  by: Syncer,
  settings: ManifestSettings,
  disagreements: readonly string[],
): Promise<readonly string[]> {
  const deadline = Date.now() + 60_000
  const small = await minimised(whole, async part => {
    if (Date.now() > deadline) return false
    await lane.bed.clear()
    const [before = '', after = ''] = plainTexts(part, settings)
    if ((await lane.bed.sync(before)).problems.length > 0) return false
    // Something smaller may show something else.
    const said = [
      ...(await lane.step(after, by)),
      ...wrongPasswords(part.after, await lane.bed.control.state()),
    ]
    return said.some(each => disagreements.includes(each))
  })
  return plainTexts(small, settings)
}
