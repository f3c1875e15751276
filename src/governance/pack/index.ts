import type { PolicyDocument } from '../policies/policy-format.ts'
import { adminApiExposed } from './admin-api-exposed.ts'
import { adminOperationWithoutScope } from './admin-operation-without-scope.ts'
import { adminPathUnprotected } from './admin-path-unprotected.ts'
import { anonymousFallback } from './anonymous-fallback.ts'
import { apiKeyInQuery } from './api-key-in-query.ts'
import { basicAuthScheme } from './basic-auth-scheme.ts'
import { basicAuthWithoutTls } from './basic-auth-without-tls.ts'
import { codeInGateway } from './code-in-gateway.ts'
import { corsAnyOrigin } from './cors-any-origin.ts'
import { corsAnyOriginWithCredentials } from './cors-any-origin-with-credentials.ts'
import { credentialInClear } from './credential-in-clear.ts'
import { credentialsNotHidden } from './credentials-not-hidden.ts'
import { deprecatedWithoutSunset } from './deprecated-without-sunset.ts'
import { ipRestrictionAllowsEveryone } from './ip-restriction-allows-everyone.ts'
import { jwtWithoutExpiry } from './jwt-without-expiry.ts'
import { keyInQuery } from './key-in-query.ts'
import { localRateLimit } from './local-rate-limit.ts'
import { numericId } from './numeric-id.ts'
import { oauth2InsecureGrant } from './oauth2-insecure-grant.ts'
import { openRequestObject } from './open-request-object.ts'
import { operationNotExposed } from './operation-not-exposed.ts'
import { operationWithout401 } from './operation-without-401.ts'
import { operationWithout429 } from './operation-without-429.ts'
import { operationWithoutSecurity } from './operation-without-security.ts'
import { orphanedService } from './orphaned-service.ts'
import { orphanedUpstream } from './orphaned-upstream.ts'
import { pastSunset } from './past-sunset.ts'
import { plainHttpRoute } from './plain-http-route.ts'
import { plainHttpServer } from './plain-http-server.ts'
import { plainHttpUpstream } from './plain-http-upstream.ts'
import { rateLimitFailsOpen } from './rate-limit-fails-open.ts'
import { routeBeyondSpecification } from './route-beyond-specification.ts'
import { routeWithoutAuthentication } from './route-without-authentication.ts'
import { routeWithoutHost } from './route-without-host.ts'
import { routeWithoutLogging } from './route-without-logging.ts'
import { routeWithoutRateLimit } from './route-without-rate-limit.ts'
import { routeWithoutSizeLimit } from './route-without-size-limit.ts'
import { documentOf } from './rule.ts'
import { secretInUrl } from './secret-in-url.ts'
import { securityPluginDisabled } from './security-plugin-disabled.ts'
import { sensitiveFlowWithoutConsumerLimit } from './sensitive-flow-without-consumer-limit.ts'
import { serviceTimeoutTooLong } from './service-timeout-too-long.ts'
import { serviceWithoutOwner } from './service-without-owner.ts'
import { shadowApi } from './shadow-api.ts'
import { specificationWithoutOwner } from './specification-without-owner.ts'
import { unboundedArray } from './unbounded-array.ts'
import { unboundedString } from './unbounded-string.ts'
import { unreachableRoute } from './unreachable-route.ts'
import { upstreamCertificateNotVerified } from './upstream-certificate-not-verified.ts'
import { upstreamMetadataAddress } from './upstream-metadata-address.ts'
import { upstreamOnLoopback } from './upstream-on-loopback.ts'
import { urlWithoutConstraint } from './url-without-constraint.ts'
import { wildcardHost } from './wildcard-host.ts'
import { zombieApi } from './zombie-api.ts'

/** What is asked of specifications. */
const ofSpecifications = [
  numericId,
  operationWithoutSecurity,
  apiKeyInQuery,
  basicAuthScheme,
  secretInUrl,
  adminOperationWithoutScope,
  openRequestObject,
  unboundedArray,
  unboundedString,
  operationWithout429,
  operationWithout401,
  urlWithoutConstraint,
  plainHttpServer,
  specificationWithoutOwner,
  deprecatedWithoutSunset,
  pastSunset,
  operationNotExposed,
]

/** What is asked of manifests and gateways. */
const ofGateways = [
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

/** The rules that come with gatewatch. */
export const builtinRules: readonly PolicyDocument[] = [...ofSpecifications, ...ofGateways].map(documentOf)
