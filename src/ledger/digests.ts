import { createHash, createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SecretResolver } from '../gateways/gateway.ts'
import type { SecretSink } from '../model/secrets.ts'

/**
 * Digests of secrets (HMAC-SHA-256 with a key of the repository's own, 24 hex digits), with the clear values
 * of this run kept in memory only, so that a step can send what its mark stands for.
 */
export class SecretDigests implements SecretSink {
  readonly #key: KeyObject
  readonly #clear = new Map<string, string>()
  readonly #digests = new Map<string, string>()
  /** Tells digests of different keys apart; gives nothing of the key away. */
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

  /** The mark of a hash that a gateway keeps stands from now on for the secret that it was made from. */
  standFor(hash: string, secret: string): void {
    this.#clear.set(this.digest(hash), secret)
  }

  /** The last five characters, as decK shows them, where at least 16 stay hidden: a secret of 80 bits or so. */
  ending(value: string): string | undefined {
    return value.length >= 16 + 5 ? value.slice(-5) : undefined
  }

  readonly resolve: SecretResolver = digest => this.#clear.get(digest)
}

/**
 * The digests of one repository. Its key is made on first use and kept in the state folder, readable by the
 * user alone; `GATEWATCH_DIGEST_KEY` sets it, so that plans can be carried between machines.
 */
export async function openDigests(
  stateFolder: string,
  repository: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SecretDigests> {
  const given = env.GATEWATCH_DIGEST_KEY
  if (given) return new SecretDigests(createHash('sha256').update(given).digest())
  const file = join(stateFolder, 'keys', createHash('sha256').update(repository).digest('hex').slice(0, 16))
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  try {
    // Whoever comes first makes the key; all others read it.
    await writeFile(file, randomBytes(32), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return new SecretDigests(await readFile(file))
}
