import type { Entity, EntityRef, Kind } from '../../model/entity.ts'
import { asString } from '../../model/json.ts'
import type { Problem } from '../../model/problem.ts'
import { checkEntity } from '../../model/schema/check-entity.ts'
import type { Fault } from '../../model/schema/entity-checks.ts'
import type { Schemas } from '../../model/schema/schema.ts'
import type { State } from '../../model/state/state.ts'
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
  /** What they were checked against, such as `the schemas of Kong Gateway 3.9.1`. */
  readonly against: string
  /** How many entities they hold; null where they could not be read. */
  readonly entities: number | null
  /** What a gateway refuses. */
  readonly problems: readonly Problem[]
  /** What is unusual or may be refused: a gateway of another version would know. */
  readonly warnings: readonly Problem[]
  /**
   * What was not checked: from files alone, what has no schema, such as `plugin rate-limiting-advanced`; by a gateway,
   * kinds.
   */
  readonly notChecked: readonly string[]
}

const newer = 'A newer gateway, or Enterprise, may know it: ask it with --online.'

/** Holds the manifests of a target against decK's format and the schemas that come with the project; asks nobody. */
export async function validateOffline(project: Project, target: GatewayTarget): Promise<Validation> {
  const against = target.provider.schemasFrom
  const failed = (problems: readonly Problem[], warnings: readonly Problem[] = []): Validation => {
    return { target: target.name, against, entities: null, problems, warnings, notChecked: [] }
  }
  const manifest = await readManifestsOf(project, target)
  if (!manifest.ok) return failed(manifest.error)
  const schemas = target.provider.schemasWithoutGateway()
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
 * Checks the manifests of a target against its gateway: its schemas, the entities that they refer to, and its own check
 * of every entity of the kinds in `asked`. Writes nothing.
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
  const answers = await refusedBy(project, compared, asked, signal)
  const refused = answers.refused.filter(
    // The gateway reports about a field what its schema already reported.
    ({ place }) => !(place && told.has(`${place.file}:${place.line}`)),
  )
  const notChecked = [...new Set(answers.unanswered.map(({ kind }) => kind))]
  const unanswered = unansweredProblem(target, answers)
  const isNothing = answers.unanswered.length > 0 && answers.unanswered.length === answers.asked
  return {
    target: target.name,
    against,
    entities: manifest.entities.length,
    problems: [...standing, ...found, ...refused, ...(isNothing && unanswered ? [unanswered] : [])],
    warnings: [...manifest.warnings, ...(!isNothing && unanswered ? [unanswered] : [])],
    notChecked,
  }
}

/** What a gateway reported about the entities that it was asked about. */
interface Answers {
  readonly asked: number
  readonly refused: readonly Problem[]
  /** Entities that it neither accepted nor rejected, with the status of its answer. */
  readonly unanswered: readonly { readonly kind: Kind; readonly status: number }[]
}

function unansweredProblem(
  { name, provider }: GatewayTarget,
  { asked, unanswered }: Answers,
): Problem | undefined {
  if (unanswered.length === 0) return undefined
  const kinds = [...new Set(unanswered.map(({ kind }) => provider.kinds.pluralOf(kind)))].join(', ')
  const statuses = [...new Set(unanswered.map(({ status }) => status))].toSorted((a, b) => a - b)
  const isNothing = unanswered.length === asked
  const what = isNothing
    ? 'nothing was checked'
    : `${unanswered.length} of ${asked} entities were not checked`
  return {
    code: 'not-checked',
    target: name,
    message: `${what} by the gateway, which does not say whether it would accept ${kinds} (${statuses.join(', ')})`,
    hint: statuses.includes(403)
      ? 'Ask for permission to POST to /schemas there.'
      : 'Check what is between here and the Admin API; a sync reports what it would not accept.',
  }
}

/** What the gateway objects to in each entity that it is asked about, as if all were new. */
async function refusedBy(
  project: Project,
  { target, session, desired, live, schemas }: Compared,
  asked: (kind: Kind) => boolean,
  signal: AbortSignal,
): Promise<Answers> {
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
  const newId = ({ kind, key }: EntityRef): string => {
    const ref = `${kind} ${key}`
    const id = ids.get(ref) ?? crypto.randomUUID()
    ids.set(ref, id)
    return id
  }
  const without = withoutWanted(live, desired)
  const steps = session.compile(changes, whole, without, schemas, newId)
  if (!steps.ok) return { asked: 0, refused: steps.error, unanswered: [] }
  const kinds = new Map(changes.map(({ id, kind }) => [id, kind]))
  const unanswered: { readonly kind: Kind; readonly status: number }[] = []
  const about = new Set(changes.filter(({ kind }) => asked(kind)).map(({ id }) => id))
  const refusals = await session.validate(
    steps.value.filter(({ covers }) => covers.some(id => about.has(id))),
    project.digests.resolve,
    signal,
    (ids, status) => {
      for (const id of ids) if (about.has(id)) unanswered.push({ kind: kinds.get(id) ?? '', status })
    },
  )
  if (!refusals.ok) return { asked: about.size, refused: refusals.error, unanswered: [] }
  const refused = problemsOfRefusals(
    refusals.value.filter(({ change }) => change === null || about.has(change)),
    changes,
    desired,
  )
  return { asked: about.size, refused, unanswered }
}

/** Entities with the secrets that the gateway keeps, where manifests leave them at that. */
function withKeptSecrets(desired: State, live: State): State {
  const entities = [...desired.entities].map(([kind, ofKind]) => {
    const field = desired.kinds.of(kind)?.secrets?.hashed?.field
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

/** What is at the gateway but in no manifest: manifests may refer to it. */
function withoutWanted(live: State, desired: State): State {
  const others = [...live.entities].map(([kind, entities]) => {
    const wanted = desired.entities.get(kind)
    return [kind, new Map([...entities].filter(([key]) => !wanted?.has(key)))] as const
  })
  return { ...live, entities: new Map(others) }
}

/** The entities of a state and what its schemas object to; `missing` is called for what has no schema. */
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
      const { fields: { variant } = {} } = definition
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
