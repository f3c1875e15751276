import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder for the specifications of one test file, which goes with its end. */
export function lintFolder(): {
  readonly root: string
  /** Writes a file below the folder and gives its name back. */
  write(name: string, text: string): string
} {
  const root = mkdtempSync(join(tmpdir(), 'gatewatch-lint-'))
  afterAll(() => rm(root, { recursive: true }))
  return {
    root,
    write(name, text) {
      const path = join(root, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
      return name
    },
  }
}
