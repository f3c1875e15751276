import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openProject } from '../../src/workflows/project/open-project.ts'
import type { GatewayTarget, Project } from '../../src/workflows/project/project.ts'
import {
  type Compared,
  type CompareOptions,
  compareTarget,
} from '../../src/workflows/reading/compare-target.ts'
import { GatewayBed } from '../gateway-bed.ts'

const manifest = `_format_version: "3.0"
services:
- name: payments
  host: payments.internal
  plugins:
  - name: key-auth
`

let bed: GatewayBed
let project: Project
let target: GatewayTarget
beforeAll(async () => {
  bed = await GatewayBed.start()
})
afterAll(() => bed[Symbol.asyncDispose]())
beforeEach(async () => {
  await bed.clear()
  await bed.request('POST', '/services', { name: 'payments', host: 'other.internal' })
  const opened = await openProject({
    cwd: '/',
    kongAddr: bed.address,
    files: bed.files(manifest),
    stateFolder: bed.folder,
    env: {},
  })
  const [only] = opened.ok ? opened.value.targets : []
  if (!opened.ok || !only) throw new Error('not opened')
  project = opened.value
  target = only
})

async function compared(options: CompareOptions): Promise<Compared> {
  const result = await compareTarget(project, target, AbortSignal.timeout(20_000), options)
  if (!result.ok) throw new Error('not compared')
  await result.value.session[Symbol.asyncDispose]()
  return result.value
}

const fieldsOf = ({ drift }: Compared) =>
  drift.changes.flatMap(change => change.fields.map(({ path, live }) => [change.name, path, live]))

test('if nothing changed, the earlier comparison is reused', async () => {
  const earlier = await compared({ again: true })
  const again = await compared({ earlier })
  expect(again.drift).toBe(earlier.drift)
  expect(again.readAt.getTime()).toBeGreaterThanOrEqual(earlier.readAt.getTime())
})

test.each<[string, () => unknown]>([
  ['an entity', () => bed.request('PATCH', '/services/payments', { host: 'moved.internal' })],
  ['something new', () => bed.request('POST', '/services', { name: 'new', host: 'new.internal' })],
  ['the manifest', () => bed.files(manifest.replace('key-auth', 'cors'))],
  [
    'the ledger',
    () =>
      project.ledgers.write(
        target.name,
        {
          version: 1,
          target: target.name,
          keyId: project.digests.keyId,
          whole: true,
          lastSync: null,
          entries: {},
        },
        null,
      ),
  ],
])('if %s changed, everything is compared again', async (_, move) => {
  const earlier = await compared({ again: true })
  await move()
  const again = await compared({ earlier })
  expect(again.drift).not.toBe(earlier.drift)
  expect(again.drift).not.toEqual(earlier.drift)
})

test('a list that can’t be read does not count as unchanged', async () => {
  const earlier = await compared({ again: true })
  await bed.control.setFaults([{ fault: 'status', status: 403, methods: ['GET'], kinds: ['plugins'] }])
  const again = await compared({ earlier })
  expect(again.drift.unknown).not.toEqual([])
  await bed.control.setFaults([])
  expect(fieldsOf(await compared({ earlier: again }))).toEqual(fieldsOf(earlier))
})
