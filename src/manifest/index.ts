import type { Problem, Result } from '../model/problem.ts'
import type { Manifest, ManifestFile, ManifestOptions } from './manifest.ts'

export type { Manifest, ManifestFile, ManifestOptions } from './manifest.ts'

/** Reads and merges decK files (format 3.0). All problems of all files come at once, each with its place. Pure. */
export function readManifests(files: readonly ManifestFile[], options: ManifestOptions): Result<Manifest> {
  throw new Error(`not written yet: ${files.length} ${Object.keys(options).length}`)
}

/** The manifest files that paths stand for: folders are walked (.yaml, .yml, .json), in order of name. */
export async function findManifestFiles(
  paths: readonly string[],
): Promise<Result<readonly string[], readonly Problem[]>> {
  throw new Error(`not written yet: ${paths.length}`)
}

/** Finds and reads the files behind paths, ready for `readManifests`. */
export async function loadManifestFiles(paths: readonly string[]): Promise<Result<readonly ManifestFile[]>> {
  throw new Error(`not written yet: ${paths.length}`)
}
