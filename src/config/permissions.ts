import { createHash } from 'node:crypto'
import type { Fleet } from './fleet.ts'
import type { Permissions } from './permissions-schema.ts'
import { FileNames, inOrder } from './sending.ts'

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

/** The digest of permissions, as `sha256:…`. */
export function permissionsDigest(permissions: Permissions): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(permissions)).digest('hex')}`
}
