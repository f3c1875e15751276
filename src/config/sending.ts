import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import * as z from 'zod'
import { isBelow, realPath } from '../repo/index.ts'

const fileSchema = z.strictObject({
  /** Relative to the configuration where it lies in the repository; else absolute, links followed. */
  path: z.string(),
  outside: z.boolean(),
})

const sourceSchema = z.union([
  z.strictObject({ env: z.string() }),
  z.strictObject({ file: fileSchema }),
  /** It is written in the configuration itself; the digest identifies its value. */
  z.strictObject({ written: z.string() }),
  /** An option of the command line. */
  z.strictObject({ option: z.string() }),
])

const headerSchema = z.strictObject({
  name: z.string(),
  prefix: z.string().optional(),
  from: sourceSchema,
})

/** What a trust record holds about one address. */
export const sendingSchema = z.strictObject({
  address: z.string(),
  headers: z.array(headerSchema),
  /** The client identity shown to the gateway. */
  identity: z.strictObject({ certificate: sourceSchema, key: sourceSchema }).optional(),
  /** Which certificate authority is trusted to identify the gateway; the digest is of a file in the repository. */
  authorities: fileSchema.extend({ digest: z.string().optional() }).optional(),
  serverName: z.string().optional(),
  checksCertificate: z.boolean(),
})

/** A file, as permissions name it. */
export type PermittedFile = z.infer<typeof fileSchema>
/** Where a value comes from. */
export type CredentialSource = z.infer<typeof sourceSchema>
/** A header, and where its value comes from. */
export type PermittedHeader = z.infer<typeof headerSchema>
/** What is sent to one address. */
export type Sending = z.infer<typeof sendingSchema>

/** Whether an address is this machine's own. */
export function isLoopback(address: string): boolean {
  const { hostname } = new URL(address)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname)
}

/** An address in canonical form, without user and password. */
export function plainAddress(address: string): string {
  const url = new URL(address)
  url.username = ''
  url.password = ''
  return url.href.replace(/\/+$/, '')
}

/** A literal text in the configuration; its content is never shown. */
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

  /** With the digest of its content, if the repository could change it. */
  withContent(path: string): PermittedFile & { digest?: string } {
    const file = this.file(path)
    if (file.outside) return file
    try {
      const content = readFileSync(resolve(this.#folder, path))
      return { ...file, digest: createHash('sha256').update(content).digest('hex') }
    } catch {
      // If it can't be read, that is reported where it is needed.
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
export function inOrder<T>(items: readonly T[]): T[] {
  const byText = new Map(items.map(item => [JSON.stringify(item), item]))
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
}
