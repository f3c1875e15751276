import { basename } from 'node:path'
import {
  type CredentialSource,
  type Permissions,
  permissionsDigest,
  type Sending,
  type TrustRecord,
  TrustRecords,
} from '../../config/index.ts'
import type { Problem } from '../../model/problem.ts'

/** How a configuration is trusted. */
export type TrustedBy = 'record' | 'variable' | 'option'

/** What a configuration asks for. */
export interface Asking {
  /** The configuration, absolute. */
  readonly config: string
  readonly permissions: Permissions
}

/** What a configuration asks for, and whether the user allowed it. */
export interface Trust extends Asking {
  /** Of the permissions. */
  readonly digest: string
  /** Null: it isn't trusted. */
  readonly by: TrustedBy | null
  /** What this user allowed last, the same or something else. */
  readonly record: TrustRecord | null
  /** Whether `GATEWATCH_TRUST` is set. */
  readonly hasVariable: boolean
}

/** Ways to give trust other than what was saved. */
export interface TrustOptions {
  readonly stateFolder: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The digest that the user has just allowed; `any`: whatever the configuration asks for. */
  readonly trusted?: string | undefined
}

/** The digests in the variable of this name are allowed, as `gatewatch trust --print` prints them. */
const variable = 'GATEWATCH_TRUST'

/** Whether a configuration is trusted with what it asks for. */
export async function trustOf(
  { config, permissions }: Asking,
  { stateFolder, env, trusted }: TrustOptions,
): Promise<Trust> {
  const digest = permissionsDigest(permissions)
  const record = await new TrustRecords(stateFolder).read(config)
  const digests = (env[variable] ?? '').split(/[\s,]+/).filter(each => each !== '')
  const by =
    trusted === 'any' || trusted === digest
      ? 'option'
      : digests.includes(digest)
        ? 'variable'
        : record?.digest === digest
          ? 'record'
          : null
  return {
    config,
    permissions,
    digest,
    by,
    record,
    hasVariable: digests.length > 0,
  }
}

/** Saves that the user allowed what a configuration asks for. Rejects if it can't be saved. */
export async function keepTrust({ config, digest, permissions }: Trust, stateFolder: string): Promise<void> {
  await new TrustRecords(stateFolder).write(config, { digest, permissions, at: new Date() })
}

/** Forgets what the user allowed for a configuration. Rejects if it can't. */
export async function forgetTrust({ config }: Trust, stateFolder: string): Promise<void> {
  await new TrustRecords(stateFolder).remove(config)
}

/** Why nothing is sent for a configuration that isn't trusted. */
export function notTrusted({ config, record, permissions, hasVariable }: Trust): Problem {
  const shown = basename(config)
  const what = hasVariable
    ? `GATEWATCH_TRUST allows something other than what ${shown} asks for`
    : record
      ? `${shown} asks for something other than what you trusted on ${record.at.slice(0, 10)}`
      : `${shown} is not trusted yet`
  const known = new Set((record?.permissions.sends ?? []).map(each => JSON.stringify(each)))
  const added = permissions.sends.filter(each => !known.has(JSON.stringify(each)))
  const [first = '', ...more] = (added.length > 0 ? added : permissions.sends).map(sendingText)
  const rest = more.length === 0 ? '' : `, and ${more.length} more`
  return {
    code: 'not-trusted',
    message: `${what}: it would have ${first}${rest}`,
    hint: 'Look at it and allow it with gatewatch trust. Where nobody can be asked, set GATEWATCH_TRUST to what gatewatch trust --print prints, or say --trust.',
  }
}

/** Why nothing more is sent: what is asked for is not what was trusted. Null: it still is. */
export function sinceTrusted({ config, digest }: Trust, { permissions }: Asking): Problem | null {
  if (permissionsDigest(permissions) === digest) return null
  const message = `the files that ${basename(config)} names are no longer those that were trusted`
  return { code: 'not-trusted', message, hint: 'Start again, to see what changed and be asked.' }
}

/** A summary of what is sent where. */
function sendingText({ address, headers, identity }: Sending): string {
  const sources = [...headers.map(({ from }) => from), ...(identity ? [identity.key] : [])]
  const all = [...new Set(sources.map(sourceText).filter(each => each !== null))]
  return `${all.length === 0 ? 'requests' : all.join(', ')} sent to ${address}`
}

/** Where a credential is taken from; null: it is written in the configuration itself. */
function sourceText(source: CredentialSource): string | null {
  if ('env' in source) return source.env
  if ('file' in source) return source.file.path
  return 'option' in source ? source.option : null
}
