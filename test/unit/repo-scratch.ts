import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ProblemError, problemText, type Result } from '../../src/model/problem.ts'
import { openRepository, type Repository } from '../../src/repo/index.ts'

const run = promisify(execFile)

/** A Git repository in a temporary folder, made for one test. */
export interface Scratch extends AsyncDisposable {
  readonly folder: string
  git(...args: readonly string[]): Promise<string>
  write(path: string, text: string): Promise<void>
  commit(message: string, author?: string, date?: string): Promise<string>
  open(): Promise<Repository>
}

/** Makes one; with `bare` a bare one, to push to. */
export async function scratch(options: { readonly bare?: boolean } = {}): Promise<Scratch> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'gatewatch-repo-')))
  const git = async (...args: readonly string[]): Promise<string> => {
    const done = await run('git', ['-c', 'user.name=tess', '-c', 'user.email=tess@x.example', ...args], {
      cwd: folder,
    })
    return done.stdout.trimEnd()
  }
  await git('init', '-q', '-b', 'main', ...(options.bare ? ['--bare'] : []))
  return {
    folder,
    git,
    async write(path, text) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    },
    async commit(message, author = 'tess', date = '2026-01-02T03:04:05Z') {
      await git('add', '-A')
      await git(
        'commit',
        '-q',
        '--allow-empty',
        '-m',
        message,
        `--author=${author} <${author}@x.example>`,
        `--date=${date}`,
      )
      return await git('rev-parse', 'HEAD')
    },
    async open() {
      const repository = good(await openRepository(folder))
      if (!repository) throw new Error('no repository')
      return repository
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The value of a result; throws its problems. */
export function good<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw new ProblemError(result.error)
}

/** The problems of a result as text. */
export function bad(result: Result<unknown>): readonly string[] {
  return result.ok ? [] : result.error.map(problemText)
}
