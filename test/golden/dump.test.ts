import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod'
import { problemText } from '../../src/model/problem.ts'
import { manifestYaml } from '../../src/providers/kong/manifest/writing/write.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import { dumpTarget } from '../../src/workflows/tools/dump.ts'
import { describeShared, hasShared, shared } from '../shared.ts'
import { driftOf } from './drift-of.ts'
import {
  type RecordedGateway,
  type RecordedLists,
  recordedLists,
  startRecordedGateway,
} from './recorded-gateway.ts'

const golden = join(shared, 'golden', 'kong-3.9.1')
const recording = z.object({ live: recordedLists.optional(), live_after: recordedLists.optional() })

/** What recorded gateways held, each state once; of those after a second sync every fourth. */
function* recordedStates(): Iterable<readonly [string, RecordedLists]> {
  const seen = new Set<string>()
  for (const folder of ['pairs', 'deck-cases']) {
    for (const [i, name] of readdirSync(join(golden, folder)).entries()) {
      const { live, live_after } = recording.parse(
        JSON.parse(readFileSync(join(golden, folder, name), 'utf8')),
      )
      for (const [when, lists] of Object.entries({ live, live_after })) {
        const text = JSON.stringify(lists)
        if (!lists || seen.has(text) || (when === 'live_after' && i % 4 > 0)) continue
        seen.add(text)
        yield [`${folder}/${name} ${when}`, lists]
      }
    }
  }
}

describeShared('a dump of what a real gateway held', () => {
  let gateway: RecordedGateway
  let work: string
  beforeAll(async () => {
    gateway = await startRecordedGateway()
    work = mkdtempSync(join(tmpdir(), 'gatewatch-dump-'))
  })
  afterAll(async () => {
    expect(gateway.writes).toEqual([])
    await gateway[Symbol.asyncDispose]()
    await rm(work, { recursive: true })
  })

  it('differs from it in nothing, with ids and without, and holds no hash', async () => {
    const states = hasShared ? [...recordedStates()] : []
    const found: string[] = []
    for (const [i, [name, lists]] of states.entries()) {
      gateway.show(lists)
      const project = await openProject({
        cwd: work,
        env: {},
        kongAddr: gateway.address,
        stateFolder: work,
      })
      const [target] = project.ok ? project.value.targets : []
      if (!target) throw new Error('no target')
      const choice = { selectTags: [], withIds: i % 3 === 0, secrets: true }
      const dumped = await dumpTarget(target, choice, AbortSignal.timeout(20_000))
      if (!dumped.ok) throw new Error(dumped.error.map(problemText).join('\n'))
      const text = manifestYaml(dumped.value.manifest, { literal: true })
      const file = join(work, 'kong.yaml')
      writeFileSync(file, text)
      const seen = await driftOf(gateway.address, file, work)
      if ('problems' in seen) found.push(`${name}: ${seen.problems.map(problemText).join(' ')}`)
      else
        found.push(...seen.drift.changes.map(({ id, fields }) => `${name}: ${id} ${JSON.stringify(fields)}`))
      for (const { password } of lists['basic-auths'] ?? []) {
        if (typeof password === 'string' && text.includes(password)) found.push(`${name}: a hash is dumped`)
      }
      for (const { client_secret: secret, hash_secret: isHash } of lists.oauth2 ?? []) {
        if (isHash === true && text.includes(String(secret))) found.push(`${name}: a hashed secret is dumped`)
      }
    }
    expect(states.length).toBeGreaterThan(250)
    expect(found).toEqual([])
  }, 120_000)
})
