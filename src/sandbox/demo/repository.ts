import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { SandboxError } from '../process/launch.ts'
import type { DemoCommit } from './history.ts'

/** A ledger that the demo starts with: the text below `refs/gatewatch/ledger/`. */
export interface DemoLedger {
  readonly target: string
  /** With `@commit:N@` in place of the ids of commits. */
  readonly text: string
}

/** The demo's own Git: the user's settings have no influence on it. */
async function git(folder: string, args: readonly string[], input = ''): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')))
  const child = spawn('git', args, {
    cwd: folder,
    env: { ...env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' },
  })
  const failure = (reason: string) => new SandboxError(`git ${args[0] ?? ''} failed: ${reason}`)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', error => {
      const missing = 'code' in error && error.code === 'ENOENT'
      reject(failure(missing ? 'git is not installed' : error.message))
    })
    child.once('close', resolve)
  })
  // It need not read all of its input.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  if (code === 0) return stdout.replace(/\n$/, '')
  throw failure(stderr)
}

/** Makes the repository with its whole history in a folder, and puts the ledgers into it. */
export async function makeRepository(
  folder: string,
  commits: readonly DemoCommit[],
  ledgers: readonly DemoLedger[],
  now: Date,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  await git(folder, ['init', '--quiet', '--template='])
  await git(folder, ['symbolic-ref', 'HEAD', 'refs/heads/main'])
  await git(folder, ['fast-import', '--quiet'], historyStream(commits, now))
  const ids = await git(folder, ['log', '--reverse', '--format=%H', 'main'])
  const stream = ledgers.map(ledger => ledgerStream(ledger, ids.split('\n'), now)).join('')
  await Promise.all([
    git(folder, ['reset', '--quiet', '--hard', 'main']),
    git(folder, ['fast-import', '--quiet'], stream),
  ])
}

function historyStream(commits: readonly DemoCommit[], now: Date): string {
  let before: ReadonlyMap<string, string> = new Map()
  const parts: string[] = []
  for (const { author, message, age, files } of commits) {
    parts.push(`commit refs/heads/main\n${signed(author, age, now)}${data(message)}`)
    for (const [path, text] of files) {
      if (before.get(path) !== text) parts.push(`M 100644 inline ${path}\n${data(text)}`)
    }
    for (const path of before.keys()) if (!files.has(path)) parts.push(`D ${path}\n`)
    before = files
  }
  return parts.join('')
}

function ledgerStream(ledger: DemoLedger, ids: readonly string[], now: Date): string {
  const text = ledger.text.replaceAll(/@commit:(\d+)@/g, (_, number: string) => ids[Number(number) - 1] ?? '')
  const ref = `refs/gatewatch/ledger/${ledger.target}`
  return `commit ${ref}\n${signed('gatewatch', 0, now)}${data('Ledger')}M 100644 inline ledger.json\n${data(text)}`
}

function signed(author: string, age: number, now: Date): string {
  const who = `${author} <${author}@pay.example> ${Math.floor(now.getTime() / 1000) - age} +0000`
  return `author ${who}\ncommitter ${who}\n`
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`
}
