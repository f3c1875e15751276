import { checkEntity } from '../../model/check-entity.ts'
import type { Entity, Kind, State } from '../../model/entity.ts'
import type { Fault } from '../../model/entity-checks.ts'
import { asString } from '../../model/json.ts'
import type { Problem } from '../../model/problem.ts'
import type { Schemas } from '../../model/schema.ts'
import { schemasWithoutGateway } from '../../providers/index.ts'
import { noBase } from '../../reconcile/drift/base.ts'
import { compare } from '../../reconcile/drift/compare.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { stateWithoutGateway } from '../reading/compare-commits.ts'
import { type Compared, compareTarget, problemsOf } from '../reading/compare-target.ts'
import { readManifestsOf } from '../reading/read-manifests.ts'
import { problemsOfRefusals } from '../syncing/steps/step-refusals.ts'

/** What was found in the manifests of one target. */
export interface Validation {
  readonly target: string
  /** What they were held against, as `the schemas of Kong Gateway 3.9.1`. */
  readonly against: string
  /** How many entities they hold; null where they could not be read. */
  readonly entities: number | null
  /** What a gateway refuses. */
  readonly problems: readonly Problem[]
  /** What is odd, or may be refused: a gateway of another version knows. */
  readonly warnings: readonly Problem[]
  /** What there is no schema of, as `plugin rate-limiting-advanced`: only a gateway can check it. */
  readonly notChecked: readonly string[]
}

const newer = 'A newer gateway, or Enterprise, may know it: ask it with --online.'

/** Holds the manifests of a target against decK's format and the schemas that come with the project; asks nobody. */
export async function validateOffline(project: Project, target: GatewayTarget): Promise<Validation> {
  const against = 'the schemas of Kong Gateway 3.9.1, open source'
  const failed = (problems: readonly Problem[], warnings: readonly Problem[] = []): Validation => {
    return { target: target.name, against, entities: null, problems, warnings, notChecked: [] }
  }
  const manifest = await readManifestsOf(project, target)
  if (!manifest.ok) return failed(manifest.error)
  const schemas = schemasWithoutGateway()
  const state = stateWithoutGateway(project, target, manifest.value, schemas)
  if (!state.ok) return failed(state.error, manifest.value.warnings)
  const problems: Problem[] = []
  const warnings: Problem[] = [...manifest.value.warnings]
  const notChecked = new Set<string>()
  for (const [entity, faults] of checked(state.value, schemas, what => notChecked.add(what))) {
    for (const fault of faults) {
      const problem = problemOf(entity, fault)
      if (fault.unknown) warnings.push({ hint: newer, ...problem })
      else problems.push(problem)
    }
  }
  const entities = manifest.value.entities.length
  return { target: target.name, against, entities, problems, warnings, notChecked: [...notChecked] }
}

/**
 * Holds the manifests of a target against its gateway: its schemas, what is there to refer to, and its own check of
 * every entity of the kinds that are `asked` about. Writes nothing.
 */
export async function validateOnline(
  project: Project,
  target: GatewayTarget,
  signal: AbortSignal,
  asked: (kind: Kind) => boolean = () => true,
): Promise<Validation> {
  const result = await compareTarget(project, target, signal, { routing: false })
  if (!result.ok) {
    const problems = problemsOf(result.error)
    return {
      target: target.name,
      against: target.address,
      entities: null,
      problems,
      warnings: [],
      notChecked: [],
    }
  }
  try {
    return await askGateway(project, result.value, asked, signal)
  } finally {
    await result.value.session[Symbol.asyncDispose]()
  }
}

async function askGateway(
  project: Project,
  compared: Compared,
  asked: (kind: Kind) => boolean,
  signal: AbortSignal,
): Promise<Validation> {
  const { target, session, drift, manifest } = compared
  const against = `${session.identity.description} at ${session.identity.address}`
  const standing = [
    ...drift.unknown.filter(({ kind }) => asked(kind)),
    ...drift.blocked.filter(({ entity }) => asked(entity.kind)),
  ].map(({ reason }) => reason)
  const found = [...checked(compared.desired, compared.schemas)]
    .filter(([{ kind }]) => asked(kind))
    .flatMap(([entity, faults]) =>
      faults.map(fault => ({ ...problemOf(entity, fault), target: target.name })),
    )
  const told = new Set(found.flatMap(({ place }) => (place ? [`${place.file}:${place.line}`] : [])))
  const refused = (await refusedBy(project, compared, asked, signal)).filter(
    // The gateway says of a field what its schema said already.
    ({ place }) => !(place && told.has(`${place.file}:${place.line}`)),
  )
  return {
    target: target.name,
    against,
    entities: manifest.entities.length,
    problems: [...standing, ...found, ...refused],
    warnings: manifest.warnings,
    notChecked: [],
  }
}

/** What the gateway has against any entity that it is asked about, as if all were new to it. */
async function refusedBy(
  project: Project,
  { target, session, desired, live, schemas }: Compared,
  asked: (kind: Kind) => boolean,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const nothing = { kinds: live.kinds, entities: new Map(), coverage: live.coverage }
  const { changes } = compare({
    target: target.name,
    desired,
    live: nothing,
    base: noBase,
    schemas,
    selectTags: [],
  })
  const ids = new Map<string, string>()
  const whole = withKeptSecrets(desired, live)
  const steps = session.compile(changes, whole, withoutWanted(live, desired), schemas, ({ kind, key }) => {
    const ref = `${kind} ${key}`
    const id = ids.get(ref) ?? crypto.randomUUID()
    ids.set(ref, id)
    return id
  })
  if (!steps.ok) return steps.error
  const about = new Set(changes.filter(({ kind }) => asked(kind)).map(({ id }) => id))
  const refusals = await session.validate(
    steps.value.filter(({ covers }) => covers.some(id => about.has(id))),
    project.digests.resolve,
    signal,
  )
  if (!refusals.ok) return refusals.error
  return problemsOfRefusals(
    refusals.value.filter(({ change }) => change === null || about.has(change)),
    changes,
    desired,
  )
}

/** Entities with the secrets that the gateway keeps, where manifests leave them at that. */
function withKeptSecrets(desired: State, live: State): State {
  const entities = [...desired.entities].map(([kind, ofKind]) => {
    const field = desired.kinds.of(kind)?.hashed?.field
    if (field === undefined) return [kind, ofKind] as const
    const whole = [...ofKind].map(([key, entity]) => {
      const kept = entity.fields[field] ?? live.entities.get(kind)?.get(key)?.fields[field]
      return [
        key,
        kept === undefined ? entity : { ...entity, fields: { ...entity.fields, [field]: kept } },
      ] as const
    })
    return [kind, new Map(whole)] as const
  })
  return { ...desired, entities: new Map(entities) }
}

/** What is at the gateway and in no manifest: manifests may refer to it. */
function withoutWanted(live: State, desired: State): State {
  const others = [...live.entities].map(([kind, entities]) => {
    const wanted = desired.entities.get(kind)
    return [kind, new Map([...entities].filter(([key]) => !wanted?.has(key)))] as const
  })
  return { ...live, entities: new Map(others) }
}

/** The entities of a state with what its schemas have against them; `missing` hears of what there is no schema of. */
function* checked(
  state: State,
  schemas: Schemas,
  missing: (what: string) => void = () => {},
): Iterable<readonly [Entity, readonly Fault[]]> {
  for (const [kind, entities] of state.entities) {
    const definition = state.kinds.of(kind)
    const schema = schemas.get(kind)
    if (!definition || entities.size === 0) continue
    if (!schema) {
      missing(kind)
      continue
    }
    for (const entity of entities.values()) {
      const { variant } = definition
      const name = variant === undefined ? undefined : asString(entity.fields[variant])
      if (name !== undefined && schema.variant && !schema.variant(name)) missing(`${kind} ${name}`)
      yield [entity, checkEntity(entity, definition, schema)]
    }
  }
}

function problemOf(entity: Entity, { path, message, unknown }: Fault): Problem {
  const who = `${entity.kind} ${entity.name}`
  const place = entity.source?.place(path === '' ? undefined : path)
  const hint = unknown?.meant === undefined ? {} : { hint: `Did you mean ${unknown.meant}?` }
  return {
    code: unknown ? 'unknown-field' : 'schema',
    message: path === '' ? `${who} ${message}` : `"${path}" of ${who} ${message}`,
    ...hint,
    ...(place ? { place } : {}),
  }
}
