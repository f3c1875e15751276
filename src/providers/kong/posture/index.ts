/** What protects each route of a gateway (its effective configuration), and what a change does to that. Pure. */
export { authenticationText } from './authentication.ts'
export { comparePosture } from './compare.ts'
export { effectOfPlugin, type ReplacementEffect } from './plugin-effect.ts'
export { posture } from './posture.ts'
