import { spawn } from 'node:child_process'
import { buffer } from 'node:stream/consumers'
import { fail, type Problem, type Result, succeed } from '../model/problem.ts'

/** What one call of `git` gave. */
export interface GitOutput {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

export interface GitOptions {
  readonly input?: string | Buffer
  readonly env?: Readonly<Record<string, string>>
  /** Exit codes besides 0 that are answers and no failures. */
  readonly accept?: readonly number[]
}

/** Runs `git` in one folder. */
export interface Git {
  readonly folder: string
  run(args: readonly string[], options?: GitOptions): Promise<Result<GitOutput>>
  /** The output as text, without the line break at its end. */
  text(args: readonly string[], options?: GitOptions): Promise<Result<string>>
}

/** Variables that point git at another repository than the one in the folder. */
const foreign = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
  'GIT_EXTERNAL_DIFF',
]

/** Settings of a repository that would run programs or change what is read. */
export const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.pager=cat',
  'core.quotePath=false',
  'log.showSignature=false',
  'blame.ignoreRevsFile=',
  'protocol.ext.allow=never',
  'submodule.recurse=false',
]

/**
 * Git runs in a process group of its own: ctrl-c in a terminal goes to the whole group of whoever reads it, and would
 * end git in the middle of writing a ledger or giving back a lock.
 */
export const ownGroup = process.platform !== 'win32'

/** The git of a folder: it runs no hooks, opens no pager and asks nothing. */
export function gitIn(folder: string): Git {
  const run = async (args: readonly string[], options: GitOptions = {}): Promise<Result<GitOutput>> => {
    const configured = settings.flatMap(setting => ['-c', setting])
    const { output, errno } = await ended(folder, ['--no-pager', ...configured, ...args], options)
    if (output.code === 0 || options.accept?.includes(output.code)) return succeed(output)
    return fail([gitProblem(folder, args, output.stderr, errno)])
  }
  const text = async (args: readonly string[], options?: GitOptions): Promise<Result<string>> => {
    const result = await run(args, options)
    return result.ok ? succeed(result.value.stdout.toString('utf8').replace(/\n$/, '')) : result
  }
  return { folder, run, text }
}

/** Runs git to its end; `errno` tells why it could not be started. */
function ended(
  folder: string,
  args: readonly string[],
  { env, input }: GitOptions,
): Promise<{ readonly output: GitOutput; readonly errno: string | undefined }> {
  return new Promise(resolve => {
    const failed = (error: unknown): void => {
      const errno = error instanceof Error && 'code' in error ? String(error.code) : undefined
      resolve({ output: { code: -1, stdout: Buffer.alloc(0), stderr: String(error) }, errno })
    }
    try {
      const child = spawn('git', args, {
        cwd: folder,
        env: { ...environment(), ...env },
        stdio: 'pipe',
        detached: ownGroup,
      })
      const output = Promise.all([buffer(child.stdout), buffer(child.stderr)])
      child.on('error', failed)
      child.on('close', code => {
        output.then(([stdout, stderr]) => {
          resolve({ output: { code: code ?? -1, stdout, stderr: stderr.toString('utf8') }, errno: undefined })
        }, failed)
      })
      // It need not read what it is given to the end.
      child.stdin.on('error', () => {})
      child.stdin.end(input ?? '')
    } catch (error) {
      // Some reasons why a program can't be started are thrown, as that the folder is a file.
      failed(error)
    }
  })
}

/** The environment that git runs in: nothing of it leads to another repository, asks for a password or runs a program. */
export function environment(): Record<string, string> {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !foreign.includes(name)) env[name] = value
  }
  return {
    ...env,
    LC_ALL: 'C',
    LANGUAGE: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    SSH_ASKPASS: 'true',
    GCM_INTERACTIVE: 'never',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_PAGER: 'cat',
  }
}

/** A failed call as a person can act on it. */
function gitProblem(
  folder: string,
  args: readonly string[],
  stderr: string,
  errno: string | undefined,
): Problem {
  if (errno === 'ENOENT') {
    return { code: 'no-git', message: 'the program git is not installed', hint: 'Install git and try again.' }
  }
  const owned = /detected dubious ownership in repository at '([^']*)'/.exec(stderr)
  if (owned) {
    return {
      code: 'git-owner',
      message: `git refuses to read ${folder}, because it belongs to someone else`,
      hint: `If you trust it: git config --global --add safe.directory ${owned[1]}`,
    }
  }
  const line =
    stderr.split('\n').find(each => /^(?:fatal|error): /.test(each)) ?? stderr.trim().split('\n', 1)[0] ?? ''
  const reason = line.replace(/^(?:fatal|error): /, '').replaceAll(/:\/\/[^/@\s]*@/g, '://')
  return { code: 'git', message: `git ${args[0] ?? ''} failed in ${folder}${reason ? `: ${reason}` : ''}` }
}
