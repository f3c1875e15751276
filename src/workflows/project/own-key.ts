import { makeOwnKey, ownKeyFile } from '../../ledger/sealing.ts'
import { fail, type Result, succeed } from '../../model/problem.ts'
import { openRepository } from '../../repo/index.ts'
import { stateFolderOf } from './find-fleet.ts'

/** A key that was made, or was there. */
export interface OwnKey {
  readonly file: string
  /** False: it already existed. */
  readonly made: boolean
}

/**
 * Ensures that this user has a key of their own, for sealing secrets that a sync overwrites or deletes. The key is
 * never in the repository that the user is in: anyone who clones that could open them.
 */
export async function ensureOwnKey(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Result<OwnKey>> {
  const stateFolder = await stateFolderOf({ env })
  const file = ownKeyFile(stateFolder)
  const repository = await openRepository(cwd)
  if (repository.ok && repository.value && repository.value.relative(stateFolder) !== null) {
    return fail([
      {
        code: 'key-in-repository',
        message: `no key is created in ${stateFolder}, because it is in the repository ${repository.value.folder}`,
        hint: 'Name a folder elsewhere with GATEWATCH_STATE_DIR.',
      },
    ])
  }
  const made = await makeOwnKey(stateFolder, new Date())
  return made.ok ? succeed({ file, made: made.value }) : made
}
