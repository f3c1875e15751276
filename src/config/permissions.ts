import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { Fleet } from './fleet.ts'
import { FileNames, inOrder, sendingSchema } from './sending.ts'

const readingSchema = z.strictObject({ path: z.string(), as: z.string() })

/** What a record of trust holds of a configuration. */
export const permissionsSchema = z.strictObject({
  sends: z.array(sendingSchema),
  reads: z.array(readingSchema),
  functions: z.array(z.string()),
  /** Who can open the secrets that a sync seals, where the configuration says so. */
  seals: z.array(z.string()).optional(),
})

/**
 * What a configuration has gatewatch do that its author could gain by: where it sends requests and which credentials go
 * along, which files it reads outside of the repository, which functions it runs, and to whom it seals secrets. It is the same wherever the
 * repository lies, and hangs on nothing else of the configuration: lists are in order and hold nothing twice.
 */
export type Permissions = z.infer<typeof permissionsSchema>

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
    sends: inOrder(fleet.targets.flatMap(({ gateway }) => (gateway.isFree ? [] : [gateway.sending(named)]))),
    reads: inOrder(reads),
    functions: inOrder(governance.functions.map(path => named.file(path).path)),
    ...(fleet.sealing.length === 0 ? {} : { seals: inOrder(fleet.sealing.map(({ key }) => key)) }),
  }
}

/** The digest that stands for permissions, as `sha256:…`. */
export function permissionsDigest(permissions: Permissions): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(permissions)).digest('hex')}`
}
