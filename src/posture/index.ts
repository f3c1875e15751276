/** What protects each route of a gateway (its effective configuration), and what a change does to that. Pure. */
export {
  type AuthenticationPluginPosture,
  type AuthenticationPosture,
  authenticationText,
} from './authentication.ts'
export { comparePosture, type PostureAspect, type PostureChange } from './compare.ts'
export type { Origin } from './origin.ts'
export { posture, type RateLimitPosture, type RoutePosture } from './posture.ts'
export type { AccessGroups, Cors, IpRestriction, SizeLimit, Tls, UpstreamTls } from './protections.ts'
