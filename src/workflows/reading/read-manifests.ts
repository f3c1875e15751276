import { fail, type Result, succeed } from '../../model/problem.ts'
import type { Manifest, ManifestFile, ManifestFormat, ManifestOptions } from '../../providers/manifest.ts'
import { type GatewayTarget, hasManifests, type Project } from '../project/project.ts'

/** What replaces manifests if there are none. */
export const noManifest: Manifest = {
  entities: [],
  selectTags: [],
  defaults: {},
  defaultVariables: {},
  lookupTags: {},
  files: [],
  warnings: [],
}

const lastReadings = new WeakMap<Project, Map<string, Reading>>()

interface Reading {
  readonly files: readonly ManifestFile[]
  readonly manifest: Result<Manifest>
}

/** Reads files, unless their content is what was last read here: a sync compares more than once. */
async function readAgain(
  project: Project,
  format: ManifestFormat,
  files: readonly ManifestFile[],
): Promise<Result<Manifest>> {
  const readings = lastReadings.get(project) ?? new Map<string, Reading>()
  lastReadings.set(project, readings)
  const key = JSON.stringify(files.map(file => file.path))
  const last = readings.get(key)
  if (last && files.every(({ text }, i) => text === last.files[i]?.text)) return last.manifest
  const manifest = await format.readSliced(files, { env: project.env })
  readings.set(key, { files, manifest })
  return manifest
}

/** Reads the manifests of a target: at the project's commit, or on disk. */
export async function readManifestsOf(
  project: Project,
  target: GatewayTarget,
  options: Pick<ManifestOptions, 'named'> = {},
): Promise<Result<Manifest>> {
  // Without any manifest a gateway can be looked at, but not compared.
  if (!hasManifests(target)) return succeed(noManifest)
  const files = await manifestFilesOf(project, target)
  if (!files.ok) return files
  const { manifests } = target.provider
  if (options.named) return manifests.readSliced(files.value, { env: project.env, named: true })
  return readAgain(project, manifests, files.value)
}

/** The files of a target's manifests, named for people. */
export async function manifestFilesOf(
  project: Project,
  target: GatewayTarget,
): Promise<Result<readonly ManifestFile[]>> {
  const { repository, commit } = project
  const { input } = target
  if (input) {
    const others = await manifestFilesOf(project, withoutInput(target))
    return others.ok ? succeed([...others.value, input]) : others
  }
  if (target.manifests.length === 0) return succeed([])
  if (repository && commit !== null) {
    const paths: string[] = []
    for (const path of target.manifests) {
      const inside = repository.relative(path)
      if (inside === null) {
        return fail([
          {
            code: 'outside-repository',
            target: target.name,
            message: `${path} is outside the repository ${repository.folder}, so it can't be read at a commit`,
          },
        ])
      }
      paths.push(inside)
    }
    return repository.filesAt(commit, paths, target.provider.manifests.extensions)
  }
  const files = await target.provider.manifests.load(target.manifests)
  if (!files.ok) return files
  const named = files.value.map(file => ({ ...file, path: project.shown(file.path) }))
  return { ok: true, value: named }
}

function withoutInput({ input: _, ...target }: GatewayTarget): GatewayTarget {
  return target
}
