import { Kinds } from '../../../model/schema/kinds.ts'
import { aclGroup } from './acl-group.ts'
import { basicAuth } from './basic-auth.ts'
import { caCertificate } from './ca-certificate.ts'
import { certificate } from './certificate.ts'
import { clonedPlugin } from './cloned-plugin.ts'
import { consumer } from './consumer.ts'
import { consumerGroup } from './consumer-group.ts'
import { consumerGroupConsumer } from './consumer-group-consumer.ts'
import { customEntity } from './custom-entity.ts'
import { customPlugin } from './custom-plugin.ts'
import { filterChain } from './filter-chain.ts'
import { hmacAuth } from './hmac-auth.ts'
import { jwtAuth } from './jwt-auth.ts'
import { key } from './key.ts'
import { keyAuth } from './key-auth.ts'
import { keySet } from './key-set.ts'
import type { KongKind } from './kong-kind.ts'
import { license } from './license.ts'
import { mtlsAuth } from './mtls-auth.ts'
import { oauth2Cred } from './oauth2-cred.ts'
import { partial } from './partial.ts'
import { plugin } from './plugin.ts'
import { rbacEndpointPermission } from './rbac-endpoint-permission.ts'
import { rbacRole } from './rbac-role.ts'
import { route } from './route.ts'
import { service } from './service.ts'
import { servicePackage } from './service-package.ts'
import { sni } from './sni.ts'
import { target } from './target.ts'
import { upstream } from './upstream.ts'
import { vault } from './vault.ts'

/** All kinds that gatewatch compares and writes, each after those that it points to. */
export const kinds: Kinds<KongKind> = new Kinds<KongKind>([
  license,
  rbacRole,
  customPlugin,
  clonedPlugin,
  servicePackage,
  caCertificate,
  certificate,
  consumer,
  keySet,
  vault,
  partial,
  rbacEndpointPermission,
  consumerGroup,
  aclGroup,
  basicAuth,
  hmacAuth,
  jwtAuth,
  keyAuth,
  key,
  mtlsAuth,
  oauth2Cred,
  service,
  sni,
  upstream,
  consumerGroupConsumer,
  route,
  target,
  filterChain,
  customEntity,
  plugin,
])
