import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/model/json.ts'
import type { Step } from '../../src/providers/session.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import type { Project } from '../../src/workflows/project/project.ts'
import { type Compared, compareTarget } from '../../src/workflows/reading/compare-target.ts'
import { problemsOfRefusals } from '../../src/workflows/syncing/steps/step-refusals.ts'
import { planFor } from '../../src/workflows/syncing/sync.ts'
import { certificate, key } from '../certificates.ts'
import { GatewayBed } from '../gateway-bed.ts'

let bed: GatewayBed
let work: string
const { signal } = new AbortController()
beforeAll(async () => {
  bed = await GatewayBed.start({ dbless: true })
})
afterAll(() => bed[Symbol.asyncDispose]())
beforeEach(async () => {
  await bed.clear()
  work = mkdtempSync(join(tmpdir(), 'gatewatch-dbless-session-'))
  return () => rm(work, { recursive: true })
})

interface Planned {
  readonly project: Project
  readonly compared: Compared
  readonly step: Step
  readonly changes: Parameters<typeof problemsOfRefusals>[1]
}

/** A plan for a manifest, with the session open: what comes next is up to the test. */
async function planned(manifest: string): Promise<Planned> {
  writeFileSync(join(work, 'kong.yaml'), `_format_version: "3.0"\n${manifest}`)
  const project = await openProject({
    cwd: work,
    kongAddr: bed.address,
    files: [join(work, 'kong.yaml')],
    stateFolder: work,
    env: {},
  })
  if (!project.ok) throw new Error('no workspace')
  const [target] = project.value.targets
  if (!target) throw new Error('no target')
  const compared = await compareTarget(project.value, target, signal)
  if (!compared.ok) throw new Error(JSON.stringify(compared.error))
  const plan = planFor(project.value, compared.value, { excluded: new Set(), deletes: true })
  if (!plan.ok) throw new Error(JSON.stringify(plan.error))
  const [step] = plan.value.steps
  if (!step) throw new Error('nothing to do')
  return { project: project.value, compared: compared.value, step, changes: plan.value.changes }
}

async function execute({ project, compared, step }: Planned) {
  return compared.session.execute(step, project.digests.resolve, { begin: signal, wait: signal })
}

const configure = (lists: object) => bed.request('POST', '/config', { _format_version: '3.0', ...lists })

describe('writing a document', () => {
  it('is stopped if others wrote after the last reading, and then includes their changes', async () => {
    const plan = await planned('services: [{ name: ours, host: h }]')
    expect((await plan.compared.session.current(plan.step, signal)).ok).toBe(true)
    await configure({ services: [{ name: 'theirs', host: 'h' }] })
    await bed.control.forgetRequests()
    expect(await execute(plan)).toMatchObject({ type: 'moved', problem: { code: 'moved' } })
    expect(await bed.writes()).toEqual([])
    await plan.compared.session.current(plan.step, signal)
    expect(await execute(plan)).toMatchObject({ type: 'applied' })
    expect(await bed.request('GET', '/services')).toMatchObject({
      data: expect.arrayContaining([
        expect.objectContaining({ name: 'ours' }),
        expect.objectContaining({ name: 'theirs' }),
      ]),
    })
  })

  it('is refused if something now depends on an entity to delete', async () => {
    await configure({ services: [{ name: 'old', host: 'h' }], routes: [] })
    const plan = await planned('services: []')
    await configure({ services: [{ name: 'old', host: 'h', routes: [{ name: 'new', paths: ['/n'] }] }] })
    await plan.compared.session.current(plan.step, signal)
    await bed.control.forgetRequests()
    expect(await execute(plan)).toMatchObject({
      type: 'rejected',
      refusals: [{ problem: { message: expect.stringContaining('route new hangs on service old') } }],
    })
    expect(await bed.writes()).toEqual([])
  })

  it('includes cascaded deletions, as the preview says', async () => {
    await configure({
      consumers: [{ username: 'c', keyauth_credentials: [{ key: 'k' }], acls: [{ group: 'g' }] }],
      services: [{ name: 's', host: 'h' }],
    })
    const { problems, plan } = await bed.sync('_format_version: "3.0"\nservices: [{ name: s, host: h }]')
    expect(problems).toEqual([])
    expect(plan?.steps[0]?.covers).toContain('delete consumer c')
    expect(await bed.request('GET', '/key-auths')).toMatchObject({ data: [] })
    expect(await bed.request('GET', '/services')).toMatchObject({ data: [{ name: 's' }] })
  })

  it('computes what such a gateway does not: hashes of secrets and digests of certificates', async () => {
    const manifest = `_format_version: "3.0"
consumers:
- username: joe
  basicauth_credentials: [{ username: joe, password: one }]
  oauth2_credentials:
  - { name: app, client_id: i, client_secret: canary-secret, hash_secret: true, redirect_uris: ["http://a.b"] }
`
    expect((await bed.sync(manifest)).problems).toEqual([])
    expect(await bed.changes(manifest)).toEqual([])
    const kept = JSON.stringify(await bed.request('GET', '/oauth2'))
    expect(kept).toContain('$pbkdf2-sha512$i=10000,l=32$')
    expect(kept).not.toContain('canary')
    const changed = manifest.replace('one', 'two').replace('canary-secret', 'canary-other')
    expect(await bed.changes(changed)).toHaveLength(2)
    expect((await bed.sync(changed)).problems).toEqual([])
    expect(await bed.changes(changed)).toEqual([])
    // Another id of the consumer is another salt of the password.
    const moved = changed.replace(
      '- username: joe',
      '- username: joe\n  id: 6d1a3c0e-4a2c-4a58-9a36-0b9c5b4b6c11',
    )
    expect((await bed.sync(moved)).problems).toEqual([])
    expect(await bed.changes(moved)).toEqual([])
  })
})

describe('certificates', () => {
  it('keep their names and digests when everything is rewritten', async () => {
    const manifest = JSON.stringify({
      _format_version: '3.0',
      certificates: [
        { id: '7d1a3c0e-4a2c-4a58-9a36-0b9c5b4b6c11', cert: certificate, key, snis: [{ name: 'a.b' }] },
      ],
      ca_certificates: [{ id: '8d1a3c0e-4a2c-4a58-9a36-0b9c5b4b6c11', cert: certificate }],
    })
    expect((await bed.sync(manifest)).problems).toEqual([])
    const held = () =>
      Promise.all(['/certificates', '/ca_certificates', '/snis'].map(path => bed.request('GET', path)))
    const before = await held()
    expect(before[0]).toMatchObject({ data: [{ snis: ['a.b'] }] })
    const digest = createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex')
    expect(before[1]).toMatchObject({ data: [{ cert_digest: digest }] })
    const more = '_format_version: "3.0"\nservices: [{ name: s, host: h }]'
    expect((await bed.sync(more, { selectTags: ['others'] })).problems).toEqual([])
    expect(withoutTimes(await held())).toEqual(withoutTimes(before))
    expect(await bed.changes(manifest, { selectTags: [] })).toEqual(['delete service s'])
  })
})

const withoutTimes = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (name, part) => (name === 'updated_at' ? 0 : part))

describe('what the gateway refuses', () => {
  const bad = `services:
- name: s
  host: h
  routes:
  - name: good
    paths: [/a]
  - name: bad
    paths:
    - /a
    - b
consumers:
- username: c
  keyauth_credentials:
  - key: canary-key
`

  it('is reported at the lines of the manifest', async () => {
    const plan = await planned(bad)
    await plan.compared.session.current(plan.step, signal)
    const outcome = await execute(plan)
    if (outcome.type !== 'rejected') throw new Error(outcome.type)
    expect(problemsOfRefusals(outcome.refusals, plan.changes, plan.compared.desired)).toEqual([
      {
        code: 'rejected',
        target: expect.any(String),
        message:
          'the gateway refuses route bad: paths.2: should start with: / (fixed path) or ~/ (regex path)',
        hint: 'Correct the manifest and make a new plan; nothing was written.',
        place: { file: 'kong.yaml', line: 11, column: 7 },
      },
    ])
  })

  it('is reported by entity if the gateway only names it, and never with a secret', async () => {
    const plan = await planned(bad.replace('- b\n', '- /b\n'))
    await plan.compared.session.current(plan.step, signal)
    // Nothing that a plan would hold: the service of the route is another one, so is the consumer of the key.
    const elsewhere = (edit: JsonObject): JsonObject =>
      edit.kind === 'route' || edit.kind === 'key-auth'
        ? {
            ...edit,
            body: {
              ...Object(edit.body),
              ...(edit.kind === 'route' ? { service: missing } : { consumer: missing }),
            },
          }
        : edit
    const missing = { id: 'f0000000-0000-4000-8000-000000000000' }
    const { payload } = plan.step
    if (!Array.isArray(payload.edits)) throw new Error('no edits')
    const step = { ...plan.step, payload: { ...payload, edits: payload.edits.map(elsewhere) } }
    const outcome = await execute({ ...plan, step })
    if (outcome.type !== 'rejected') throw new Error(outcome.type)
    const told = problemsOfRefusals(outcome.refusals, plan.changes, plan.compared.desired)
    expect(told).toContainEqual(
      expect.objectContaining({
        message: expect.stringContaining("the gateway refuses route good: invalid reference 'service: "),
        place: { file: 'kong.yaml', line: 6, column: 5 },
      }),
    )
    expect(told.map(problem => problem.message).join()).toContain(
      'one of the keyauth credentials: invalid reference',
    )
    expect(JSON.stringify(told)).not.toContain('canary')
    expect(await bed.request('GET', '/services')).toMatchObject({ data: [] })
  })
})
