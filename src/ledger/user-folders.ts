import { devNull } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** This user's folders for what gatewatch keeps. */
export interface UserFolders {
  readonly data: string
  readonly log: string
  readonly cache: string
}

/** Undefined if this user's own folder is unknown, for example in a container whose user has no name. */
export async function userFolders(): Promise<UserFolders | undefined> {
  try {
    // It looks up the home folder when it is loaded, and fails if there is none.
    const { default: envPaths } = await import('env-paths')
    const { data, log, cache } = envPaths('gatewatch', { suffix: '' })
    // An empty HOME would lead into the folder that the command is given in.
    return [data, log, cache].every(isAbsolute) ? { data, log, cache } : undefined
  } catch {
    return undefined
  }
}

/** A folder that is not there and can't be made. */
export const noFolder = join(devNull, 'gatewatch')
