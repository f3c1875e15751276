import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { isObject } from '../../src/model/json.ts'
import { problemText } from '../../src/model/problem.ts'
import { checkEntity } from '../../src/model/schema/check-entity.ts'
import { buildState } from '../../src/model/state/build-state.ts'
import { schemasWithoutGateway } from '../../src/providers/kong/admin/schemas/schemas-without-gateway.ts'
import { kinds } from '../../src/providers/kong/kinds/index.ts'
import { routing } from '../../src/providers/kong/routing.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import { validateOffline } from '../../src/workflows/tools/validate.ts'
import { pairManifests } from '../peers/file-tools.ts'
import { describeShared, hasShared, shared } from '../shared.ts'

const cases = z.array(
  z.object({
    steps: z.array(
      z.object({
        request: z.object({ method: z.string(), path: z.string(), body: z.json().optional() }),
        response: z.object({ status: z.number(), body: z.json().optional() }),
      }),
    ),
  }),
)

/** A create that a real gateway answered, with what the schemas have against it. */
interface Judged {
  readonly what: string
  readonly accepted: boolean
  readonly faults: readonly string[]
}

const schemas = schemasWithoutGateway()

/** Recorded creates of single entities, accepted or refused by the schema. */
function* recordedCreates(): Iterable<Judged> {
  const folder = join(shared, 'golden', 'kong-3.9.1', 'cases')
  const steps = readdirSync(folder).flatMap(name =>
    cases.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))).flatMap(each => each.steps),
  )
  for (const { request, response } of steps) {
    const [path = ''] = request.path.replace(/^\//, '').split('?')
    const kind = kinds.all.find(each => each.transport.path === path && each.transport.edition === undefined)
    const schema = kind && schemas.get(kind.kind)
    const accepted = response.status === 201
    const refused = isObject(response.body) && response.body.name === 'schema violation'
    if (request.method !== 'POST' || !kind || !schema || !isObject(request.body) || !(accepted || refused))
      continue
    // What `url` stands for is the manifest reader's matter.
    if ('url' in request.body) continue
    const id = '0a0a0a0a-0000-4000-8000-000000000001'
    const fields: unknown = JSON.parse(
      JSON.stringify({ id, ...request.body }).replaceAll(/\{\{uuid\d+\}\}/g, id),
    )
    const { state } = buildState({
      kinds,
      routing,
      raws: isObject(fields) ? [{ kind: kind.kind, fields }] : [],
      from: 'manifest',
      coverage: new Map(),
      schemas,
      secrets: { digest: value => value, resolve: () => undefined, ending: () => '' },
      lookup: (_kind, name) => name,
    })
    const [entity] = state.entities.get(kind.kind)?.values() ?? []
    if (!entity) continue
    const faults = checkEntity(entity, kind, schema).map(({ path: at, message }) => `${at} ${message}`)
    yield { what: `${path} ${JSON.stringify(request.body).slice(0, 200)}`, accepted, faults }
  }
}

describeShared('validation by the bundled schemas', () => {
  const judged = hasShared ? [...recordedCreates()] : []

  it('accepts what a real gateway accepted', () => {
    const taken = judged.filter(({ accepted }) => accepted)
    expect(taken.length).toBeGreaterThan(100)
    expect(taken.filter(({ faults }) => faults.length > 0)).toEqual([])
  })

  it('finds what a real gateway refused, except for what it checks in code', () => {
    const refused = judged.filter(({ accepted }) => !accepted)
    const missed = refused.filter(({ faults }) => faults.length === 0)
    expect(refused.length).toBeGreaterThan(150)
    expect(missed.length / refused.length).toBeLessThan(0.2)
  })

  it('accepts manifests that were synced to a real gateway', async () => {
    const found: string[] = []
    for (const { name, text } of pairManifests(1)) {
      const project = await openProject({ cwd: '/', env: {}, input: text })
      if (!project.ok) throw new Error(project.error.map(problemText).join('\n'))
      for (const target of project.value.targets) {
        const { problems, warnings } = await validateOffline(project.value, target)
        found.push(...[...problems, ...warnings].map(problem => `${name} ${problemText(problem)}`))
      }
    }
    expect(found).toEqual([])
  }, 60_000)
})
