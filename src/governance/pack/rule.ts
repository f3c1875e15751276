import type { PolicyDocument } from '../policies/policy-format.ts'

/** A built-in rule: a policy as people write them, with examples. Its file is all there is to it. */
export type PackRule = Omit<PolicyDocument, 'state' | 'owner' | 'owasp' | 'examples'> &
  Required<Pick<PolicyDocument, 'owasp' | 'examples'>>

/** The document of a built-in rule. */
export function documentOf(rule: PackRule): PolicyDocument {
  return { ...rule, state: 'approved', owner: 'gatewatch' }
}
