import type { Coverage, Kind, RawEntity } from '../../model/entity.ts'
import type { SecretSink } from '../../model/masking/secret-marks.ts'
import { fail, type Result, succeed } from '../../model/problem.ts'
import { toldOnce } from '../../model/problems/shared-faults.ts'
import type { Routing } from '../../model/routing/routing.ts'
import type { KindDefinition } from '../../model/schema/kind-definition.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import { type FinishedFields, finishAhead } from '../../model/state/build-state.ts'
import { occurringKinds } from '../../model/state/occurring-kinds.ts'
import { inSlices, type Sliced } from '../../model/time-slices.ts'
import type { Manifest } from '../../providers/manifest.ts'
import type { SchemaReading, Session } from '../../providers/session.ts'
import type { GatewayTarget } from '../project/project.ts'
import type { ComparisonInputs } from './comparison-inputs.ts'
import { kindsOf } from './target-states.ts'

/** Connects to a target, in the workspace that its manifests name if the target itself names none. */
export async function openFor(
  target: GatewayTarget,
  reading: Promise<Result<Manifest>>,
  signal: AbortSignal,
  options: TargetReadOptions,
): Promise<Result<Opened>> {
  const usual = openTarget(target, signal, options)
  const manifest = await reading
  if (!manifest.ok) return usual
  const { workspace } = manifest.value
  const opened = await (workspace === undefined
    ? usual
    : openInWorkspace(target, workspace, usual, signal, options))
  if (!opened.ok) return opened
  const { session } = opened.value
  const elsewhere = target.provider.manifests.elsewhere?.(manifest.value, session.identity)
  if (!elsewhere) return opened
  await session[Symbol.asyncDispose]()
  return fail([{ code: 'other-control-plane', target: target.name, ...elsewhere }])
}

async function openInWorkspace(
  target: GatewayTarget,
  workspace: string,
  usual: Promise<Result<Opened>>,
  signal: AbortSignal,
  options: TargetReadOptions,
): Promise<Result<Opened>> {
  const connection = target.connection()
  if (!connection.ok || connection.value.workspace !== undefined) return usual
  const needless = await usual
  if (needless.ok) await needless.value.session[Symbol.asyncDispose]()
  return openTarget(
    { ...target, connection: () => succeed({ ...connection.value, workspace }) },
    signal,
    options,
  )
}

/** A target that was read. */
interface Opened {
  readonly session: Session
  readonly raws: readonly RawEntity[]
  readonly coverage: ReadonlyMap<Kind, Coverage>
  /** Why it is unknown how the gateway answers requests; undefined: it is known, or wasn't requested. */
  readonly unmodelled: string | undefined
  /** How gateways of its kind answer requests; undefined: that isn't modelled, or wasn't requested. */
  readonly routing: Routing | undefined
  /** Of the gateway's answers, for each kind that was read. */
  readonly digests: ReadonlyMap<Kind, string>
  /** Fields that were finished while other kinds were still being read. */
  readonly ahead: ReadonlyMap<RawEntity, FinishedFields>
}

/** What else reading a target does. */
export interface TargetReadOptions {
  /** If set, what was read is brought into its final form while the rest is loading. */
  readonly secrets?: SecretSink
  /** Whether schemas will be needed: they are requested while the rest is loading. */
  readonly schemas?: boolean
  /** Whether it will be asked later whether anything moved. */
  readonly digests?: boolean
  /** Whether the effect on requests will be reported: then the gateway is asked what determines it. */
  readonly routing?: boolean
}

/** Connects to a target and reads all its kinds. */
export async function openTarget(
  target: GatewayTarget,
  signal: AbortSignal,
  {
    secrets,
    schemas = secrets !== undefined,
    digests: wantsDigests = false,
    routing = false,
  }: TargetReadOptions = {},
): Promise<Result<Opened>> {
  const connection = target.connection()
  if (!connection.ok) return connection
  const session = await target.provider.connect(connection.value, signal)
  if (!session.ok) return session
  // Requested while lists are read: it takes a gateway with many plugins a while.
  const model = routing ? target.provider.routing?.() : undefined
  const router = model ? session.value.router(signal) : undefined
  const raws: RawEntity[] = []
  const coverage = new Map<Kind, Coverage>()
  const digests = new Map<Kind, string>()
  const ahead = new Map<RawEntity, FinishedFields>()
  const finishing: Promise<void>[] = []
  let ofKind: RawEntity[] = []
  for await (const event of session.value.read({ kinds: kindsOf(target), digests: wantsDigests }, signal)) {
    if (event.type === 'entity') {
      raws.push(event.entity)
      ofKind.push(event.entity)
    } else if (event.type === 'complete') {
      coverage.set(event.kind, { state: 'complete' })
      if (event.digest !== undefined) digests.set(event.kind, event.digest)
      if (schemas)
        finishing.push(
          prepareKind(session.value, target.provider.kinds, event.kind, ofKind, secrets, ahead, signal),
        )
      ofKind = []
    } else {
      const state = event.type === 'absent' ? 'absent' : 'unread'
      coverage.set(event.kind, { state, reason: event.reason })
    }
  }
  const [identity, known] = await Promise.all([router, model, ...finishing])
  const gaps = [...coverage.values()].filter(each => each.state !== 'complete')
  if (gaps.length > 0 && gaps.length === coverage.size) {
    await session.value[Symbol.asyncDispose]()
    const failures = gaps.filter(each => each.state === 'unread')
    return fail(toldOnce((failures.length > 0 ? failures : gaps).map(each => each.reason)))
  }
  const unmodelled = (identity && target.provider.notModelled(identity)) ?? undefined
  return succeed({ session: session.value, raws, coverage, unmodelled, routing: known, digests, ahead })
}

/** Asks for the schemas of a kind that was read, and finishes its fields where secrets can be marked. */
async function prepareKind(
  session: Session,
  kinds: Kinds,
  kind: Kind,
  raws: readonly RawEntity[],
  secrets: SecretSink | undefined,
  ahead: Map<RawEntity, FinishedFields>,
  signal: AbortSignal,
): Promise<void> {
  const definition = kinds.of(kind)
  if (!definition || raws.length === 0) return
  const { schemas, gaps } = await readSchemas(session, kinds, raws, signal)
  if (gaps.size > 0 || !secrets) return
  await inSlices(finishing(raws, definition, { schemas, secrets }, ahead))
}

function* finishing(
  raws: readonly RawEntity[],
  definition: KindDefinition,
  context: Parameters<typeof finishAhead>[2],
  ahead: Map<RawEntity, FinishedFields>,
): Sliced<void> {
  for (const raw of raws) {
    const finished = finishAhead(raw, definition, context)
    if (finished) ahead.set(raw, finished)
    yield
  }
}

/** The schemas of the kinds and of their variants that occur. */
export async function readSchemas(
  session: Session,
  kinds: Kinds,
  raws: readonly RawEntity[],
  signal: AbortSignal,
): Promise<SchemaReading & Pick<ComparisonInputs, 'variants'>> {
  const occurring = occurringKinds(raws, kinds)
  const { variants } = occurring
  return { ...(await session.schemas(occurring.kinds, variants, signal)), variants }
}
