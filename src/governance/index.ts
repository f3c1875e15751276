/** Policies over specifications, manifests and gateways: what they find, what is waived, what is covered. Pure. */

export type { SeverityMap } from './policies/policy.ts'
export { severitySchema } from './policies/policy-format.ts'
