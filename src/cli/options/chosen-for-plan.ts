import { timingSafeEqual } from 'node:crypto'
import { findFleetFile, isLoopback, readAddress, readFleet } from '../../config/index.ts'
import { orThrow, type Problem, ProblemError } from '../../model/problem.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import { originText, type PlanOrigin, parsePlan, readOrigin } from '../../reconcile/plan/plan-file.ts'
import type { GatewayTarget, Project } from '../../workflows/project/project.ts'
import type { Io } from '../command.ts'
import { addressOfDeck, chosen, type TargetOptions } from './target-options.ts'

/** A plan's file. */
interface SavedPlan {
  readonly text: string
  readonly file: string
  /** Whether the gateway that --kong-addr names must be called as the plan's target; true unless given. */
  readonly named?: boolean
}

/** A saved plan with the target that it is for. */
export interface ChosenPlan {
  readonly plan: Plan
  readonly project: Project
  readonly targets: readonly GatewayTarget[]
}

/**
 * Opens the target that a saved plan is for. A plan made with --kong-addr need not be given the address again: then
 * credentials are sent there only if the environment or decK's settings file names that very address; without
 * credentials it is written to only if this user made the plan, or if it is on this machine. Throws `ProblemError`.
 */
export async function chosenForPlan(
  io: Io,
  options: TargetOptions,
  files: readonly string[],
  { text, file, named = true }: SavedPlan,
): Promise<ChosenPlan> {
  const plan = orThrow(parsePlan(text, file))
  const origin = await addressOfItsOwn(io, options, files, plan, text)
  if (!origin) {
    const target = named || options.kongAddr === undefined ? [plan.target] : []
    return { plan, ...(await chosen(io, { ...options, target }, files)) }
  }
  const { workspace = plan.workspace } = options
  const again: TargetOptions = {
    ...options,
    target: [plan.target],
    ...(workspace === undefined ? {} : { workspace }),
  }
  const configured = await addressOfDeck(io)
  if (configured !== undefined) {
    const read = readAddress(configured)
    if (!read.ok || read.value.address !== plan.address) throw new ProblemError([otherAddress(plan)])
    return { plan, ...(await chosen(io, { ...again, kongAddr: configured }, origin.files)) }
  }
  if (hasCredentials(options)) throw new ProblemError([credentialsWithoutAddress(plan)])
  const opened = await chosen(io, { ...again, kongAddr: plan.address }, origin.files, { credentials: false })
  const isOwn = isProof(origin.proof, opened.project.digests.proof(originText(plan, origin.files)))
  if (!isOwn && !isLoopback(plan.address)) throw new ProblemError([madeElsewhere(plan)])
  return { plan, ...opened }
}

/** How a plan that names its gateway itself was made; null: the command line or a configuration names it. */
async function addressOfItsOwn(
  io: Io,
  { kongAddr, config }: TargetOptions,
  files: readonly string[],
  { target, address }: Plan,
  text: string,
): Promise<PlanOrigin | null> {
  if (kongAddr !== undefined || config !== undefined || files.length > 0) return null
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.host !== target) return null
  const fleetFile = await findFleetFile(io.cwd)
  const fleet = fleetFile === null ? undefined : await readFleet(fleetFile, await io.providers())
  if (fleet && (!fleet.ok || fleet.value.targets.some(({ name }) => name === target))) return null
  const origin = readOrigin(text)
  if (!origin) throw new ProblemError([noOrigin(address)])
  return origin
}

/** Whether the command line names credentials. */
function hasCredentials(options: TargetOptions): boolean {
  const { headers, tlsClientCert, tlsClientCertFile, tlsClientKey, tlsClientKeyFile } = options
  const others = [tlsClientCert, tlsClientCertFile, tlsClientKey, tlsClientKeyFile]
  return headers.length > 0 || others.some(each => each !== undefined)
}

function isProof(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function noOrigin(address: string): Problem {
  return {
    code: 'no-origin',
    message: `the plan is for ${address}, and does not say which manifests it was made from`,
    hint: `Name both: --kong-addr ${address} and the files.`,
  }
}

function otherAddress({ address }: Plan): Problem {
  return {
    code: 'other-address',
    message: `the plan is for ${address}, but decK’s settings name another gateway`,
    hint: 'Name the right one with --kong-addr.',
  }
}

function credentialsWithoutAddress({ address }: Plan): Problem {
  return {
    code: 'credentials-without-address',
    message: 'credentials are given, but only the plan names the gateway they would be sent to',
    hint: `Name it too, if they are for that gateway: --kong-addr ${address}`,
  }
}

function madeElsewhere({ address }: Plan): Problem {
  return {
    code: 'made-elsewhere',
    message: `the plan is for ${address}, and was not made by this user on this machine`,
    hint: `Confirm the address: --kong-addr ${address}, with the manifest files.`,
  }
}
