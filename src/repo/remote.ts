import { fail, type Result, succeed } from '../model/problem.ts'
import type { Git } from './git.ts'
import { refCommit } from './refs.ts'

/** Brings a ref from a remote; null where the remote has none. */
export async function fetchRef(git: Git, remote: string, ref: string): Promise<Result<string | null>> {
  const known = await knownRemote(git, remote)
  if (!known.ok) return known
  const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules']
  const fetched = await git.run([...args, remote, `+${ref}:${ref}`], { env: await quietSsh(git) })
  if (fetched.ok) return await refCommit(git, ref)
  const absent = fetched.error.some(problem => problem.message.includes("couldn't find remote ref"))
  return absent ? succeed(null) : fetched
}

/** Pushes a ref only while the remote's is as expected; true: it was not, nothing was changed. */
export async function pushRef(
  git: Git,
  remote: string,
  ref: string,
  expected: string | null,
): Promise<Result<boolean>> {
  const known = await knownRemote(git, remote)
  if (!known.ok) return known
  const args = ['push', '--porcelain', '--no-verify', `--force-with-lease=${ref}:${expected ?? ''}`]
  const pushed = await git.run([...args, remote, `${ref}:${ref}`], { accept: [1], env: await quietSsh(git) })
  if (!pushed.ok) return pushed
  if (pushed.value.code === 0) return succeed(false)
  const said = `${pushed.value.stdout.toString('utf8')}\n${pushed.value.stderr}`
  if (/stale info|fetch first|already exists|cannot lock ref|non-fast-forward/.test(said))
    return succeed(true)
  const line = said.split('\n').find(each => each.startsWith('!')) ?? ''
  const reason = /\(([^)]*)\)\s*$/.exec(line)?.[1] ?? /\[([^\]]*)\]/.exec(line)?.[1]
  const message = `the remote ${remote} did not take ${ref}${reason ? `: ${reason}` : ''}`
  return fail([
    { code: 'push-refused', message, hint: 'Check that you may push refs below refs/gatewatch/ there.' },
  ])
}

async function knownRemote(git: Git, remote: string): Promise<Result<null>> {
  const remotes = await git.text(['remote'])
  if (!remotes.ok) return remotes
  if (remotes.value.split('\n').includes(remote)) return succeed(null)
  const hint = 'Name one of those that git remote lists.'
  return fail([{ code: 'no-remote', message: `there is no remote ${JSON.stringify(remote)}`, hint }])
}

/** Keeps ssh from asking for a password on the terminal that the console draws on. */
async function quietSsh(git: Git): Promise<Record<string, string>> {
  const configured = process.env.GIT_SSH_COMMAND ?? (await configuredSsh(git))
  return { GIT_SSH_COMMAND: `${configured ?? 'ssh'} -oBatchMode=yes` }
}

async function configuredSsh(git: Git): Promise<string | undefined> {
  const command = await git.text(['config', 'core.sshCommand'])
  return command.ok && command.value !== '' ? command.value : undefined
}
