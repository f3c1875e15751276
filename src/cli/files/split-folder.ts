import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import type { JsonObject } from '../../model/json.ts'
import { ProblemError } from '../../model/problem.ts'
import type { ManifestFormat } from '../../providers/manifest.ts'
import { cannotWrite, refuseLinkOut, writeWholeFile, writeWholeFiles } from '../../repo/index.ts'
import type { Io } from '../command.ts'
import { counted } from '../text/text-parts.ts'

/** Returns which files of a folder come from a dump: only those are ever removed. */
const listName = '.gatewatch-dump'

/**
 * Writes a manifest as a folder of files, and removes those of an earlier dump that are obsolete. Refuses a folder that
 * holds anything else. Returns what was done, in words. Throws `ProblemError`.
 */
export async function writeFolder(
  io: Io,
  folder: string,
  manifest: JsonObject,
  format: ManifestFormat,
): Promise<string> {
  const root = resolve(io.cwd, folder)
  const earlier = await earlierFiles(root, folder)
  const files = format.split(manifest)
  const stale = earlier.filter(path => !files.has(path))
  const { cwd } = io
  for (const path of [listName, ...files.keys(), ...stale]) {
    refuseLinkOut(join(root, path), { cwd, shown: join(folder, path) })
  }
  try {
    await mkdir(root, { recursive: true })
    // The list comes first and names both: after an interruption, our files are still known.
    await writeList(io, root, [...new Set([...earlier, ...files.keys()])])
    const written = [...files].map(([path, content]) => ({
      file: join(root, path),
      text: format.yaml(content, { literal: true }),
      shown: join(folder, path),
    }))
    for (const { file } of written) await mkdir(dirname(file), { recursive: true })
    await writeWholeFiles(written, { cwd, mode: 0o600 })
    for (const path of stale) await rm(join(root, path), { force: true })
    await writeList(io, root, [...files.keys()])
  } catch (error) {
    throw cannotWrite(folder, error)
  }
  const gone = stale.length > 0 ? `, ${counted(stale.length, 'file')} removed` : ''
  return `${counted(files.size, 'file')} written to ${folder}${gone}`
}

function writeList({ cwd }: Io, root: string, paths: readonly string[]): Promise<void> {
  return writeWholeFile(join(root, listName), `${paths.toSorted().join('\n')}\n`, { cwd })
}

async function earlierFiles(root: string, folder: string): Promise<readonly string[]> {
  const list = await readFile(join(root, listName), 'utf8').catch(() => undefined)
  if (list !== undefined) {
    const paths = list.split('\n').filter(path => path !== '')
    // A list that somebody edited must not lead out of the folder.
    return paths.filter(path => join(root, path).startsWith(root + sep) && path.endsWith('.yaml'))
  }
  const there = await readdir(root).catch(() => [])
  if (there.length === 0) return []
  throw new ProblemError([
    {
      code: 'folder-there',
      message: `the folder ${folder} holds other files than those of a dump`,
      hint: 'Name a folder that is empty or does not exist, and move the files from there.',
    },
  ])
}
