import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'

/** The folder of recordings and reference data beside the project; not part of it. */
export const shared = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'shared')

/** Whether the recordings are here; in CI they must be. */
export const hasShared = existsSync(join(shared, 'golden'))

/** A suite that needs the recordings: skipped with one line where they are absent. */
export const describeShared = hasShared ? describe : describe.skip
if (!hasShared) process.stderr.write(`skipped: needs the recordings in ${shared}\n`)
