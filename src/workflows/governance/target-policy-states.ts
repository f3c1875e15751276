import type { DescribedCall } from '../../governance/description.ts'
import type { TargetInfo } from '../../governance/item.ts'
import type { TargetStates } from '../../governance/state-items.ts'
import { type Problem, type Result, succeed } from '../../model/problem.ts'
import type { State } from '../../model/state/state.ts'
import type { ManifestFile } from '../../providers/manifest.ts'
import { routerWarning } from '../meaning/protection.ts'
import { notModelledHere } from '../meaning/traffic.ts'
import { type GatewayTarget, hasManifests, type Project } from '../project/project.ts'
import { stateWithoutGateway } from '../reading/compare-commits.ts'
import { type Compared, compareTarget } from '../reading/compare-target.ts'
import { manifestFilesOf } from '../reading/read-manifests.ts'
import { ClearText } from './clear-text.ts'

/** A target as policies see it. */
export function infoOf(project: Project, target: GatewayTarget): TargetInfo {
  const { name, environment, labels } = target
  return { name, environment, production: project.production.includes(environment), labels }
}

/** One target, as far as it could be read for policies. */
export interface ReadTarget {
  readonly target: GatewayTarget
  readonly states: Omit<TargetStates, 'described'>
  /** The gateway as it was read; null: it was not asked, or didn't answer. */
  readonly compared: Compared | null
  /** Why something about it is unknown. */
  readonly problems: readonly Problem[]
}

/** Reads the manifests of a target, and the gateway if it should be asked. */
export async function readTarget(
  project: Project,
  target: GatewayTarget,
  live: boolean,
  signal: AbortSignal,
): Promise<ReadTarget> {
  const info = infoOf(project, target)
  const [files, compared] = await Promise.all([
    hasManifests(target) ? manifestFilesOf(project, target) : succeed([]),
    live ? compareTarget(project, target, signal) : undefined,
  ])
  const clear = new ClearText(files.ok ? files.value : [])
  const inClear = clear.in.bind(clear)
  if (compared?.ok) {
    await compared.value.session[Symbol.asyncDispose]()
    const states = policyStatesOf(info, compared.value, inClear)
    const problems = compared.value.drift.unknown.map(each => each.reason)
    return { target, states, compared: compared.value, problems }
  }
  const failed = compared && !compared.ok ? compared.error : undefined
  if (!files.ok) {
    const states = { info, manifest: null, live: null, inClear }
    return { target, states, compared: null, problems: [...files.error, ...(failed?.gatewayProblems ?? [])] }
  }
  const alone = hasManifests(target) ? await stateAlone(project, target, files.value) : succeed(null)
  return {
    target,
    states: { info, manifest: alone.ok ? alone.value : null, live: null, inClear },
    compared: null,
    problems: [...(alone.ok ? [] : alone.error), ...(failed?.gatewayProblems ?? [])],
  }
}

/** What is unknown about a target's requests, as a warning; undefined: nothing. */
export function routerWarningOf({
  target,
  states,
}: Pick<ReadTarget, 'target' | 'states'>): Problem | undefined {
  const state = states.live ?? states.manifest
  return routerWarning(target.name, state && notModelledHere(state))
}

/** What was read of a target, for policies. */
export function policyStatesOf(
  info: TargetInfo,
  { target, desired, live }: Pick<Compared, 'target' | 'desired' | 'live'>,
  inClear: TargetStates['inClear'],
): Omit<TargetStates, 'described'> {
  return { info, manifest: target.manifests.length > 0 ? desired : null, live, inClear }
}

async function stateAlone(
  project: Project,
  target: GatewayTarget,
  files: readonly ManifestFile[],
): Promise<Result<State>> {
  const { provider } = target
  const manifest = provider.manifests.read(files, { env: project.env })
  if (!manifest.ok) return manifest
  const routing = await provider.routing?.()
  return stateWithoutGateway(project, target, manifest.value, provider.schemasWithoutGateway(), routing)
}

/** The same, with what specifications describe; null: there are none. */
export function describedBy(
  states: Omit<TargetStates, 'described'>,
  described: readonly DescribedCall[] | null,
): TargetStates {
  return { ...states, described }
}
