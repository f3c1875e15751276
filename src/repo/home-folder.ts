import { homedir } from 'node:os'

/** The user's home folder; undefined if it is unknown, for example in a container whose user has no name. */
export function homeFolder(): string | undefined {
  try {
    return homedir() || undefined
  } catch {
    return undefined
  }
}
