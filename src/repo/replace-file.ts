import { randomUUID } from 'node:crypto'
import { link, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A file and what it is to hold. */
export interface Replacement {
  readonly file: string
  readonly data: string | Uint8Array
  /** The permissions; those of the file that is there, or the usual ones, unless given. */
  readonly mode?: number
}

/** A draft that is on the disk, whole, and the file whose place it is to take. */
interface Draft {
  readonly path: string
  readonly file: string
}

/**
 * Puts whole files in the place of what is there. All are on the disk before the first takes its place, so that a full
 * disk, or a folder that may not be written, leaves every one as it was. Throws what the system says.
 */
export async function replaceFiles(replacements: readonly Replacement[]): Promise<void> {
  const drafts: Draft[] = []
  try {
    for (const replacement of replacements) {
      const draft = await draftOf(replacement)
      if (draft) drafts.push(draft)
    }
    for (const { path, file } of drafts) await rename(path, file)
  } finally {
    await Promise.all(drafts.map(({ path }) => rm(path, { force: true })))
  }
}

/** Makes a file that is not there yet, whole or not at all. Throws what the system says; `EEXIST`: it is there. */
export async function createFile({ file, data, mode }: Replacement): Promise<void> {
  const path = draftPath(file)
  try {
    await writeDraft(path, data, mode)
    await link(path, file).catch(async error => {
      // Some file systems have no links.
      if (!hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK')) throw error
      await writeFile(file, data, { flag: 'wx', ...(mode === undefined ? {} : { mode }) })
    })
  } finally {
    await rm(path, { force: true })
  }
}

/** Undefined: what is there is no file that could be replaced, as a pipe or /dev/null, and was written to. */
async function draftOf({ file, data, mode }: Replacement): Promise<Draft | undefined> {
  const there = await stat(file).catch(ignored('ENOENT'))
  if (there?.isDirectory()) throw Object.assign(new Error(`${file} is a folder`), { code: 'EISDIR' })
  if (there && !there.isFile()) {
    await writeFile(file, data)
    return undefined
  }
  // A link stays one: what it leads to is replaced.
  const real = (await realpath(file).catch(ignored('ENOENT'))) ?? file
  const path = draftPath(real)
  try {
    await writeDraft(path, data, mode ?? (there && there.mode & 0o7777), there)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
  return { path, file: real }
}

/** In the same folder, so that it can take the place of the file at once; no name that a manifest could have. */
function draftPath(file: string): string {
  return join(dirname(file), `.gatewatch-${randomUUID()}.tmp`)
}

async function writeDraft(
  path: string,
  data: string | Uint8Array,
  mode: number | undefined,
  owner?: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const handle = await open(path, 'wx', mode ?? 0o666)
  try {
    // Goes on until all is written: a disk that is full takes a part first, and refuses only then.
    await handle.writeFile(data)
    // Whoever may not give a file away keeps it.
    if (owner) await handle.chown(owner.uid, owner.gid).catch(ignored('EPERM', 'EINVAL', 'ENOSYS'))
    if (mode !== undefined) await handle.chmod(mode).catch(ignored('EPERM', 'EINVAL', 'ENOSYS'))
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some(code => code === error.code)
}

function ignored(...codes: readonly string[]): (error: unknown) => undefined {
  return error => {
    if (!hasCode(error, ...codes)) throw error
  }
}
