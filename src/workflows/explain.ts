import { loadManifestFiles, readManifests } from '../manifest/index.ts'
import type { RawEntity } from '../model/entity.ts'
import { kindOf } from '../model/kinds/index.ts'
import { type Result, succeed } from '../model/problem.ts'
import { buildRouter, type Router, readConfig } from '../routing/index.ts'
import { openTarget } from './read-target.ts'
import type { TargetSettings } from './workspace.ts'

/** The routing model of manifest files alone; needs no gateway. */
export async function routerOfFiles(
  paths: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Result<Router>> {
  const files = await loadManifestFiles(paths)
  if (!files.ok) return files
  const manifest = readManifests(files.value, { env })
  return manifest.ok ? succeed(routerOfRaws(manifest.value.entities)) : manifest
}

/** The routing model of a live target. */
export async function routerOfTarget(target: TargetSettings, signal: AbortSignal): Promise<Result<Router>> {
  const opened = await openTarget(target, signal)
  if (!opened.ok) return opened
  await opened.value.session[Symbol.asyncDispose]()
  // A kind that could not be read must count as unknown, not as empty.
  const missing = [...opened.value.coverage]
    .filter(([, coverage]) => !coverage.complete)
    .map(([kind]) => kind)
  return succeed(routerOfRaws(opened.value.raws, missing))
}

function routerOfRaws(raws: readonly RawEntity[], missing: readonly string[] = []): Router {
  const lists: Record<string, unknown[]> = { routes: [], services: [], plugins: [], consumers: [], acls: [] }
  for (const list of ['key-auths', 'basic-auths', 'hmac-auths', 'jwts', 'oauth2', 'upstreams', 'targets'])
    lists[list] = []
  for (const raw of raws) {
    const path = kindOf(raw.kind)?.path
    if (path === undefined) continue
    const list = lists[path] ?? []
    lists[path] = list
    list.push(raw.fields)
  }
  for (const kind of missing) {
    const path = kindOf(kind)?.path
    if (path !== undefined && kind !== 'route' && kind !== 'service') delete lists[path]
  }
  return buildRouter(readConfig(lists).config)
}
