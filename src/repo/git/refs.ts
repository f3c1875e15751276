import { setTimeout as sleep } from 'node:timers/promises'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import type { RefContent, RefWrite, RefWriteOptions } from '../repository.ts'
import type { Git } from './git.ts'
import { filesOfTree, type ObjectReader } from './objects.ts'
import { brokenRefProblem, isLocked, missingObject, refProblem } from './ref-problems.ts'

/** How often a ref that another process has locked is tried. */
const tries = 6

/** Refuses names outside `refs/gatewatch/` and such as git does not allow. */
export function checkRef(ref: string): Problem | undefined {
  const fine =
    /^refs\/gatewatch(?:\/[A-Za-z0-9_%][A-Za-z0-9._%-]*)+$/.test(ref) &&
    !ref.includes('..') &&
    !/\.lock(?:\/|$)|\.(?:\/|$)/.test(ref)
  if (fine) return undefined
  const hint = 'Use letters, digits, dots, dashes and underscores in names.'
  return { code: 'ref-name', message: `${JSON.stringify(ref)} can't be the name of a ref of gatewatch`, hint }
}

/** The commit that a ref points to; null if there is none. */
export async function refCommit(git: Git, ref: string): Promise<Result<string | null>> {
  const found = await git.run(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], {
    accept: [1],
  })
  if (!found.ok) return found
  return succeed(found.value.code === 0 ? found.value.stdout.toString('utf8').trim() : null)
}

/** The refs below a prefix: what they point to, whether it exists or not, and those whose files are damaged. */
export interface RefList {
  readonly ids: ReadonlyMap<string, string>
  readonly damaged: ReadonlySet<string>
}

export async function listRefs(git: Git, prefix: string): Promise<Result<RefList>> {
  const listed = await git.run(['for-each-ref', '--format=%(objectname) %(refname)', '--', prefix])
  if (!listed.ok) return listed
  const lines = listed.value.stdout.toString('utf8').split('\n')
  return succeed({
    ids: new Map(
      lines
        .filter(line => line !== '')
        .map(line => [line.slice(line.indexOf(' ') + 1), line.split(' ', 1)[0] ?? '']),
    ),
    damaged: new Set(
      [...listed.value.stderr.matchAll(/ignoring broken ref (\S+)/g)].map(([, name = '']) => name),
    ),
  })
}

/**
 * What a ref holds, read through the open object reader. `list` distinguishes missing from damaged refs: the reader
 * reports both the same way.
 */
export async function readRef(
  objects: ObjectReader,
  ref: string,
  list: () => Promise<Result<RefList>>,
): Promise<Result<RefContent | null>> {
  const commit = await objects.read(`${ref}^{commit}`)
  if (commit.ok && commit.value) {
    const tree = /^tree ([0-9a-f]+)$/m.exec(commit.value.content.toString('utf8'))?.[1] ?? ''
    const files = await filesOfTree(objects, tree)
    if (files.ok) return succeed({ commit: commit.value.id, files: files.value })
    return succeed(damagedContent(ref, commit.value.id))
  }
  const listed = await list()
  if (!listed.ok) return listed
  const id = listed.value.ids.get(ref)
  if (id !== undefined) return succeed(damagedContent(ref, id))
  if (listed.value.damaged.has(ref)) return fail([brokenRefProblem(ref)])
  return commit.ok ? succeed(null) : commit
}

function damagedContent(ref: string, commit: string): RefContent {
  return { commit, files: new Map(), damage: missingObject(ref, commit) }
}

export async function writeRef(
  git: Git,
  ref: string,
  files: ReadonlyMap<string, string>,
  options: RefWriteOptions,
): Promise<Result<RefWrite>> {
  const tree = await writeTree(git, files)
  if (!tree.ok) return tree
  const parents = options.expected === null || options.follows === false ? [] : ['-p', options.expected]
  const env = await signature(git)
  const commit = await git.text(['commit-tree', '--no-gpg-sign', ...parents, '-F', '-', tree.value], {
    input: options.message,
    env,
  })
  if (!commit.ok) return commit
  const expected = options.expected ?? '0'.repeat(commit.value.length)
  const args = ['update-ref', '--no-deref', '-m', 'gatewatch', ref, commit.value, expected]
  const moved = await swap(git, ref, options.expected, args)
  return moved.ok
    ? succeed(moved.value ? { type: 'moved' } : { type: 'written', commit: commit.value })
    : moved
}

export async function deleteRef(git: Git, ref: string, expected: string): Promise<Result<boolean>> {
  return await swap(git, ref, expected, ['update-ref', '--no-deref', '-d', ref, expected])
}

/** Why a ref can't be written now, whether it exists or not. Locks it for a moment, and leaves it unchanged. */
export async function whyNotWritable(git: Git, ref: string): Promise<readonly Problem[]> {
  const now = await git.run(['rev-parse', '--verify', '--quiet', ref], { accept: [1] })
  if (!now.ok) return now.error
  // Without an id it must not be there.
  const id = now.value.stdout.toString('utf8').trim()
  const input = `start\nverify ${ref}${id && ` ${id}`}\nprepare\nabort\n`
  for (let attempt = 1; ; attempt += 1) {
    const done = await git.run(['update-ref', '--stdin'], { input })
    if (done.ok) return []
    if (!done.error.some(isLocked) || attempt === tries)
      return done.error.map(problem => refProblem(problem, ref))
    await sleep(20 * attempt)
  }
}

/** Runs a compare-and-swap; true: the ref was not where it was expected, and nothing was changed. */
async function swap(
  git: Git,
  ref: string,
  expected: string | null,
  args: readonly string[],
): Promise<Result<boolean>> {
  for (let attempt = 1; ; attempt += 1) {
    const done = await git.run(args)
    if (done.ok) return succeed(false)
    const now = await git.run(['rev-parse', '--verify', '--quiet', ref], { accept: [1] })
    if (!now.ok) return now
    const id = now.value.code === 0 ? now.value.stdout.toString('utf8').trim() : null
    if (id !== expected) return succeed(true)
    if (!done.error.some(isLocked) || attempt === tries)
      return fail(done.error.map(problem => refProblem(problem, ref)))
    await sleep(20 * attempt)
  }
}

/** Writes files as a tree of blobs, folders as trees of their own. */
async function writeTree(git: Git, files: ReadonlyMap<string, string>): Promise<Result<string>> {
  const folders = new Map<string, Map<string, string>>()
  const records: string[] = []
  for (const [path, text] of files) {
    const [name = '', ...rest] = path.split('/')
    if (name === '' || name === '.' || name === '..' || name === '.git' || name.includes('\0')) {
      return fail([{ code: 'ref-file', message: `${JSON.stringify(path)} can't be a file of a ref` }])
    }
    if (rest.length > 0) {
      const folder = folders.get(name) ?? new Map<string, string>()
      folders.set(name, folder.set(rest.join('/'), text))
      continue
    }
    const blob = await git.text(['hash-object', '-w', '--no-filters', '--stdin'], { input: text })
    if (!blob.ok) return blob
    records.push(`100644 blob ${blob.value}\t${name}\0`)
  }
  for (const [name, inside] of folders) {
    const tree = await writeTree(git, inside)
    if (!tree.ok) return tree
    records.push(`040000 tree ${tree.value}\t${name}\0`)
  }
  return await git.text(['mktree', '-z'], { input: records.join('') })
}

/** Who signs commits where git does not know the person. */
async function signature(git: Git): Promise<Record<string, string>> {
  const known = await git.run(['var', 'GIT_COMMITTER_IDENT'], { accept: [1, 128] })
  if (known.ok && known.value.code === 0 && (await git.run(['config', 'user.email'])).ok) return {}
  const name = process.env.GIT_COMMITTER_NAME ?? 'gatewatch'
  const email = process.env.GIT_COMMITTER_EMAIL ?? 'gatewatch@localhost'
  return {
    GIT_AUTHOR_NAME: process.env.GIT_AUTHOR_NAME ?? name,
    GIT_AUTHOR_EMAIL: process.env.GIT_AUTHOR_EMAIL ?? email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  }
}
