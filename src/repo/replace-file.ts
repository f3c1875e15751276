import { randomUUID } from 'node:crypto'
import { link, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A file and its new content. */
export interface Replacement {
  readonly file: string
  readonly data: string | Uint8Array
  /** The permissions; by default, those of the existing file, or the usual ones. */
  readonly mode?: number
}

/** A complete draft on the disk, and the file that it should replace. */
interface Draft {
  readonly path: string
  readonly file: string
}

/**
 * Replaces files as a whole. All are on the disk before the first replaces its file, so a full disk, or a folder that
 * may not be written, leaves every one as it was. Throws the system's error.
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

/** Creates a file that doesn't exist yet, whole or not at all. Throws the system's error; `EEXIST`: it exists. */
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

/** Undefined: the target can't be replaced, such as a pipe or /dev/null, and was written to. */
async function draftOf({ file, data, mode }: Replacement): Promise<Draft | undefined> {
  const there = await stat(file).catch(ignored('ENOENT'))
  if (there?.isDirectory()) throw Object.assign(new Error(`${file} is a folder`), { code: 'EISDIR' })
  if (there && !there.isFile()) {
    await writeFile(file, data)
    return undefined
  }
  // A link stays a link: its target is replaced.
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

/** In the same folder, so that it can replace the file atomically; with a name that no manifest could have. */
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
    // Continues until everything is written: a full disk accepts a part first, and refuses only then.
    await handle.writeFile(data)
    // A user who may not give a file away keeps it.
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
