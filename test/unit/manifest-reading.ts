import type { RawEntity } from '../../src/model/entity.ts'
import { problemText } from '../../src/model/problem.ts'
import { readManifests } from '../../src/providers/kong/manifest/index.ts'
import type { Manifest, ManifestFile } from '../../src/providers/manifest.ts'

/** Reads manifests given as texts (`a.yaml`, `b.yaml`, …) or files; throws what is wrong with them. */
export function manifestOf(
  files: readonly (string | ManifestFile)[],
  env: Record<string, string> = {},
): Manifest {
  const read = readManifests(named(files), { env })
  if (read.ok) return read.value
  throw new Error(read.error.map(problemText).join('\n'))
}

/** The problems of manifests, as people read them; empty where there are none. */
export function problemsOf(
  files: readonly (string | ManifestFile)[],
  env: Record<string, string> = {},
): readonly string[] {
  const read = readManifests(named(files), { env })
  return read.ok ? [] : read.error.map(problemText)
}

/** The entities of a manifest without their places. */
export function entitiesIn(manifest: Manifest): readonly Pick<RawEntity, 'kind' | 'fields'>[] {
  return manifest.entities.map(({ kind, fields }) => ({ kind, fields }))
}

/** A manifest's text with the line that every manifest begins with. */
export function v3(rest: string): string {
  return `_format_version: "3.0"\n${rest}`
}

function named(files: readonly (string | ManifestFile)[]): readonly ManifestFile[] {
  return files.map((file, i) =>
    typeof file === 'string' ? { path: `${String.fromCharCode(97 + i)}.yaml`, text: file } : file,
  )
}
