import * as z from 'zod'
import { sendingSchema } from './sending.ts'

const readingSchema = z.strictObject({ path: z.string(), as: z.string() })

/** What a record of trust holds of a configuration. */
export const permissionsSchema = z.strictObject({
  sends: z.array(sendingSchema),
  reads: z.array(readingSchema),
  functions: z.array(z.string()),
  /** Who can open the secrets that a sync seals, where the configuration says so. */
  seals: z.array(z.string()).optional(),
})

/**
 * What a configuration has gatewatch do that its author could gain by: where it sends requests and which credentials go
 * along, which files it reads outside of the repository, which functions it runs, and to whom it seals secrets. It is the same wherever the
 * repository lies, and hangs on nothing else of the configuration: lists are in order and hold nothing twice.
 */
export type Permissions = z.infer<typeof permissionsSchema>
