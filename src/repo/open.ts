import { existsSync } from 'node:fs'
import { basename, delimiter, dirname, join, relative, resolve, sep } from 'node:path'
import { fail, type Problem, type Result, succeed } from '../model/problem.ts'
import { type Blame, blame, isoTime } from './git/blame.ts'
import { type Git, gitIn } from './git/git.ts'
import { ObjectReader } from './git/objects.ts'
import { checkRef, deleteRef, listRefs, type RefList, readRef, whyNotWritable, writeRef } from './git/refs.ts'
import { fetchRef, pushRef } from './git/remote.ts'
import { authorsOf, signatureOf } from './git/signature.ts'
import { filesAt } from './git/tree.ts'
import { isBelow, realPath } from './paths.ts'
import type {
  Authorship,
  CommitInfo,
  Head,
  RefContent,
  RefWrite,
  RefWriteOptions,
  Repository,
  RepositoryFile,
  Signature,
} from './repository.ts'

/**
 * The repository that a folder is in; null if there is none. A problem if Git itself fails or refuses. Only one with a
 * `.git` counts: a folder that merely looks like a bare repository may be content that others wrote.
 */
export async function openRepository(folder: string): Promise<Result<Repository | null>> {
  const nearest = nearestRepository(realPath(resolve(folder)))
  if (nearest === null) return succeed(null)
  const git = gitIn(nearest)
  const asked = await git.run(['rev-parse', '--show-toplevel', '--absolute-git-dir'], { accept: [128] })
  if (!asked.ok) return asked
  if (asked.value.code !== 0) {
    if (/not a git repository|must be run in a work tree|cannot use bare/.test(asked.value.stderr))
      return await openAbove(nearest)
    const again = await git.run(['rev-parse', '--show-toplevel'])
    return again.ok ? succeed(null) : again
  }
  const [top = '', gitFolder = ''] = asked.value.stdout.toString('utf8').split('\n')
  if (top === gitFolder) return await openAbove(nearest)
  if (isBelow(top, nearest) && existsSync(join(top, '.git'))) {
    return succeed(new GitRepository(top === nearest ? git : gitIn(top)))
  }
  return fail([
    {
      code: 'git-elsewhere',
      message: `the repository in ${nearest} has its files elsewhere, in ${top}`,
      hint: 'Look at its setting core.worktree, and work in that folder.',
    },
  ])
}

/** The nearest folder, upwards, that has a `.git`, as far as the user lets Git look; null if there is none. */
function nearestRepository(folder: string): string | null {
  const ceilings = (process.env.GIT_CEILING_DIRECTORIES ?? '').split(delimiter).filter(each => each !== '')
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at || ceilings.some(each => realPath(each) === dirname(at))) return null
  }
}

/** What is called `.git` here isn't a repository. */
async function openAbove(folder: string): Promise<Result<Repository | null>> {
  return dirname(folder) === folder ? succeed(null) : await openRepository(dirname(folder))
}

class GitRepository implements Repository {
  readonly folder: string
  readonly name: string
  readonly #git: Git
  readonly #objects: ObjectReader
  readonly #blames = new Map<
    string,
    { readonly asked: Set<number>; readonly found: Map<number, CommitInfo> }
  >()
  readonly #commits = new Map<string, CommitInfo>()
  #listing: Promise<Result<RefList>> | undefined

  constructor(git: Git) {
    this.folder = git.folder
    this.name = basename(git.folder)
    this.#git = git
    this.#objects = new ObjectReader(this.#git)
  }

  async head(): Promise<Result<Head>> {
    const branch = await this.#git.run(['symbolic-ref', '--quiet', '--short', 'HEAD'], { accept: [1] })
    if (!branch.ok) return branch
    const commit = await this.#objects.read('HEAD^{commit}')
    if (!commit.ok) return commit
    const name = branch.value.stdout.toString('utf8').trim()
    return succeed({ branch: name === '' ? null : name, commit: commit.value?.id ?? null })
  }

  async resolve(ref: string): Promise<Result<string>> {
    const unknown: Problem = {
      code: 'unknown-ref',
      message: `Git has no commit ${JSON.stringify(ref)} in ${this.folder}`,
      hint: 'Name a branch, a tag or a commit; git log --oneline lists some.',
    }
    if (ref === '' || ref.startsWith('-') || /[\0-\x1f\x7f]/.test(ref)) return fail([unknown])
    const commit = await this.#git.run(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], {
      accept: [1, 128],
    })
    if (!commit.ok) return commit
    return commit.value.code === 0 ? succeed(commit.value.stdout.toString('utf8').trim()) : fail([unknown])
  }

  relative(path: string): string | null {
    const inside = relative(this.folder, realPath(resolve(path)))
    if (inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside) return null
    return inside === '' ? '.' : inside.split(sep).join('/')
  }

  async filesAt(
    commit: string,
    paths: readonly string[],
    extensions: readonly string[],
  ): Promise<Result<readonly RepositoryFile[]>> {
    const id = await this.resolve(commit)
    return id.ok ? await filesAt(this.#git, id.value, paths, extensions) : id
  }

  async edited(paths: readonly string[]): Promise<Result<readonly string[]>> {
    if (paths.length === 0) return succeed([])
    const options = [
      '--porcelain=v1',
      '-z',
      '--untracked-files=all',
      '--no-renames',
      '--ignore-submodules=all',
    ]
    const status = await this.#git.run(['status', ...options, '--', ...paths])
    if (!status.ok) return status
    const records = status.value.stdout.toString('utf8').split('\0')
    return succeed(records.filter(record => record !== '').map(record => record.slice(3)))
  }

  async blame(commit: string, path: string, lines: readonly number[]): Promise<Result<Blame>> {
    const id = await this.resolve(commit)
    if (!id.ok) return id
    const key = `${id.value}\0${path}`
    const known = this.#blames.get(key) ?? { asked: new Set<number>(), found: new Map<number, CommitInfo>() }
    this.#blames.set(key, known)
    const missing = lines.filter(line => !known.asked.has(line))
    if (missing.length > 0) {
      const found = await blame(this.#git, id.value, path, missing)
      if (!found.ok) return found
      for (const [line, info] of found.value) known.found.set(line, info)
      for (const line of missing) known.asked.add(line)
    }
    return succeed(only(known.found, lines))
  }

  async blameWorkTree(path: string, lines: readonly number[]): Promise<Result<Blame>> {
    const found = await blame(this.#git, null, path, lines)
    return found.ok ? succeed(only(found.value, lines)) : found
  }

  async commitsOf(paths: readonly string[], most: number): Promise<Result<readonly string[]>> {
    const options = ['--no-show-signature', '--no-patch', '--format=%H', `--max-count=${most}`]
    const said = await this.#git.run(['log', ...options, 'HEAD', '--', ...paths], { accept: [128] })
    if (!said.ok) return said
    if (said.value.code !== 0) return succeed([])
    return succeed(
      said.value.stdout
        .toString('utf8')
        .split('\n')
        .filter(line => line !== ''),
    )
  }

  async commitInfo(commit: string): Promise<Result<CommitInfo>> {
    const id = await this.resolve(commit)
    if (!id.ok) return id
    const known = this.#commits.get(id.value)
    if (known) return succeed(known)
    const said = await this.#git.text([
      'log',
      '-1',
      '--no-show-signature',
      '--no-patch',
      '--format=%aN%x00%at%x00%s',
      id.value,
    ])
    if (!said.ok) return said
    const [author = '', time = '0', summary = ''] = said.value.split('\0')
    const info = { commit: id.value, author, at: isoTime(Number(time)), summary }
    this.#commits.set(id.value, info)
    return succeed(info)
  }

  async authors(commits: readonly string[]): Promise<Result<ReadonlyMap<string, Authorship>>> {
    return await authorsOf(this.#git, commits)
  }

  async signature(commit: string): Promise<Result<Signature>> {
    const id = await this.resolve(commit)
    return id.ok ? await signatureOf(this.#git, id.value) : id
  }

  async readRef(ref: string): Promise<Result<RefContent | null>> {
    const wrong = checkRef(ref)
    return wrong ? fail([wrong]) : await readRef(this.#objects, ref, () => this.#ownRefs())
  }

  /** The refs of gatewatch: concurrent callers share one listing. */
  #ownRefs(): Promise<Result<RefList>> {
    this.#listing ??= listRefs(this.#git, 'refs/gatewatch/').finally(() => {
      this.#listing = undefined
    })
    return this.#listing
  }

  async canWriteRef(ref: string): Promise<readonly Problem[]> {
    const wrong = checkRef(ref)
    return wrong ? [wrong] : await whyNotWritable(this.#git, ref)
  }

  async writeRef(
    ref: string,
    files: ReadonlyMap<string, string>,
    options: RefWriteOptions,
  ): Promise<Result<RefWrite>> {
    const wrong = checkRef(ref)
    return wrong ? fail([wrong]) : await writeRef(this.#git, ref, files, options)
  }

  async deleteRef(ref: string, expected: string): Promise<Result<{ readonly type: 'deleted' | 'moved' }>> {
    const wrong = checkRef(ref)
    if (wrong) return fail([wrong])
    const moved = await deleteRef(this.#git, ref, expected)
    return moved.ok ? succeed({ type: moved.value ? 'moved' : 'deleted' }) : moved
  }

  async refs(prefix: string): Promise<Result<readonly string[]>> {
    const listed = await this.#git.text(['for-each-ref', '--format=%(refname)', '--', prefix])
    return listed.ok ? succeed(listed.value.split('\n').filter(ref => ref !== '')) : listed
  }

  async remotes(): Promise<Result<readonly string[]>> {
    const listed = await this.#git.text(['remote'])
    return listed.ok ? succeed(listed.value.split('\n').filter(remote => remote !== '')) : listed
  }

  async fetchRef(remote: string, ref: string): Promise<Result<string | null>> {
    const wrong = checkRef(ref)
    return wrong ? fail([wrong]) : await fetchRef(this.#git, remote, ref)
  }

  async pushRef(
    remote: string,
    ref: string,
    expected: string | null,
  ): Promise<Result<{ readonly type: 'pushed' | 'moved' }>> {
    const wrong = checkRef(ref)
    if (wrong) return fail([wrong])
    const moved = await pushRef(this.#git, remote, ref, expected)
    return moved.ok ? succeed({ type: moved.value ? 'moved' : 'pushed' }) : moved
  }

  async user(): Promise<string | null> {
    const name = await this.#git.text(['config', 'user.name'])
    if (!name.ok || name.value === '') return null
    const email = await this.#git.text(['config', 'user.email'])
    return email.ok && email.value !== '' ? `${name.value} <${email.value}>` : name.value
  }
}

function only(found: Blame, lines: readonly number[]): Blame {
  const wanted = new Set(lines)
  return new Map([...found].filter(([line]) => wanted.has(line)))
}
