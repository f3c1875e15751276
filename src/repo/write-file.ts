import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Problem, ProblemError } from '../model/problem.ts'
import { diskReason } from '../model/problems/disk-reason.ts'
import { homeFolder } from './home-folder.ts'
import { isBelow, realPath } from './paths.ts'
import { createFile, replaceFiles } from './replace-file.ts'

/** Whose choice a file is. */
export interface Named {
  /** The folder that the name is relative to: its content counts like a repository. */
  readonly cwd: string
  /** As people named it; the file itself unless given. */
  readonly shown?: string
  /**
   * Who named it: the user, who may name any file (the default), or a configuration, which may name only files of its
   * repository.
   */
  readonly by?: 'user' | 'configuration'
}

/**
 * Writes a file as a whole, replacing what is there. Throws `ProblemError` if it can't be written, or if a link leads
 * out of the repository that the file seems to be in.
 */
export async function writeWholeFile(
  file: string,
  text: string | Uint8Array,
  { mode, ...named }: Named & { readonly mode?: number },
): Promise<void> {
  await writeWholeFiles([{ file, text, shown: named.shown ?? file }], { mode, ...named })
}

/** The same for several files: all of them are written, or each is left as it was. */
export async function writeWholeFiles(
  files: readonly { readonly file: string; readonly text: string | Uint8Array; readonly shown: string }[],
  { mode, ...named }: Named & { readonly mode?: number | undefined },
): Promise<void> {
  for (const { file, shown } of files) refuseLinkOut(file, { ...named, shown })
  const replacements = files.map(({ file, text }) => ({
    file,
    data: text,
    ...(mode === undefined ? {} : { mode }),
  }))
  await replaceFiles(replacements).catch((error: unknown) => {
    const [first = '', ...more] = files.map(({ shown }) => shown)
    throw cannotWrite(more.length > 0 ? `${first} with ${more.length} more` : first, error)
  })
}

/** Writes a file that is not there yet, whole or not at all. Throws `ProblemError`, also where it is there. */
export async function writeNewFile(file: string, text: string, named: Named): Promise<void> {
  refuseLinkOut(file, named)
  await createFile({ file, data: text }).catch((error: unknown) => {
    throw cannotWrite(named.shown ?? file, error)
  })
}

/** Throws the problem of `leadsOut`, if there is one. */
export function refuseLinkOut(file: string, named: Named): void {
  const problem = leadsOut(file, named)
  if (problem) throw new ProblemError([problem])
}

/**
 * The problem of a file that links lead to outside a repository, or outside the user's folder: whoever made the
 * repository would choose which of the user's files is written or removed.
 */
export function leadsOut(file: string, { cwd, shown = file, by = 'user' }: Named): Problem | undefined {
  const path = resolve(cwd, file)
  const top =
    by === 'user'
      ? (topOf(dirname(path)) ?? (isBelow(cwd, path) ? cwd : undefined))
      : (topOf(resolve(cwd)) ?? cwd)
  if (top === undefined) return undefined
  const [realTop, real] = [realPath(top), realPath(path)]
  // A home folder is the user's own, also where it is kept in Git.
  const home = homeFolder()
  if (isBelow(realTop, real) || (home !== undefined && isBelow(realTop, realPath(home)))) return undefined
  return {
    code: 'leads-outside',
    message: `${shown} is not written: it leads out of ${top}, to ${real}`,
    hint: by === 'user' ? 'If you mean that file, name its real path.' : 'Name a file in the repository.',
  }
}

/**
 * The top folder of the repository that a folder seems to be in, without resolving links; undefined if there is none.
 */
function topOf(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder
  return dirname(folder) === folder ? undefined : topOf(dirname(folder))
}

/** The problem of a file or folder that can't be written. */
export function cannotWrite(path: string, error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  return new ProblemError([
    {
      code: 'cannot-write',
      message: `${path} can't be written: ${diskReason(error)}`,
      hint: 'Name another file.',
    },
  ])
}
