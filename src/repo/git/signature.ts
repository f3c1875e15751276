import { type Result, succeed } from '../../model/problem.ts'
import type { Authorship, Signature } from '../repository.ts'
import type { Git } from './git.ts'

/** Who wrote commits, by id; ids that don't exist are left out. */
export async function authorsOf(
  git: Git,
  commits: readonly string[],
): Promise<Result<ReadonlyMap<string, Authorship>>> {
  const ids = [...new Set(commits)].filter(id => /^[0-9a-f]{40,64}$/.test(id))
  if (ids.length === 0) return succeed(new Map())
  const said = await git.text(['log', '--no-walk=unsorted', '--format=%H%x00%aN%x00%aE%x00%at', '--stdin'], {
    input: `${ids.join('\n')}\n`,
  })
  if (!said.ok) return said
  const found = new Map<string, Authorship>()
  for (const line of said.value.split('\n')) {
    const [id = '', name = '', email = '', time = '0'] = line.split('\0')
    if (id !== '') found.set(id, { name, email, at: new Date(Number(time) * 1000).toISOString() })
  }
  return succeed(found)
}

/**
 * Who signed a commit, according to git and the programs that it calls (gpg, ssh-keygen with the allowed signers that
 * git is configured with): https://git-scm.com/docs/git-log#Documentation/git-log.txt-G
 */
export async function signatureOf(git: Git, commit: string): Promise<Result<Signature>> {
  const said = await git.text(['log', '-1', '--no-walk', '--format=%G?%x00%GS%x00%GF', commit])
  if (!said.ok) return said
  const [status = 'N', signer = '', fingerprint = ''] = said.value.split('\0')
  if (status === 'N') return succeed({ state: 'none' })
  // A signature that gpg can check but doesn't know to trust counts: the fingerprint says whose it is.
  if (status === 'G' || status === 'U') {
    const email = /<([^<>]+)>\s*$/.exec(signer)?.[1] ?? signer.trim()
    return succeed({ state: status === 'G' ? 'good' : 'not trusted', email, fingerprint })
  }
  const why: Readonly<Record<string, string>> = {
    B: 'the signature is wrong',
    X: 'the signature has expired',
    Y: 'the key has expired',
    R: 'the key was revoked',
    E: 'the key is unknown here',
  }
  return succeed({ state: 'bad', why: why[status] ?? 'the signature can’t be checked' })
}
