import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject, parseJson } from '../json.ts'
import { demoFixtures, secondsOf } from './fixtures.ts'

/**
 * Writes when each target was last read, as a console that had run until then would have: the start of exposures is
 * derived from that, since no gateway reports when a plugin was deleted.
 */
export async function writeObservations(stateFolder: string, now: Date): Promise<void> {
  const seeds = parseJson(readFileSync(join(demoFixtures(), 'observations.json'), 'utf8'))
  if (!isObject(seeds)) throw new Error('demo fleet: observations.json does not hold an object')
  const seen = Object.entries(seeds).map(([target, seed]) => {
    const age = isObject(seed) && typeof seed.readAgo === 'string' ? secondsOf(seed.readAgo) : 0
    return [target, { readAt: new Date(now.getTime() - age * 1000).toISOString(), open: {} }]
  })
  await mkdir(join(stateFolder, 'observations'), { recursive: true, mode: 0o700 })
  await writeFile(
    join(stateFolder, 'observations', 'payments.json'),
    `${JSON.stringify(Object.fromEntries(seen), null, 2)}\n`,
    { mode: 0o600 },
  )
}
