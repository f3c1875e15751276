import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ProblemError } from '../../model/problem.ts'
import type { Io } from '../command.ts'

/** The text of a file that a command names. Throws `ProblemError` where it can't be read. */
export async function readText(io: Io, file: string): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, file), 'utf8')
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new ProblemError([{ code: 'no-file', message: `${file} can't be read (${detail})` }])
  }
}
