import type { Kind } from '../entity.ts'
import { aclGroup } from './acl-group.ts'
import { basicAuth } from './basic-auth.ts'
import { caCertificate } from './ca-certificate.ts'
import { certificate } from './certificate.ts'
import { consumer } from './consumer.ts'
import type { KindDefinition } from './definition.ts'
import { filterChain } from './filter-chain.ts'
import { hmacAuth } from './hmac-auth.ts'
import { jwtAuth } from './jwt-auth.ts'
import { key } from './key.ts'
import { keyAuth } from './key-auth.ts'
import { keySet } from './key-set.ts'
import { oauth2Cred } from './oauth2-cred.ts'
import { plugin } from './plugin.ts'
import { route } from './route.ts'
import { service } from './service.ts'
import { sni } from './sni.ts'
import { target } from './target.ts'
import { upstream } from './upstream.ts'
import { vault } from './vault.ts'

/** All kinds that gatewatch compares and writes, in the order in which they can be created. */
export const kinds: readonly KindDefinition[] = [
  caCertificate,
  certificate,
  consumer,
  keySet,
  vault,
  aclGroup,
  basicAuth,
  hmacAuth,
  jwtAuth,
  keyAuth,
  key,
  oauth2Cred,
  service,
  sni,
  upstream,
  route,
  target,
  filterChain,
  plugin,
]

const byKind: ReadonlyMap<Kind, KindDefinition> = new Map(kinds.map(kind => [kind.kind, kind]))

/** The definition of a kind, or undefined where gatewatch does not know it. */
export function kindOf(kind: Kind): KindDefinition | undefined {
  return byKind.get(kind)
}
