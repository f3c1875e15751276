import { createHash, createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SecretSink } from '../model/masking/secret-marks.ts'
import type { Problem } from '../model/problem.ts'
import { diskReason, errnoOf } from '../model/problems/disk-reason.ts'
import type { SecretResolver } from '../providers/session.ts'
import { noFolder } from './user-folders.ts'

/**
 * Digests of secrets (HMAC-SHA-256 with a key of the repository's own, 24 hex digits). Clear values of this run are
 * kept only in memory, so that a step can send what a mark stands for.
 */
export class SecretDigests implements SecretSink {
  readonly #key: KeyObject
  readonly #clear = new Map<string, string>()
  readonly #digests = new Map<string, string>()
  /** Distinguishes digests of different keys; reveals nothing about the key. */
  readonly keyId: string

  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key)
    this.keyId = createHash('sha256').update('gatewatch key id').update(key).digest('hex').slice(0, 8)
  }

  digest(value: string): string {
    const known = this.#digests.get(value)
    if (known !== undefined) return known
    const digest = createHmac('sha256', this.#key).update(value).digest('hex').slice(0, 24)
    this.#digests.set(value, digest)
    this.#clear.set(digest, value)
    return digest
  }

  /** From now on, the mark of a hash that a gateway keeps stands for the secret that it was made from. */
  standFor(hash: string, secret: string): void {
    this.#clear.set(this.digest(hash), secret)
  }

  /** Shows that a text was written by who has this key. */
  proof(text: string): string {
    return createHmac('sha256', this.#key).update('gatewatch proof\0').update(text).digest('hex')
  }

  /** The last five characters, as decK shows them, if at least 16 stay hidden: a secret of about 80 bits. */
  ending(value: string): string | undefined {
    return value.length >= 16 + 5 ? value.slice(-5) : undefined
  }

  /** A digest stands for a secret that was saved with it. */
  know(digest: string, secret: string): void {
    this.#clear.set(digest, secret)
  }

  readonly resolve: SecretResolver = digest => this.#clear.get(digest)
}

/** The digests of a repository, and why its key could not be saved; null: it is saved. */
interface OpenedDigests {
  readonly digests: SecretDigests
  readonly problem: Problem | null
}

/**
 * The digests of one repository. Its key is created on first use and kept in the state folder, readable only by the
 * user; `GATEWATCH_DIGEST_KEY` sets it, so that plans can be moved between machines. If it can't be saved, there is a
 * key for this run only.
 */
export async function openDigests(
  stateFolder: string,
  repository: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<OpenedDigests> {
  const given = env.GATEWATCH_DIGEST_KEY
  if (given) return { digests: new SecretDigests(createHash('sha256').update(given).digest()), problem: null }
  const file = join(stateFolder, 'keys', createHash('sha256').update(repository).digest('hex').slice(0, 16))
  try {
    return { digests: new SecretDigests(await keyIn(file)), problem: null }
  } catch (error) {
    return {
      digests: new SecretDigests(randomBytes(keyLength)),
      problem: {
        code: 'no-state-folder',
        message:
          stateFolder === noFolder
            ? 'nothing can be kept between runs, because the home folder of this user is unknown'
            : `nothing can be kept in ${stateFolder} between runs: ${diskReason(error)}`,
        hint: 'This run reads with a temporary key; to sync, name a folder with GATEWATCH_STATE_DIR.',
      },
    }
  }
}

/** In bytes. */
const keyLength = 32

/** The key in a file; the first process creates it, all others read it. */
async function keyIn(file: string): Promise<Buffer> {
  const there = await readKey(file)
  if (there?.length === keyLength) return there
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  // Written completely next to its place: a full disk leaves no truncated key.
  const draft = `${file}.${randomBytes(6).toString('hex')}.draft`
  try {
    await writeFile(draft, randomBytes(keyLength), { flag: 'wx', mode: 0o600 })
    // A key that was cut off never made a digest.
    if (there) await rename(draft, file)
    else
      await link(draft, file).catch(error => (errnoOf(error) === 'EEXIST' ? undefined : rename(draft, file)))
  } finally {
    await rm(draft, { force: true }).catch(() => {})
  }
  return await readFile(file)
}

async function readKey(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}
