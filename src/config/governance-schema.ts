import * as z from 'zod'
import { type SeverityMap, severitySchema } from '../governance/index.ts'

const text = z.string().min(1, { error: 'must not be empty' })

const builtin = z.union([z.boolean(), z.array(text)], {
  error: 'must be true, false or a list of rules',
})

/** The key `governance` of `gatewatch.yaml`. */
export const governanceSchema = z.strictObject({
  builtin: builtin
    .describe('Which built-in rules apply: all (true, the default), none, or those named.')
    .optional(),
  severity: z
    .record(text, severitySchema)
    .describe('Severities that replace those of the rules, by rule.')
    .optional(),
  waivers: z
    .array(text)
    .describe('Files of waivers: patterns relative to this file; waivers/*.yaml by default.')
    .optional(),
  reviews: z
    .array(text)
    .describe(
      'Files of recorded reviews: patterns relative to this file; policies/reviews/*.yaml by default.',
    )
    .optional(),
  codeowners: text.describe('The CODEOWNERS file; by default, where forges have it.').optional(),
  people: z
    .record(text, z.array(text))
    .describe('Email addresses of the people and teams that CODEOWNERS names, as "@mira" or "@pay/gateways".')
    .optional(),
  override: z
    .array(text)
    .describe(
      'Environments in which a sync that policies refuse may be forced with a reason; none by default.',
    )
    .optional(),
  accept_unknown: z
    .array(text)
    .describe(
      'Environments in which a sync may be forced with a reason although what it writes depends on entities that could not be read; none by default.',
    )
    .optional(),
  require_approval: z
    .boolean()
    .describe('Whether policies and waivers without a verified approval block nothing and waive nothing.')
    .optional(),
  functions: z
    .array(text)
    .describe('Folders whose JavaScript functions policies may use, relative to this file; none by default.')
    .optional(),
})

/** How policies are enforced, as configured. Paths and patterns are relative to the folder of `gatewatch.yaml`. */
export interface GovernanceSettings {
  /** Whether the file mentions policies: only then can they refuse a sync. */
  readonly enforced: boolean
  /** The built-in rules that hold; `all` unless they are named. */
  readonly builtin: 'all' | readonly string[]
  readonly severity: Readonly<Record<string, SeverityMap>>
  readonly waivers: readonly string[]
  readonly reviews: readonly string[]
  readonly codeowners: string | null
  /** Email addresses by the name that CODEOWNERS has. */
  readonly people: Readonly<Record<string, readonly string[]>>
  readonly override: readonly string[]
  /** Environments in which a reason allows writing what depends on unknowns. */
  readonly acceptUnknown: readonly string[]
  readonly requireApproval: boolean
  readonly functions: readonly string[]
}

/** The settings behind the keys `policies` and `governance`. */
export function governanceOf(
  given: z.infer<typeof governanceSchema> | undefined,
  policies: readonly string[] | undefined,
): GovernanceSettings {
  const { accept_unknown: acceptUnknown = [], ...ofPolicies } = given ?? {}
  const { builtin = true, severity = {} } = ofPolicies
  return {
    enforced: Object.keys(ofPolicies).length > 0 || (policies ?? []).length > 0,
    builtin: builtin === true ? 'all' : builtin === false ? [] : builtin,
    severity: Object.fromEntries(
      Object.entries(severity).map(([rule, each]) => [
        rule,
        typeof each === 'string' ? { default: each } : each,
      ]),
    ),
    waivers: given?.waivers ?? ['waivers/*.yaml'],
    reviews: given?.reviews ?? ['policies/reviews/*.yaml'],
    codeowners: given?.codeowners ?? null,
    people: given?.people ?? {},
    override: given?.override ?? [],
    acceptUnknown,
    requireApproval: given?.require_approval ?? false,
    functions: given?.functions ?? [],
  }
}
