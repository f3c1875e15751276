import type { Kind, RawEntity } from '../../model/entity.ts'
import type { Masker } from '../../model/masking/masked-sentences.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import type { Router, Routing } from '../../model/routing/routing.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { Provider } from '../../providers/provider.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { fromVariables, maskerOfRaws, variablesOfTarget } from '../reading/masked-answers.ts'
import { openTarget } from '../reading/read-target.ts'
import { noModel } from './traffic.ts'

/** What answers requests: the model of a router, or, as a clause, why there is none. */
export type Explainer = LiveRouter | { readonly unmodelled: string }

/** The routing model of manifest files alone; needs no gateway. */
export async function explainerOfFiles(
  paths: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  provider: Provider,
): Promise<Result<Explainer>> {
  const files = await provider.manifests.load(paths)
  if (!files.ok) return files
  const manifest = provider.manifests.read(files.value, { env })
  if (!manifest.ok) return manifest
  const { entities } = manifest.value
  return succeed(explainerOf(entities, provider.kinds, await provider.routing?.(), maskerOfRaws(entities)))
}

/** The routing model of a live target, and what it was built without. */
export interface LiveRouter {
  readonly kinds: Kinds
  readonly router: Router
  /** Why kinds that answers depend on could not be read. */
  readonly unread: readonly { readonly kind: Kind; readonly reason: Problem }[]
  /** Removes from an answer what must not be shown. */
  readonly masked: Masker
}

/**
 * The answering model of a live target. A problem if routes or services could not be read: then nobody knows what
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
  const { raws, coverage, unmodelled, routing } = opened.value
  if (unmodelled !== undefined) return succeed({ unmodelled })
  // A kind that could not be read must count as unknown, not as empty.
  const gaps = [...coverage].flatMap(([kind, each]) =>
    each.state === 'complete' ? [] : [{ kind, reason: each.reason, absent: each.state === 'absent' }],
  )
  const essential = gaps.filter(({ kind }) => routing?.essential.has(kind))
  if (essential.length > 0) return fail(essential.map(({ reason }) => reason))
  return succeed(
    explainerOf(
      raws,
      target.provider.kinds,
      routing,
      maskerOfRaws([...raws, ...wanted], isFromVariable),
      gaps,
    ),
  )
}

/** A kind that wasn't seen: the gateway doesn't have it, or it could not be read. */
interface Gap {
  readonly kind: Kind
  readonly reason: Problem
  readonly absent: boolean
}

function explainerOf(
  raws: readonly RawEntity[],
  kinds: Kinds,
  routing: Routing | undefined,
  masked: Masker,
  gaps: readonly Gap[] = [],
): Explainer {
  const unmodelled = routing
    ? routing.notModelled(asked => raws.filter(({ kind }) => kind === asked))
    : noModel
  if (!routing || unmodelled !== null) return { unmodelled: unmodelled ?? noModel }
  const router = routing.ofEntities(
    raws,
    gaps.map(({ kind }) => kind),
  )
  const unread = gaps.filter(({ kind, absent }) => routing.answering.has(kind) && !absent)
  return { kinds, router, unread, masked }
}
