import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import { homeFolder } from '../home-folder.ts'
import { environment, settingsAsVariables } from './environment.ts'
import { isOfRepository, overridesOf, readSettings, type Setting } from './settings.ts'

/** The result of one call of `git`. */
export interface GitOutput {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

export interface GitOptions {
  readonly input?: string | Buffer
  readonly env?: Readonly<Record<string, string>>
  /** Exit codes other than 0 that are answers rather than failures. */
  readonly accept?: readonly number[]
}

/** Runs `git` in one folder. */
export interface Git {
  readonly folder: string
  run(args: readonly string[], options?: GitOptions): Promise<Result<GitOutput>>
  /** The output as text, without the line break at its end. */
  text(args: readonly string[], options?: GitOptions): Promise<Result<string>>
  /** Another way to start git: the words before the command's, and the whole environment. */
  start(): Promise<Result<{ readonly words: readonly string[]; readonly env: Record<string, string> }>>
}

/** Settings that always apply: nothing runs beside git, and its output has the expected format. */
const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.pager=cat',
  'core.quotePath=false',
  'log.showSignature=false',
  'blame.ignoreRevsFile=',
  'gc.auto=0',
  'maintenance.auto=false',
  'protocol.ext.allow=never',
  'safe.bareRepository=explicit',
  'submodule.recurse=false',
]

const words = ['--no-pager', ...settings.flatMap(setting => ['-c', setting])]

/**
 * Git runs in its own process group: ctrl-c in a terminal goes to the whole foreground group, and would end git while
 * it writes a ledger or releases a lock.
 */
export const ownGroup = process.platform !== 'win32'

/** From this many settings on, a repository's configuration was not written by people. */
const manySettings = 2000

/** The git of a folder: it runs no program that the repository names, opens no pager and asks nothing. */
export function gitIn(folder: string): Git {
  const overrides = new Overrides(folder)
  const start: Git['start'] = async () => {
    const found = await overrides.read()
    if (!found.ok) return found
    const env = environment(folder)
    return succeed({ words, env: { ...env, ...settingsAsVariables(env, found.value) } })
  }
  const run = async (args: readonly string[], options: GitOptions = {}): Promise<Result<GitOutput>> => {
    const started = await start()
    return started.ok ? await runIn(folder, args, options, started.value.env) : started
  }
  const text = async (args: readonly string[], options?: GitOptions): Promise<Result<string>> => {
    const result = await run(args, options)
    return result.ok ? succeed(result.value.stdout.toString('utf8').replace(/\n$/, '')) : result
  }
  return { folder, run, text, start }
}

/** Runs git in an environment that is known to name no program of the repository's. */
export async function runIn(
  folder: string,
  args: readonly string[],
  options: GitOptions,
  env: Readonly<Record<string, string>>,
): Promise<Result<GitOutput>> {
  const all = { ...options, env: { ...env, ...options.env } }
  const { output, errno } = await ended(folder, [...words, ...args], all)
  if (output.code === 0 || options.accept?.includes(output.code)) return succeed(output)
  return fail([gitProblem(folder, args, output.stderr, errno)])
}

/** A setting by which git shows that it accepts settings as variables. */
const sign = new Map([['gatewatch.reads', 'true']])

/** Overrides for the settings of a repository that name programs; read again when one of their files changed. */
class Overrides {
  readonly #folder: string
  #last: Promise<Result<ReadonlyMap<string, string>>> | undefined
  #files: readonly string[] = []
  /** Null: the effective settings can't be determined from the files. */
  #stamp: string | null = null

  constructor(folder: string) {
    this.#folder = folder
  }

  /** As pairs of a key and the value that takes its place. */
  async read(): Promise<Result<ReadonlyMap<string, string>>> {
    if (this.#last) {
      const known = await this.#last
      if (known.ok && this.#stamp === (await stampOf(this.#files))) return known
      this.#last = undefined
    }
    this.#last ??= this.#list()
    return await this.#last
  }

  async #list(): Promise<Result<ReadonlyMap<string, string>>> {
    const base = environment(this.#folder)
    const env = { ...base, ...settingsAsVariables(base, sign) }
    const args = ['config', '--list', '--show-scope', '--show-origin', '-z']
    const { output, errno } = await ended(this.#folder, [...words, ...args], { env })
    if (output.code === 129) return fail([oldGit])
    if (output.code !== 0) return fail([gitProblem(this.#folder, args, output.stderr, errno)])
    const read = readSettings(output.stdout)
    if (read === null) return fail([unreadable(this.#folder, 'has a name or a value that isn’t UTF-8')])
    if (!read.some(({ scope, key }) => scope === 'command' && key === 'gatewatch.reads'))
      return fail([oldGit])
    const overrides = overridesOf(read)
    if (overrides.size > manySettings) {
      return fail([unreadable(this.#folder, `has ${overrides.size} settings that are not followed`)])
    }
    this.#files = filesOf(this.#folder, read)
    // Which files are included may depend on the branch, and on what only git knows.
    const isConditional = read.some(each => isOfRepository(each) && each.key.startsWith('includeif.'))
    this.#stamp = isConditional ? null : await stampOf(this.#files)
    return succeed(overrides)
  }
}

/** The files that the repository's own settings come from, and those that they would include. */
function filesOf(folder: string, read: readonly Setting[]): readonly string[] {
  const files = new Set<string>()
  for (const setting of read.filter(isOfRepository)) {
    const file = resolve(folder, setting.origin.replace(/^file:/, ''))
    files.add(file)
    if (setting.key !== 'include.path') continue
    files.add(resolve(dirname(file), setting.value.replace(/^~(?=\/)/, homeFolder() ?? '~')))
  }
  return [...files].flatMap(file => [file, join(dirname(file), 'config.worktree')])
}

/** Changes whenever one of the files does. */
async function stampOf(files: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    files.map(file =>
      stat(file).then(
        ({ ino, size, mtimeMs, ctimeMs }) => `${ino} ${size} ${mtimeMs} ${ctimeMs}`,
        () => 'none',
      ),
    ),
  )
  return stamps.join('\n')
}

const oldGit: Problem = {
  code: 'old-git',
  message: 'this git is too old to run safely in a repository that others wrote',
  hint: 'Install git 2.31 or newer.',
}

function unreadable(folder: string, why: string): Problem {
  return {
    code: 'git-settings',
    message: `Git is not run in ${folder}: the repository's configuration ${why}`,
    hint: 'Look at it: git config --local --list.',
  }
}

/** Runs git to its end; `errno` says why it could not be started. */
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
        env,
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
      // It need not read all of its input.
      child.stdin.on('error', () => {})
      child.stdin.end(input ?? '')
    } catch (error) {
      // Some reasons why a program can't be started are thrown, for example that the folder is a file.
      failed(error)
    }
  })
}

/** A failed call as a person can act on it. */
function gitProblem(
  folder: string,
  args: readonly string[],
  stderr: string,
  errno: string | undefined,
): Problem {
  if (errno === 'ENOENT') {
    return { code: 'no-git', message: 'git is not installed', hint: 'Install git and try again.' }
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
