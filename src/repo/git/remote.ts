import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import { isBelow, realPath } from '../paths.ts'
import { environment } from './environment.ts'
import { type Git, type GitOptions, type GitOutput, runIn } from './git.ts'
import { refCommit } from './refs.ts'

/** Fetches a ref from a remote; null if the remote doesn't have it. */
export async function fetchRef(git: Git, remote: string, ref: string): Promise<Result<string | null>> {
  const address = await addressOf(git, remote, 'fetch')
  if (!address.ok) return address
  return await withExchange(git, ref, async (run, known) => {
    const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules']
    const fetched = await run([...args, '--', address.value, `+${ref}:${ref}`])
    if (!fetched.ok) {
      const absent = fetched.error.some(problem => problem.message.includes("couldn't find remote ref"))
      return absent ? succeed(null) : fetched
    }
    const commit = await run(['rev-parse', '--verify', `${ref}^{commit}`])
    if (!commit.ok) return commit
    const id = commit.value.stdout.toString('utf8').trim()
    if (id === known) return succeed(id)
    const moved = await git.run(['update-ref', '--no-deref', '-m', 'gatewatch', ref, id])
    return moved.ok ? succeed(id) : moved
  })
}

/** Pushes a ref only while the remote's is as expected; true: it was not, and nothing was changed. */
export async function pushRef(
  git: Git,
  remote: string,
  ref: string,
  expected: string | null,
): Promise<Result<boolean>> {
  const address = await addressOf(git, remote, 'push')
  if (!address.ok) return address
  return await withExchange(git, ref, async run => {
    const args = ['push', '--porcelain', '--no-verify', `--force-with-lease=${ref}:${expected ?? ''}`]
    const pushed = await run([...args, '--', address.value, `${ref}:${ref}`], { accept: [1] })
    if (!pushed.ok) return pushed
    if (pushed.value.code === 0) return succeed(false)
    const said = `${pushed.value.stdout.toString('utf8')}\n${pushed.value.stderr}`
    if (/stale info|fetch first|already exists|cannot lock ref|non-fast-forward/.test(said))
      return succeed(true)
    const line = said.split('\n').find(each => each.startsWith('!')) ?? ''
    const reason = /\(([^)]*)\)\s*$/.exec(line)?.[1] ?? /\[([^\]]*)\]/.exec(line)?.[1]
    const message = `the remote ${remote} did not accept ${ref}${reason ? `: ${reason}` : ''}`
    return fail([
      { code: 'push-refused', message, hint: 'Check that you may push refs below refs/gatewatch/ there.' },
    ])
  })
}

type Run = (args: readonly string[], options?: GitOptions) => Promise<Result<GitOutput>>

/**
 * Runs git's exchange with a remote from an empty repository that shares only the objects, with the real one's ref in
 * it. The real one's settings have no influence: only the user's own settings decide how to reach a host, and with
 * which credentials.
 */
async function withExchange<T>(
  git: Git,
  ref: string,
  exchange: (run: Run, known: string | null) => Promise<Result<T>>,
): Promise<Result<T>> {
  const asked = await git.text(['rev-parse', '--git-path', 'objects', '--show-object-format'])
  if (!asked.ok) return asked
  const [objects = '', format = ''] = asked.value.split('\n')
  const known = await refCommit(git, ref)
  if (!known.ok) return known
  const folder = await mkdtemp(join(tmpdir(), 'gatewatch-exchange-'))
  try {
    const base = { ...environment(git.folder), GIT_ALLOW_PROTOCOL: protocols() }
    const init = ['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, folder]
    const made = await runIn(git.folder, init, {}, base)
    if (!made.ok) return made
    const empty = { ...base, GIT_DIR: folder, GIT_OBJECT_DIRECTORY: resolve(git.folder, objects) }
    const ssh = await runIn(git.folder, ['config', 'core.sshCommand'], { accept: [1] }, empty)
    if (!ssh.ok) return ssh
    const command = process.env.GIT_SSH_COMMAND || ssh.value.stdout.toString('utf8').trim() || 'ssh'
    // Kept from asking for a password on the terminal that the console draws on.
    const env = { ...empty, GIT_SSH_COMMAND: `${command} -oBatchMode=yes` }
    const run: Run = (args, options = {}) => runIn(git.folder, args, options, env)
    if (known.value !== null) {
      const set = await run(['update-ref', ref, known.value])
      if (!set.ok) return set
    }
    return await exchange(run, known.value)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The ways to reach a remote that are git's own programs, or those that the user allows. */
function protocols(): string {
  return process.env.GIT_ALLOW_PROTOCOL ?? 'file:git:http:https:ssh'
}

/** Where a remote is. A folder that may have come with the repository is refused: git would run its hooks. */
async function addressOf(git: Git, remote: string, way: 'fetch' | 'push'): Promise<Result<string>> {
  const remotes = await git.text(['remote'])
  if (!remotes.ok) return remotes
  if (!remotes.value.split('\n').includes(remote)) {
    const hint = 'Name one that git remote lists.'
    return fail([{ code: 'no-remote', message: `there is no remote ${JSON.stringify(remote)}`, hint }])
  }
  const names = way === 'push' ? ['pushurl', 'url'] : ['url']
  for (const name of names) {
    const found = await git.text(['config', '--get-all', `remote.${remote}.${name}`], { accept: [1] })
    if (!found.ok) return found
    const [address = ''] = found.value.split('\n')
    if (address === '') continue
    return isOfClone(git.folder, address) ? fail([ofClone(remote)]) : succeed(address)
  }
  return fail([{ code: 'no-remote', message: `the remote ${JSON.stringify(remote)} has no address` }])
}

/** Whether an address is a folder in the repository, or one that is named from there. */
function isOfClone(folder: string, address: string): boolean {
  const isUrl = /^[^/:]+:\/\//.test(address)
  // As git distinguishes `host:path` from a path.
  if (!address.startsWith('file://') && (isUrl || /^[^/]+:/.test(address))) return false
  const path = isUrl ? pathOfUrl(address) : address
  return path === undefined || !isAbsolute(path) || isBelow(realPath(folder), realPath(path))
}

function pathOfUrl(address: string): string | undefined {
  try {
    return fileURLToPath(address)
  } catch {
    return undefined
  }
}

function ofClone(remote: string): Problem {
  return {
    code: 'remote-in-repository',
    message: `the remote ${JSON.stringify(remote)} is a folder in the repository or named from it, and git would run programs from it`,
    hint: `If you trust it, move it elsewhere: git remote set-url ${remote} /absolute/path`,
  }
}
