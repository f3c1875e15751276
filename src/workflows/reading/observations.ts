import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { replaceFiles } from '../../repo/index.ts'
import type { Exposure } from '../meaning/exposure.ts'
import type { Compared } from './compare-target.ts'

const seenSchema = z.record(
  z.string(),
  z.object({
    /** When the target was read last. */
    readAt: z.string(),
    /** For routes that are open against Git: when they were last seen closed, or null if never. */
    open: z.record(z.string(), z.string().nullable()),
  }),
)

/**
 * What earlier readings saw. A gateway doesn't report when something was deleted; that it existed at one reading and
 * was gone at the next bounds the time, and that can be said honestly.
 */
export class Observations {
  readonly #file: string
  #seen: Promise<z.infer<typeof seenSchema>> | undefined

  constructor(stateFolder: string, workspace: string) {
    this.#file = join(stateFolder, 'observations', `${encodeURIComponent(workspace)}.json`)
  }

  /** When a target was last read, by this or an earlier run; null: never. */
  async lastRead(target: string): Promise<Date | null> {
    const at = (await this.#load())[target]?.readAt
    return at === undefined ? null : new Date(at)
  }

  /** Records a reading, and dates its exposures: not before the route was last seen closed. */
  async note(
    target: string,
    compared: Compared,
    exposures: readonly Exposure[],
  ): Promise<readonly Exposure[]> {
    const seen = await this.#load()
    const before = seen[target]
    const ledger = compared.ledger.read()
    const applied = (ledger.ok && ledger.value.lastSync?.at) || null
    const lastClosed = (route: string): string | null => {
      const known = before?.open[route]
      if (known !== undefined) return known
      // It was not open when it was last read or synced, whichever came later.
      const times = [before?.readAt, applied].filter(time => typeof time === 'string').sort()
      return times.at(-1) ?? null
    }
    const open: Record<string, string | null> = {}
    const dated = exposures.map(exposure => {
      const times = exposure.routes.map(route => {
        const time = lastClosed(route)
        open[route] = time
        return time
      })
      const [first] = times.filter(time => time !== null).sort()
      return { ...exposure, since: first === undefined ? null : new Date(first) }
    })
    this.#seen = Promise.resolve({ ...seen, [target]: { readAt: compared.readAt.toISOString(), open } })
    await this.#save()
    return dated
  }

  #load(): Promise<z.infer<typeof seenSchema>> {
    this.#seen ??= readSeen(this.#file)
    return this.#seen
  }

  async #save(): Promise<void> {
    const data = `${JSON.stringify(await this.#load(), null, 2)}\n`
    // If it can't be saved, it is unknown next time; nothing else happens.
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 })
      .then(() => replaceFiles([{ file: this.#file, data, mode: 0o600 }]))
      .catch(() => {})
  }
}

/** Observations are optional: what can't be read counts as not seen. */
async function readSeen(file: string): Promise<z.infer<typeof seenSchema>> {
  try {
    const parsed = seenSchema.safeParse(JSON.parse(await readFile(file, 'utf8')))
    return parsed.success ? parsed.data : {}
  } catch {
    return {}
  }
}
