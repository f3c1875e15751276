import { createHash } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { realPath, replaceFiles } from '../repo/index.ts'
import { type Permissions, permissionsSchema } from './permissions-schema.ts'

const recordSchema = z.strictObject({
  version: z.literal(1),
  /** The configuration, absolute, with links resolved: for people who look into the folder. */
  config: z.string(),
  /** ISO 8601. */
  at: z.string(),
  digest: z.string(),
  permissions: permissionsSchema,
})

/** What was allowed for a configuration, and when. */
export type TrustRecord = z.infer<typeof recordSchema>

/** What this user allowed: a file for each configuration, outside any repository and readable only by the user. */
export class TrustRecords {
  readonly #folder: string

  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, 'trust')
  }

  /** What was allowed for a configuration; null if nothing was, or if it can't be read. */
  async read(config: string): Promise<TrustRecord | null> {
    try {
      const record = recordSchema.safeParse(JSON.parse(await readFile(this.#fileOf(config), 'utf8')))
      return record.success && record.data.config === realPath(config) ? record.data : null
    } catch {
      return null
    }
  }

  /** Saves what is allowed from now on. Rejects if it can't be written. */
  async write(
    config: string,
    {
      digest,
      permissions,
      at,
    }: { readonly digest: string; readonly permissions: Permissions; readonly at: Date },
  ): Promise<void> {
    const record: TrustRecord = {
      version: 1,
      config: realPath(config),
      at: at.toISOString(),
      digest,
      permissions,
    }
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await replaceFiles([
      { file: this.#fileOf(config), data: `${JSON.stringify(record, null, 2)}\n`, mode: 0o600 },
    ])
  }

  /** Revokes what was allowed. Rejects if it can't be removed. */
  async remove(config: string): Promise<void> {
    await rm(this.#fileOf(config), { force: true })
  }

  #fileOf(config: string): string {
    return join(this.#folder, `${createHash('sha256').update(realPath(config)).digest('hex')}.json`)
  }
}
