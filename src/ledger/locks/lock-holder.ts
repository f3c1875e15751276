import * as z from 'zod'
import { type ProcessState, processIdentitySchema, stateOf, thisProcess } from '../process-identity.ts'

/** Who holds a lock. */
export interface LockHolder {
  /** Null: the lock can't be read. */
  readonly by: string | null
  readonly host: string | null
  readonly pid: number | null
  /** ISO 8601; null: the lock doesn't say. */
  readonly since: string | null
  /** Whether the process that took it still runs. */
  readonly process: ProcessState
}

const contentSchema = processIdentitySchema.extend({
  holder: z.string(),
  since: z.string().nullable().default(null),
})

/** What a lock holds: who, since when, and which process on which machine. */
export function lockText(by: string, since: Date): string {
  return JSON.stringify({ holder: by, since: since.toISOString(), ...thisProcess() })
}

/** Who holds a lock, from its text. A truncated one is still held by somebody. */
export function readHolder(text: string): LockHolder {
  const content = parse(text)
  if (!content) return unknownHolder
  const { holder, host, pid, since } = content
  return { by: holder, host, pid, since, process: stateOf(content) }
}

/** A lock that doesn't say who holds it. */
export const unknownHolder: LockHolder = { by: null, host: null, pid: null, since: null, process: 'unknown' }

function parse(text: string): z.infer<typeof contentSchema> | undefined {
  try {
    return contentSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** Who holds a lock, such as `mira, process 4711 on ci-3, since 2026-01-02T03:04:05Z`. */
export function holderText({ by, host, pid, since }: LockHolder): string {
  if (by === null) return 'somebody whose name can’t be read'
  const at = since === null ? '' : `, since ${since.slice(0, 19)}Z`
  return `${by}, process ${pid ?? '?'} on ${host ?? '?'}${at}`
}
