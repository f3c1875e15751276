import { noFolder, userFolders } from '../ledger/user-folders.ts'
import { problemText } from '../model/problem.ts'
import { FleetStore } from '../workflows/fleet/fleet.ts'
import { isFleetUnknown } from '../workflows/fleet/fleet-counts.ts'
import type { FleetView } from '../workflows/fleet/fleet-view.ts'
import { routerWarning } from '../workflows/meaning/protection.ts'
import type { Project } from '../workflows/project/project.ts'
import { exitCode, type Io, tellProblems, tellWarnings } from './command.ts'
import { driftText } from './text/drift-text.ts'
import { fleetText } from './text/fleet-text.ts'
import { painter } from './text/text-parts.ts'

/** Starts loading the console: done first, it overlaps with reading the config and asking Git. */
export function preloadScreen(): void {
  // A failure is thrown again, and reported, when the console is opened.
  import('../console/main.ts').catch(() => {})
}

/** Opens the console on a project; ends with it. The console is loaded only here. */
export async function openScreen(io: Io, project: Project): Promise<number> {
  const [warning] = project.warnings
  const { openConsole } = await import('../console/main.ts')
  return openConsole(new FleetStore(project, project.targets, io.hurry), {
    now: project.now,
    env: io.env,
    // Not in the project's own folder: the demo's folder is deleted with the demo, but a crash must leave its log.
    logFolder: (io.env.GATEWATCH_STATE_DIR || (await userFolders())?.log) ?? noFolder,
    ...(warning ? { notice: problemText(warning) } : {}),
  })
}

/** What the console would show first, as text: the state of the fleet, and how each target differs. */
export async function printFleet(io: Io, project: Project): Promise<number> {
  const store = new FleetStore(project)
  await store.refresh()
  await store.close()
  const paint = painter(io.colour)
  const view = store.fleet()
  io.out(fleetText(view, store.needs(), paint, project.now()))
  for (const target of view.targets) {
    if (target.drift) io.out(`\n${driftText(target.drift, paint, project.now())}`)
  }
  for (const { drift } of view.targets) tellProblems(io, drift?.blocked.map(({ reason }) => reason) ?? [])
  return tellFleet(io, view)
}

/**
 * Reports what is unknown about a fleet, and why; the exit code says whether that is more than a target without an
 * answer.
 */
export function tellFleet(io: Io, { targets, governance }: FleetView): number {
  for (const { name, manifestProblems, reach, drift, unmodelled } of targets) {
    const router = routerWarning(name, unmodelled)
    if (router) tellWarnings(io, [router])
    tellProblems(io, manifestProblems)
    if (reach.state === 'failed') tellProblems(io, [reach.problem])
    tellProblems(io, drift?.unknown.map(({ reason }) => reason) ?? [])
  }
  // Without policies, their findings are unknown.
  const unasked = governance?.problems ?? []
  tellProblems(io, unasked)
  return isFleetUnknown(targets) || unasked.length > 0 ? exitCode.error : exitCode.same
}
