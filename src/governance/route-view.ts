import type { Json, JsonObject } from '../model/json.ts'
import type { RoutePosture } from '../model/routing/posture.ts'
import type { RouteDescription } from './description.ts'

/** What is in effect on a route, as conditions see it under `effective`. Null: nothing of that kind. */
export function effectiveView(posture: RoutePosture, plugins: readonly string[]): JsonObject {
  const { authentication, upstreamTls, cors, tls, accessGroups, ipRestriction } = posture
  return {
    open: posture.open,
    authentication: {
      state: authentication.state,
      plugins: authentication.plugins.map(each => ({
        plugin: each.plugin,
        scope: each.scope,
        anonymous: each.anonymous,
        hides_credentials: each.hidesCredentials,
        key_in_query: each.keyInQuery,
      })),
      disabled: names(authentication.disabled),
    },
    access_groups: accessGroups && { allow: accessGroups.allow, deny: accessGroups.deny },
    rate_limits: posture.rateLimits.map(limit => ({
      plugin: limit.plugin,
      scope: limit.scope,
      by: limit.by,
      policy: limit.policy,
      windows: limit.windows.map(window => ({ ...window })),
    })),
    size_limit: posture.sizeLimit && { bytes: posture.sizeLimit.bytes },
    ip_restriction: ipRestriction && { allow: ipRestriction.allow, deny: ipRestriction.deny },
    cors: cors && { origins: cors.origins, any_origin: cors.anyOrigin, credentials: cors.credentials },
    tls: { only: tls.only, plain_status: tls.plainStatus },
    upstream_tls: upstreamTls && {
      protocol: upstreamTls.protocol,
      encrypted: upstreamTls.encrypted,
      verified: upstreamTls.verified,
      client_certificate: upstreamTls.clientCertificate,
    },
    logging: names(posture.logging),
    metrics: names(posture.metrics),
    any_host: posture.anyHost,
    wildcard_hosts: posture.wildcardHosts,
    disabled: names(posture.disabled),
    runs_code: names(posture.unknown),
    unreachable: posture.unreachable && {
      reason: posture.unreachable.reason,
      by: posture.unreachable.by.map(each => each.name ?? each.id ?? '?'),
    },
    plugins,
    answers: posture.exposes,
  }
}

function names(origins: readonly { readonly plugin: string }[]): readonly string[] {
  return origins.map(each => each.plugin)
}

/** The specification of a route, as conditions see it; null: none describes it. */
export function specificationView(description: RouteDescription | undefined): Json {
  const first = description?.calls[0]
  if (!first) return null
  return {
    file: first.operation.file,
    operations: description.calls.map(({ operation }) => `${operation.method} ${operation.template}`),
  }
}

/** The paths of a route as people read them: `/disputes/{id}` for a regular expression. */
export function readablePaths(
  posture: RoutePosture | undefined,
  written: readonly string[],
): readonly string[] {
  if (posture) return [...new Set(posture.exposes.map(each => each.slice(each.indexOf('/'))))]
  return written
}
