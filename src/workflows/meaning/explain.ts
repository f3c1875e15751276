import type { Kind, RawEntity } from '../../model/entity.ts'
import type { Kinds } from '../../model/kinds.ts'
import type { Masker } from '../../model/masked-sentences.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import { loadManifestFiles, readManifests } from '../../providers/kong/manifest/index.ts'
import { kindsOfRouting } from '../../providers/kong/router/configuration/from-state.ts'
import { buildRouter, type Router, readConfig } from '../../providers/kong/router/index.ts'
import type { Provider } from '../../providers/provider.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { fromVariables, maskerOfRaws, variablesOfTarget } from '../reading/masked-answers.ts'
import { openTarget } from '../reading/read-target.ts'
import { expressionsNotModelled, hasExpression } from './traffic.ts'

/** What answers requests: the model of a router, or why there is none, a clause. */
export type Explainer = LiveRouter | { readonly unmodelled: string }

/** The routing model of manifest files alone; needs no gateway. */
export async function explainerOfFiles(
  paths: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  provider: Provider,
): Promise<Result<Explainer>> {
  const files = await loadManifestFiles(paths)
  if (!files.ok) return files
  const manifest = readManifests(files.value, { env })
  if (!manifest.ok) return manifest
  const { entities } = manifest.value
  return succeed(explainerOf(entities, provider.kinds, maskerOfRaws(entities)))
}

/** The routing model of a live target, and what it was made without. */
export interface LiveRouter {
  readonly kinds: Kinds
  readonly router: Router
  /** Why kinds that answers hang on could not be read. */
  readonly unread: readonly { readonly kind: Kind; readonly reason: Problem }[]
  /** Takes out of an answer what must not be shown. */
  readonly masked: Masker
}

/**
 * What answers for a live target. A problem where routes or services could not be read: then nobody knows what
 * answers.
 */
export async function explainerOfTarget(
  project: Project,
  target: GatewayTarget,
  signal: AbortSignal,
): Promise<Result<Explainer>> {
  const [opened, wanted, isFromVariable] = await Promise.all([
    openTarget(target, signal, { routing: true }),
    variablesOfTarget(project, target),
    fromVariables(project, target),
  ])
  if (!opened.ok) return opened
  await opened.value.session[Symbol.asyncDispose]()
  const { raws, coverage, unmodelled } = opened.value
  if (unmodelled !== undefined) return succeed({ unmodelled })
  // A kind that could not be read must count as unknown, not as empty.
  const gaps = [...coverage].flatMap(([kind, each]) =>
    each.state === 'complete' ? [] : [{ kind, reason: each.reason, absent: each.state === 'absent' }],
  )
  const essential = gaps.filter(({ kind }) => kind === 'route' || kind === 'service')
  if (essential.length > 0) return fail(essential.map(({ reason }) => reason))
  return succeed(
    explainerOf(raws, target.provider.kinds, maskerOfRaws([...raws, ...wanted], isFromVariable), gaps),
  )
}

/** A kind that was not seen: the gateway does not have it, or it could not be read. */
interface Gap {
  readonly kind: Kind
  readonly reason: Problem
  readonly absent: boolean
}

/** The kinds that decide what becomes of a request that a route answers. */
const answering: ReadonlySet<Kind> = new Set(kindsOfRouting)

function explainerOf(
  raws: readonly RawEntity[],
  kinds: Kinds,
  masked: Masker,
  gaps: readonly Gap[] = [],
): Explainer {
  if (raws.some(({ kind, fields }) => kind === 'route' && hasExpression(fields)))
    return { unmodelled: expressionsNotModelled }
  const router = routerOfRaws(
    raws,
    kinds,
    gaps.map(({ kind }) => kind),
  )
  const unread = gaps.filter(({ kind, absent }) => answering.has(kind) && !absent)
  return { kinds, router, unread, masked }
}

function routerOfRaws(raws: readonly RawEntity[], kinds: Kinds, missing: readonly string[]): Router {
  const lists: Record<string, unknown[]> = { routes: [], services: [], plugins: [], consumers: [], acls: [] }
  for (const list of ['key-auths', 'basic-auths', 'hmac-auths', 'jwts', 'oauth2', 'upstreams', 'targets'])
    lists[list] = []
  for (const raw of raws) {
    const path = kinds.of(raw.kind)?.path
    if (path === undefined) continue
    const list = lists[path] ?? []
    lists[path] = list
    list.push(raw.fields)
  }
  for (const kind of missing) {
    const path = kinds.of(kind)?.path
    if (path !== undefined && kind !== 'route' && kind !== 'service') delete lists[path]
  }
  return buildRouter(readConfig(lists).config)
}
