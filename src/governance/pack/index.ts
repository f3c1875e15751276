import { adminOperationWithoutScope } from './admin-operation-without-scope.ts'
import { apiKeyInQuery } from './api-key-in-query.ts'
import { basicAuthScheme } from './basic-auth-scheme.ts'
import { deprecatedWithoutSunset } from './deprecated-without-sunset.ts'
import { numericId } from './numeric-id.ts'
import { openRequestObject } from './open-request-object.ts'
import { operationWithout401 } from './operation-without-401.ts'
import { operationWithout429 } from './operation-without-429.ts'
import { operationWithoutSecurity } from './operation-without-security.ts'
import { plainHttpServer } from './plain-http-server.ts'
import type { PackRule } from './rule.ts'
import { secretInUrl } from './secret-in-url.ts'
import { specificationWithoutOwner } from './specification-without-owner.ts'
import { unboundedArray } from './unbounded-array.ts'
import { unboundedString } from './unbounded-string.ts'
import { urlWithoutConstraint } from './url-without-constraint.ts'

/** What is asked of specifications alone; the rules about manifests and gateways come from their provider. */
export const rulesOfSpecifications: readonly PackRule[] = [
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
]
