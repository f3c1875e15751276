import * as z from 'zod'
import type { BrokenLock } from './lock.ts'

const schema = z.object({ at: z.string(), by: z.string(), reason: z.string().nullable(), from: z.string() })

/** What was recorded when a lock was removed; null if that can't be read. */
export function readBroken(text: string): BrokenLock | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
