import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { fail, type Result, succeed } from '../../model/problem.ts'
import type { ProblemCode } from '../../model/problems/problem-code.ts'

/** Bounds on what is read for one specification. */
export const READ_LIMITS = { fileBytes: 32 * 1024 * 1024, totalBytes: 96 * 1024 * 1024, files: 1000 } as const

/** The bytes of a file below the root, at most `limit`: no link leads out, and neither pipes nor devices are read. */
export async function readLocal(root: string, uri: string, limit: number): Promise<Result<Uint8Array>> {
  const path = isAbsolute(uri) ? uri : join(root, uri)
  if (isOutside(root, path)) return outside(uri)
  try {
    const [realRoot, real] = [await realpath(root), await realpath(path)]
    if (isOutside(realRoot, real)) return outside(uri)
    // Neither a pipe nor a device, even if one is put there meanwhile.
    const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const known = await file.stat()
      if (!known.isFile()) return problem('file-unreadable', `${uri} isn’t a file`)
      if (known.size > limit) return tooLarge(uri)
      const { buffer, bytesRead } = await file.read(Buffer.alloc(known.size + 1), 0, known.size + 1, 0)
      return bytesRead > known.size ? tooLarge(uri) : succeed(buffer.subarray(0, bytesRead))
    } finally {
      await file.close()
    }
  } catch (error) {
    return problem('file-unreadable', `${uri} can't be read: ${reasonOf(error)}`)
  }
}

function isOutside(root: string, path: string): boolean {
  const inside = relative(root, path)
  return inside.split(sep)[0] === '..' || isAbsolute(inside)
}

/** The folder that holds a specification's files: the one that a command was given in, where the file is below it. */
export function rootOf(path: string, folder: string): string {
  return isOutside(folder, path) ? dirname(path) : folder
}

function outside(uri: string): Result<never> {
  const hint = 'Move it into the repository.'
  return problem('outside-repository', `${uri} is outside the repository and is not read`, hint)
}

function tooLarge(uri: string): Result<never> {
  const limit = READ_LIMITS.fileBytes / 1024 / 1024
  return problem(
    'file-too-large',
    `${uri} is larger than ${limit} MiB, or the files together are too large`,
    'Split it.',
  )
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'access is denied',
  EISDIR: 'it is a folder',
  ELOOP: 'its links form a circle',
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return REASONS[code] ?? (code || 'reading it failed')
}

/** A reading that failed. */
export function problem(code: ProblemCode, message: string, hint?: string): Result<never> {
  return fail([{ code, message, ...(hint ? { hint } : {}) }])
}
