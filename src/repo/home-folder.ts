import { homedir } from 'node:os'

/** The user's home folder; undefined where it is not known, as in a container whose user has no name. */
export function homeFolder(): string | undefined {
  try {
    return homedir() || undefined
  } catch {
    return undefined
  }
}
