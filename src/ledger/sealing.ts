import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { fail, type Problem, type Result, succeed } from '../model/problem.ts'
import { diskReason, errnoOf } from '../model/problems/disk-reason.ts'

/*
 * Secrets that a sync overwrites or deletes are sealed with age (https://age-encryption.org/v1) before anything is
 * sent, so that it can be taken back. The library is loaded only if something is sealed or opened.
 */

/** Sealed secrets: who can open them, and the sealed text. */
export interface SealedSecrets {
  /** Names of the keys that open it, for people. */
  readonly to: readonly string[]
  /** An age file in its text form. */
  readonly text: string
}

const contentSchema = z.object({ version: z.literal(1), secrets: z.record(z.string(), z.string()) })

/** Seals secrets, given by their digests, to recipients. */
export async function sealSecrets(
  secrets: ReadonlyMap<string, string>,
  recipients: readonly { readonly name: string; readonly key: string }[],
): Promise<Result<SealedSecrets>> {
  const { armor, Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  for (const { name, key } of recipients) {
    try {
      encrypter.addRecipient(key)
    } catch {
      return fail([
        {
          code: 'bad-recipient',
          message: `nothing was sent, because the key of ${name} isn’t an age recipient, so what is overwritten can’t be sealed to it`,
          hint: 'Correct `sealing.recipients`: age-keygen prints such a key after "Public key:".',
        },
      ])
    }
  }
  const content = JSON.stringify({ version: 1, secrets: Object.fromEntries(secrets) })
  const text = armor.encode(await encrypter.encrypt(content))
  return succeed({ to: recipients.map(({ name }) => name), text })
}

/** What identities open of sealed secrets: clear values by their digests. What none of them opens is left out. */
export async function openSealed(
  sealed: readonly SealedSecrets[],
  identities: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { armor, Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  for (const identity of identities) decrypter.addIdentity(identity)
  const found = new Map<string, string>()
  for (const { text } of sealed) {
    try {
      const content = contentSchema.safeParse(JSON.parse(await decrypter.decrypt(armor.decode(text), 'text')))
      for (const [digest, secret] of Object.entries(content.data?.secrets ?? {})) found.set(digest, secret)
    } catch {
      // It is sealed to others.
    }
  }
  return found
}

/** Where the key of this user is kept. */
export function ownKeyFile(stateFolder: string): string {
  return join(stateFolder, 'keys', 'age-identity.txt')
}

/** Whether this user has a key of their own. */
export async function hasOwnKey(stateFolder: string): Promise<boolean> {
  return readFile(ownKeyFile(stateFolder)).then(
    () => true,
    () => false,
  )
}

/** The recipient of this user's own key; null: there is none. It is derived from the secret key alone. */
export async function ownRecipient(stateFolder: string): Promise<Result<string | null>> {
  const file = ownKeyFile(stateFolder)
  const identities = await readIdentities(file)
  if (!identities.ok) return identities
  const [identity] = identities.value ?? []
  if (identity === undefined) return succeed(null)
  const { identityToRecipient } = await import('age-encryption')
  try {
    return succeed(await identityToRecipient(identity))
  } catch {
    return fail([noKeyIn(file)])
  }
}

/** The secret keys in a file, as age-keygen writes it; null: it doesn't exist. */
export async function readIdentities(file: string): Promise<Result<readonly string[] | null>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return succeed(null)
    return fail([
      { code: 'key-unreadable', message: `the key in ${file} can’t be read: ${diskReason(error)}` },
    ])
  }
  const identities = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line.startsWith('AGE-SECRET-KEY-'))
  return identities.length === 0 ? fail([noKeyIn(file)]) : succeed(identities)
}

function noKeyIn(file: string): Problem {
  return {
    code: 'key-unreadable',
    message: `${file} does not contain a secret age key`,
    hint: 'Create one with age-keygen, or with gatewatch init.',
  }
}

/** Creates a key for this user, readable only by the user; false: there is one already. */
export async function makeOwnKey(stateFolder: string, now: Date): Promise<Result<boolean>> {
  const file = ownKeyFile(stateFolder)
  const { generateX25519Identity, identityToRecipient } = await import('age-encryption')
  const identity = await generateX25519Identity()
  const text = `# created: ${now.toISOString()}\n# public key: ${await identityToRecipient(identity)}\n${identity}\n`
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const handle = await open(file, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    return succeed(true)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return succeed(false)
    return fail([
      { code: 'key-not-made', message: `no key could be created in ${file}: ${diskReason(error)}` },
    ])
  }
}
