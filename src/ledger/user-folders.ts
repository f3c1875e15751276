import { devNull } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** The folders of this user for what gatewatch keeps. */
export interface UserFolders {
  readonly data: string
  readonly log: string
  readonly cache: string
}

/** Undefined where it is not known which folder is this user's own, as in a container whose user has no name. */
export async function userFolders(): Promise<UserFolders | undefined> {
  try {
    // It asks for the home folder as it is loaded, and fails where there is none.
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
