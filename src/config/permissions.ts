import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import * as z from 'zod'
import { isBelow, realPath } from '../repo/index.ts'
import type { CredentialRef, Fleet, KongConfig } from './fleet.ts'

const fileSchema = z.strictObject({
  /** Relative to the configuration where it lies in the repository; else absolute, links followed. */
  path: z.string(),
  outside: z.boolean(),
})

const sourceSchema = z.union([
  z.strictObject({ env: z.string() }),
  z.strictObject({ file: fileSchema }),
  /** It stands in the configuration itself; what it is tells the digest. */
  z.strictObject({ written: z.string() }),
  /** An option of the command line. */
  z.strictObject({ option: z.string() }),
])

const headerSchema = z.strictObject({
  name: z.string(),
  prefix: z.string().optional(),
  from: sourceSchema,
})

const sendingSchema = z.strictObject({
  address: z.string(),
  headers: z.array(headerSchema),
  /** What is shown to the gateway. */
  identity: z.strictObject({ certificate: sourceSchema, key: sourceSchema }).optional(),
  /** Whose word that it is the gateway is taken; the digest is of a file that comes with the repository. */
  authorities: fileSchema.extend({ digest: z.string().optional() }).optional(),
  serverName: z.string().optional(),
  checksCertificate: z.boolean(),
})

const readingSchema = z.strictObject({ path: z.string(), as: z.string() })

/** What a record of trust holds of a configuration. */
export const permissionsSchema = z.strictObject({
  sends: z.array(sendingSchema),
  reads: z.array(readingSchema),
  functions: z.array(z.string()),
  /** Who can open the secrets that a sync seals, where the configuration says so. */
  seals: z.array(z.string()).optional(),
})

/** A file, as permissions name it. */
export type PermittedFile = z.infer<typeof fileSchema>
/** Where a value comes from. */
export type CredentialSource = z.infer<typeof sourceSchema>
/** A header, and where its value comes from. */
export type PermittedHeader = z.infer<typeof headerSchema>
/** What goes to one address. */
export type Sending = z.infer<typeof sendingSchema>

/**
 * What a configuration has gatewatch do that its author could gain by: where it sends requests and which credentials go
 * along, which files it reads outside of the repository, which functions it runs, and to whom it seals secrets. It is the same wherever the
 * repository lies, and hangs on nothing else of the configuration: lists are in order and hold nothing twice.
 */
export type Permissions = z.infer<typeof permissionsSchema>

/** Whether a connection needs nobody's trust: this machine is asked, and no credential goes along. */
export function isFree({ address, headers, tls }: KongConfig): boolean {
  const plain = Object.values(headers).every(value => 'plain' in value)
  return isLoopback(address) && plain && tls.identity === undefined
}

/** Whether an address is this machine's own. */
export function isLoopback(address: string): boolean {
  const { hostname } = new URL(address)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname)
}

/**
 * What a fleet's configuration asks for.
 *
 * @param top the top folder of its repository, or its own folder
 */
export function permissionsOf(fleet: Fleet, top: string): Permissions {
  const named = new FileNames(fleet.folder, top)
  const { governance } = fleet
  const reads = [
    ...fleet.targets.flatMap(({ manifests }) => manifests.map(path => named.outside(path, 'manifests'))),
    ...fleet.specifications.map(glob => named.outside(glob, 'specifications')),
    ...[...fleet.policies, ...governance.waivers, ...governance.reviews].map(glob =>
      named.outside(glob, 'policies'),
    ),
    ...governance.functions.map(path => named.outside(path, 'functions')),
    ...(governance.codeowners === null ? [] : [named.outside(governance.codeowners, 'code owners')]),
  ].filter(each => each !== undefined)
  return {
    sends: inOrder(fleet.targets.flatMap(({ kong }) => (isFree(kong) ? [] : [sendingOf(kong, named)]))),
    reads: inOrder(reads),
    functions: inOrder(governance.functions.map(path => named.file(path).path)),
    ...(fleet.sealing.length === 0 ? {} : { seals: inOrder(fleet.sealing.map(({ key }) => key)) }),
  }
}

/** The digest that stands for permissions, as `sha256:…`. */
export function permissionsDigest(permissions: Permissions): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(permissions)).digest('hex')}`
}

function sendingOf({ address, headers, tls }: KongConfig, named: FileNames): Sending {
  return {
    address: plainAddress(address),
    headers: inOrder(
      Object.entries(headers).map(([name, value]) => headerOf(name.toLowerCase(), value, named)),
    ),
    ...(tls.identity === undefined
      ? {}
      : {
          identity: {
            certificate: { file: named.file(tls.identity.certificate) },
            key: { file: named.file(tls.identity.key) },
          },
        }),
    ...(tls.authorities === undefined || !tls.verify
      ? {}
      : { authorities: named.withContent(tls.authorities) }),
    ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
    checksCertificate: tls.verify,
  }
}

/** An address in the one form that stands for all ways to write it, without user and password. */
export function plainAddress(address: string): string {
  const url = new URL(address)
  url.username = ''
  url.password = ''
  return url.href.replace(/\/+$/, '')
}

function headerOf(name: string, value: CredentialRef, named: FileNames): PermittedHeader {
  if ('plain' in value) return { name, from: writtenText(value.plain) }
  const prefix = value.prefix === undefined ? {} : { prefix: value.prefix }
  const from = 'env' in value ? { env: value.env } : { file: named.file(value.file) }
  return { name, ...prefix, from }
}

/** A text of the configuration's own; what it says is shown nowhere. */
export function writtenText(text: string): CredentialSource {
  return { written: createHash('sha256').update(text).digest('hex').slice(0, 16) }
}

/** Files by names that are the same wherever the repository lies. */
export class FileNames {
  readonly #folder: string
  readonly #top: string

  constructor(folder: string, top: string) {
    this.#folder = folder
    this.#top = realPath(top)
  }

  file(path: string): PermittedFile {
    const absolute = resolve(this.#folder, path)
    const real = realPath(absolute)
    if (!isBelow(this.#top, real)) return { path: real, outside: true }
    return { path: relative(this.#folder, absolute).split(sep).join('/') || '.', outside: false }
  }

  /** With the digest of what is in it, where the repository could bring another. */
  withContent(path: string): PermittedFile & { digest?: string } {
    const file = this.file(path)
    if (file.outside) return file
    try {
      const content = readFileSync(resolve(this.#folder, path))
      return { ...file, digest: createHash('sha256').update(content).digest('hex') }
    } catch {
      // That it can't be read is told where it is needed.
      return file
    }
  }

  /** The file, or where a pattern looks for some, only where that is outside. */
  outside(pattern: string, as: string): { path: string; as: string } | undefined {
    const wildcard = pattern.search(/[*?{[]/)
    const base = wildcard < 0 ? pattern : pattern.slice(0, wildcard).replace(/[^/]*$/, '')
    const { path, outside } = this.file(base === '' ? '.' : base)
    return outside ? { path, as } : undefined
  }
}

/** In one order, each once. */
function inOrder<T>(items: readonly T[]): T[] {
  const byText = new Map(items.map(item => [JSON.stringify(item), item]))
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
}
