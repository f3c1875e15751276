import type { PackRule } from '../../../governance/pack/rule.ts'
import { adminApiExposed } from './admin-api-exposed.ts'
import { adminPathUnprotected } from './admin-path-unprotected.ts'
import { anonymousFallback } from './anonymous-fallback.ts'
import { basicAuthWithoutTls } from './basic-auth-without-tls.ts'
import { codeInGateway } from './code-in-gateway.ts'
import { corsAnyOrigin } from './cors-any-origin.ts'
import { corsAnyOriginWithCredentials } from './cors-any-origin-with-credentials.ts'
import { credentialInClear } from './credential-in-clear.ts'
import { credentialsNotHidden } from './credentials-not-hidden.ts'
import { ipRestrictionAllowsEveryone } from './ip-restriction-allows-everyone.ts'
import { jwtWithoutExpiry } from './jwt-without-expiry.ts'
import { keyInQuery } from './key-in-query.ts'
import { localRateLimit } from './local-rate-limit.ts'
import { oauth2InsecureGrant } from './oauth2-insecure-grant.ts'
import { operationNotExposed } from './operation-not-exposed.ts'
import { orphanedService } from './orphaned-service.ts'
import { orphanedUpstream } from './orphaned-upstream.ts'
import { pastSunset } from './past-sunset.ts'
import { plainHttpRoute } from './plain-http-route.ts'
import { plainHttpUpstream } from './plain-http-upstream.ts'
import { rateLimitFailsOpen } from './rate-limit-fails-open.ts'
import { routeBeyondSpecification } from './route-beyond-specification.ts'
import { routeWithoutAuthentication } from './route-without-authentication.ts'
import { routeWithoutHost } from './route-without-host.ts'
import { routeWithoutLogging } from './route-without-logging.ts'
import { routeWithoutRateLimit } from './route-without-rate-limit.ts'
import { routeWithoutSizeLimit } from './route-without-size-limit.ts'
import { securityPluginDisabled } from './security-plugin-disabled.ts'
import { sensitiveFlowWithoutConsumerLimit } from './sensitive-flow-without-consumer-limit.ts'
import { serviceTimeoutTooLong } from './service-timeout-too-long.ts'
import { serviceWithoutOwner } from './service-without-owner.ts'
import { shadowApi } from './shadow-api.ts'
import { unreachableRoute } from './unreachable-route.ts'
import { upstreamCertificateNotVerified } from './upstream-certificate-not-verified.ts'
import { upstreamMetadataAddress } from './upstream-metadata-address.ts'
import { upstreamOnLoopback } from './upstream-on-loopback.ts'
import { wildcardHost } from './wildcard-host.ts'
import { zombieApi } from './zombie-api.ts'

/** What is asked of Kong's manifests and gateways in Kong's words: its kinds, fields and plugins. The first two ask it of specifications. */
export const rules: readonly PackRule[] = [
  pastSunset,
  operationNotExposed,
  routeWithoutAuthentication,
  anonymousFallback,
  basicAuthWithoutTls,
  jwtWithoutExpiry,
  oauth2InsecureGrant,
  keyInQuery,
  credentialsNotHidden,
  credentialInClear,
  adminPathUnprotected,
  adminApiExposed,
  routeWithoutRateLimit,
  localRateLimit,
  rateLimitFailsOpen,
  sensitiveFlowWithoutConsumerLimit,
  routeWithoutSizeLimit,
  serviceTimeoutTooLong,
  upstreamOnLoopback,
  upstreamMetadataAddress,
  upstreamCertificateNotVerified,
  plainHttpUpstream,
  plainHttpRoute,
  routeWithoutHost,
  wildcardHost,
  corsAnyOriginWithCredentials,
  corsAnyOrigin,
  ipRestrictionAllowsEveryone,
  securityPluginDisabled,
  codeInGateway,
  routeWithoutLogging,
  serviceWithoutOwner,
  shadowApi,
  zombieApi,
  routeBeyondSpecification,
  unreachableRoute,
  orphanedService,
  orphanedUpstream,
]
