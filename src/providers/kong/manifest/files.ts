import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fail, type Problem, type Result, succeed } from '../../../model/problem.ts'
import type { ManifestFile } from '../../manifest.ts'

/** The endings of manifest files in folders. */
const manifestExtensions: readonly string[] = ['.yaml', '.yml', '.json']

/**
 * The manifest files that paths stand for: a file is itself, a folder all .yaml, .yml and .json files in it and
 * below, in order of name. A file that two paths lead to is there once.
 */
export async function findManifestFiles(paths: readonly string[]): Promise<Result<readonly string[]>> {
  const files = new Set<string>()
  const problems: Problem[] = []
  for (const path of paths) {
    try {
      if (!(await stat(path)).isDirectory()) {
        files.add(path)
        continue
      }
      const entries = await readdir(path, { withFileTypes: true, recursive: true })
      const found = entries
        .filter(entry => entry.isFile() && manifestExtensions.includes(extname(entry.name).toLowerCase()))
        .map(entry => join(entry.parentPath, entry.name))
        .filter(file => !file.split(/[/\\]/).includes('.git'))
      for (const file of found.sort()) files.add(file)
      if (found.length === 0) problems.push(noManifest(path))
    } catch (error) {
      problems.push(unreadable(path, error))
    }
  }
  return problems.length > 0 ? fail(problems) : succeed([...files])
}

/** Finds and reads the files behind paths, ready for `readManifests`. */
export async function loadManifestFiles(paths: readonly string[]): Promise<Result<readonly ManifestFile[]>> {
  const found = await findManifestFiles(paths)
  if (!found.ok) return found
  const files: ManifestFile[] = []
  const problems: Problem[] = []
  for (const path of found.value) {
    const file = await readManifestFile(path)
    if (file.ok) files.push(file.value)
    else problems.push(file.error)
  }
  return problems.length > 0 ? fail(problems) : succeed(files)
}

/** Reads one file, which must be UTF-8. */
export async function readManifestFile(path: string): Promise<Result<ManifestFile, Problem>> {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    return succeed({ path, text: decoder.decode(await readFile(path)) })
  } catch (error) {
    return fail(unreadable(path, error))
  }
}

function noManifest(path: string): Problem {
  return {
    code: 'no-manifest',
    message: `the folder ${path} holds no manifest`,
    hint: 'Manifests are decK files that end in .yaml, .yml or .json.',
  }
}

function unreadable(path: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'it does not exist',
    EACCES: 'reading it is not allowed',
    EISDIR: 'it is a folder',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'it isn’t UTF-8 text',
  }
  const reason =
    (typeof code === 'string' && reasons[code]) || (error instanceof Error ? error.message : String(error))
  return {
    code: 'unreadable',
    message: `the manifest ${path} can't be read: ${reason}`,
    hint: 'Check the path.',
  }
}
