import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemText } from '../../src/model/problem.ts'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import { compareTarget } from '../../src/workflows/reading/compare-target.ts'
import { planFor, sync } from '../../src/workflows/syncing/sync.ts'
import { deckDiff } from './deck.ts'
import { differingLists, liveState } from './live.ts'
import { hasDeck, isRecord, recordedSyncs } from './recordings.ts'

/** `npm run test:contract -- --all` runs all pairs, otherwise every third. */
const everyOne = process.env.GATEWATCH_CONTRACT_ALL === '1'
const pairs = hasDeck ? recordedSyncs('pairs').filter((_, i) => everyOne || i % 3 === 0) : []

describe.skipIf(!hasDeck)('a sync by gatewatch', () => {
  let sandbox: RunningSandbox | undefined
  let folder = ''
  const url = (name: string) => sandbox?.gateways.find(gateway => gateway.name === name)?.adminUrl ?? ''

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatewatch-own-pairs-'))
    sandbox = await launchSandbox({
      gateways: pairs.map(({ name }) => ({ name, proxyPort: false as const, faults: true })),
    })
  })
  afterAll(async () => {
    await sandbox?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Syncs a manifest into a gateway: the requests that the plan said it would send, and what went wrong. */
  async function syncTo(
    address: string,
    manifest: unknown,
  ): Promise<{ readonly planned: readonly string[]; readonly problems: readonly string[] }> {
    const file = join(folder, 'kong.yaml')
    writeFileSync(file, String(manifest))
    const project = await openProject({
      cwd: folder,
      env: {},
      kongAddr: address,
      files: [file],
      stateFolder: folder,
    })
    if (!project.ok) throw new Error(project.error.map(problemText).join('\n'))
    const [target] = project.value.targets
    if (!target) throw new Error('no target')
    const compared = await compareTarget(project.value, target, AbortSignal.timeout(20_000))
    if (!compared.ok) throw new Error(JSON.stringify(compared.error))
    await compared.value.session[Symbol.asyncDispose]()
    const plan = planFor(project.value, compared.value, {
      excluded: new Set(),
      deletes: true,
      allowDeletes: 1000,
    })
    if (!plan.ok) throw new Error(plan.error.map(problemText).join('\n'))
    const planned = plan.value.steps.map(
      step => `${String(step.payload.method)} ${String(step.payload.path)}`,
    )
    for await (const event of sync(project.value, plan.value, AbortSignal.timeout(60_000))) {
      if (event.type !== 'ended') continue
      const problems = event.result.problems.map(problemText)
      if (problems.length === 0) expect(event.result.remaining).toEqual({ create: 0, update: 0, delete: 0 })
      return { planned, problems }
    }
    throw new Error('the sync did not end')
  }

  test.each(pairs.map(one => [one.name, one.recording] as const))(
    '%s leaves what decK left at the real gateway, and sends the steps of its plan and no more',
    async (name, recording) => {
      const address = url(name)
      const control = sandbox?.control(name)
      const writesOf = async () =>
        ((await control?.requests()) ?? [])
          .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/validate'))
          .map(({ method, path }) => `${method} ${path}`)
      const refused = /message: "([^"]*)"/.exec(String(recording.deck_sync_error ?? ''))?.[1]

      const first = await syncTo(address, recording.manifest)
      expect(first.problems).toEqual([])
      expect((await writesOf()).toSorted()).toEqual(first.planned.toSorted())
      expect(differingLists(recording.live, await liveState(address))).toEqual([])

      await control?.forgetRequests()
      const second = await syncTo(address, recording.next_manifest)
      if (refused !== undefined) {
        // decK stops half way there; gatewatch asks the gateway before it writes, and leaves it as it was.
        expect(second.problems).toEqual([expect.stringContaining(refused)])
        expect(await writesOf()).toEqual([])
        expect(differingLists(recording.live, await liveState(address))).toEqual([])
        return
      }
      expect(second.problems).toEqual([])
      expect((await writesOf()).toSorted()).toEqual(second.planned.toSorted())
      expect(differingLists(recording.live_after, await liveState(address))).toEqual([])
      const after = await deckDiff(address, join(folder, 'kong.yaml'))
      // decK updates oauth2 credentials for ever.
      const oauth2 =
        isRecord(recording.live_after) && Array.isArray(recording.live_after.oauth2)
          ? recording.live_after.oauth2.length
          : 0
      if (oauth2 === 0) expect(after).toMatchObject({ total: 0 })
    },
  )
})
