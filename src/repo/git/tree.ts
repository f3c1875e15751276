import { posix } from 'node:path'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import type { RepositoryFile } from '../repository.ts'
import type { Git } from './git.ts'

/** An entry of a tree; modes of files begin with 100. */
interface TreeEntry {
  readonly mode: string
  readonly object: string
  readonly path: string
}

/** Files at a commit: those named, and those with the given extensions below folders. */
export async function filesAt(
  git: Git,
  commit: string,
  paths: readonly string[],
  extensions: readonly string[],
): Promise<Result<readonly RepositoryFile[]>> {
  const wanted = paths.map(path => posix.normalize(path).replace(/\/$/, ''))
  const top = wanted.includes('.')
  const entries = await treeEntries(git, commit, top ? [] : wanted)
  if (!entries.ok) return entries
  const problems: Problem[] = []
  const chosen = new Map<string, TreeEntry>()
  for (const path of wanted) {
    const found = entries.value.filter(entry => isIn(entry.path, path, extensions))
    for (const entry of found) chosen.set(entry.path, entry)
    const below = entries.value.some(
      entry => path === '.' || entry.path === path || entry.path.startsWith(`${path}/`),
    )
    if (!below) problems.push(notThere(path, commit))
  }
  if (problems.length > 0) return fail(problems)
  return await contents(git, [...chosen.values()])
}

function isIn(file: string, path: string, extensions: readonly string[]): boolean {
  if (file === path) return true
  if (path !== '.' && !file.startsWith(`${path}/`)) return false
  return extensions.includes(posix.extname(file).toLowerCase())
}

function isFile(entry: TreeEntry): boolean {
  return entry.mode.startsWith('100')
}

function notThere(path: string, commit: string): Problem {
  const hint = 'Name another commit, or correct the path.'
  return {
    code: 'not-at-commit',
    message: `${JSON.stringify(path)} is not at commit ${commit.slice(0, 7)}`,
    hint,
  }
}

async function treeEntries(
  git: Git,
  commit: string,
  paths: readonly string[],
): Promise<Result<readonly TreeEntry[]>> {
  const listed = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...paths])
  if (!listed.ok) return listed
  const entries: TreeEntry[] = []
  for (const record of listed.value.stdout.toString('utf8').split('\0')) {
    const match = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(record)
    if (match) entries.push({ mode: match[1] ?? '', object: match[2] ?? '', path: match[3] ?? '' })
  }
  return succeed(entries)
}

/** The text of files; links and submodules are reported as problems. */
async function contents(git: Git, entries: readonly TreeEntry[]): Promise<Result<readonly RepositoryFile[]>> {
  const odd = entries.find(entry => !isFile(entry))
  if (odd) {
    const message = `${JSON.stringify(odd.path)} is a link or a submodule, which can't be read at a commit`
    return fail([{ code: 'not-a-file', message, hint: 'Name the file that it points to.' }])
  }
  if (entries.length === 0) return succeed([])
  const input = entries.map(entry => `${entry.object}\n`).join('')
  const batch = await git.run(['cat-file', '--batch'], { input })
  if (!batch.ok) return batch
  const { stdout } = batch.value
  const files: RepositoryFile[] = []
  let at = 0
  for (const { path } of entries) {
    const end = stdout.indexOf(10, at)
    const [, type, size] = stdout
      .subarray(at, end === -1 ? stdout.length : end)
      .toString('latin1')
      .split(' ')
    if (end === -1 || type !== 'blob' || size === undefined) {
      const hint =
        'In a partial clone, fetch what is missing first: git fetch --refetch --no-filter. Otherwise try git fsck.'
      return fail([{ code: 'git', message: `git has no content for ${JSON.stringify(path)}`, hint }])
    }
    const start = end + 1
    at = start + Number(size)
    const text = decodeText(stdout.subarray(start, at))
    if (text === undefined) {
      return fail([
        { code: 'not-text', message: `${JSON.stringify(path)} isn’t UTF-8 text`, hint: 'Save it as UTF-8.' },
      ])
    }
    files.push({ path, text })
    at += 1
  }
  return succeed(files)
}

function decodeText(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
