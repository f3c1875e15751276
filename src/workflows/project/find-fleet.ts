import { resolve } from 'node:path'
import { type Fleet, findFleetFile, permissionsOf, readFleet } from '../../config/index.ts'
import { noFolder, userFolders } from '../../ledger/user-folders.ts'
import { fail, type Result, succeed } from '../../model/problem.ts'
import type { Providers } from '../../providers/provider.ts'
import { openRepository, type Repository } from '../../repo/index.ts'
import type { Asking } from './trust.ts'

/** Where what gatewatch knows is kept. */
export async function stateFolderOf({
  stateFolder,
  env,
}: {
  readonly stateFolder?: string
  readonly env: Readonly<Record<string, string | undefined>>
}): Promise<string> {
  return stateFolder ?? (env.GATEWATCH_STATE_DIR || (await userFolders())?.data) ?? noFolder
}

/** The fleet that a command line means, with its repository. */
export async function findFleet(options: {
  readonly cwd: string
  readonly config?: string
  readonly providers: Providers
}): Promise<Result<{ readonly fleet: Fleet; readonly repository: Repository | null }>> {
  const file =
    options.config === undefined ? await findFleetFile(options.cwd) : resolve(options.cwd, options.config)
  if (file === null) {
    return fail([
      {
        code: 'no-config',
        message: `there is no gatewatch.yaml in ${options.cwd} or above it`,
        hint: 'Write one with `gatewatch init`, name a gateway with --kong-addr URL, or see the demo with `gatewatch demo`.',
      },
    ])
  }
  const fleet = await readFleet(file, options.providers)
  if (!fleet.ok) return fleet
  const repository = await openRepository(fleet.value.folder)
  return repository.ok ? succeed({ fleet: fleet.value, repository: repository.value }) : repository
}

/** What the configuration of a fleet asks for. */
export function askingOf(fleet: Fleet, repository: Repository | null): Asking {
  return { config: fleet.file, permissions: permissionsOf(fleet, repository?.folder ?? fleet.folder) }
}
