import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, type Problem, type Result, succeed } from '../../../model/problem.ts'
import { Glob, next, type Reached, started, type Way } from '../../../patterns/glob.ts'
import { PatternError } from '../../../patterns/linear-pattern.ts'

/** The patterns behind texts. */
export function globsOf(texts: readonly string[]): Result<readonly Glob[]> {
  const problems: Problem[] = []
  const globs = texts.flatMap(text => {
    try {
      return [new Glob(text)]
    } catch (error) {
      if (!(error instanceof PatternError)) throw error
      const message = `the pattern ${JSON.stringify(text.slice(0, 80))} in gatewatch.yaml can't be used: ${error.message}`
      problems.push({ code: 'pattern', message, hint: 'Write several shorter ones.' })
      return []
    }
  })
  return problems.length > 0 ? fail(problems) : succeed(globs)
}

/** The files below a folder that fit one of several patterns, by their paths from there with `/`, in order. */
export async function filesFitting(folder: string, globs: readonly Glob[]): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const glob of globs) {
    for (const way of glob.ways) await walk(folder, way, way.base.join('/'), started(way), found)
  }
  return [...found].sort()
}

async function walk(
  folder: string,
  way: Way,
  path: string,
  reached: Reached,
  found: Set<string>,
): Promise<void> {
  if (way.steps.length === 0) {
    if (await isFile(join(folder, path))) found.add(path)
    return
  }
  // A folder that is not there, or can't be read, holds nothing.
  const entries = await readdir(join(folder, path === '' ? '.' : path), { withFileTypes: true }).catch(
    () => [],
  )
  for (const entry of entries) {
    const at = path === '' ? entry.name : `${path}/${entry.name}`
    const isLink = entry.isSymbolicLink()
    // Links may form circles: `**` doesn't follow them.
    const then = next(way, reached, entry.name, !isLink)
    if (then.length === 0) continue
    const [isThere, isFolder] = await kindOf(entry, isLink, join(folder, at))
    if (isThere && !isFolder && then.includes(way.steps.length)) found.add(at)
    if (isFolder && then.some(step => step < way.steps.length)) await walk(folder, way, at, then, found)
  }
}

/** Whether an entry is a file, a folder or neither; links are followed. */
async function kindOf(entry: Dirent, isLink: boolean, path: string): Promise<readonly [boolean, boolean]> {
  if (!isLink) return [entry.isFile() || entry.isDirectory(), entry.isDirectory()]
  const target = await stat(path).catch(() => undefined)
  return [target !== undefined, target?.isDirectory() ?? false]
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isFile(),
    () => false,
  )
}
