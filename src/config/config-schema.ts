import * as z from 'zod'
import type { Kinds } from '../model/schema/kinds.ts'
import type { Providers } from '../providers/provider.ts'
import { governanceSchema } from './governance-schema.ts'
import { sealingSchema } from './sealing-schema.ts'

/** Names of targets and environments: they occur in refs, file names and on the command line. */
const name = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.|$|lock$)){0,62}$/, {
  error: 'must be a name of letters, digits, dots, dashes and underscores',
})

const text = z.string().min(1, { error: 'must not be empty' })

const tag = z.string().regex(/\S/, { error: 'must not be empty' })

/** A key for each provider; a target has exactly one. */
function gatewaySchemas({ all }: Providers): Readonly<Record<never, z.ZodType>> {
  return Object.fromEntries(
    all.map(({ name, config }) => {
      const schema = config.schema.describe(config.description)
      return [name, all.length === 1 ? schema : schema.optional()] as const
    }),
  )
}

function targetSchema(providers: Providers) {
  const names = providers.all.map(({ name }) => name)
  return z
    .strictObject({
      environment: name.describe('One of the environments.'),
      ...gatewaySchemas(providers),
      manifests: z
        .array(text)
        .min(1, { error: 'must name at least one file or folder' })
        .describe('decK files and folders, relative to this file.'),
      select_tags: z
        .array(tag)
        .describe('Only entities with all of these tags are compared and synced.')
        .optional(),
      protected: z
        .boolean()
        .describe(
          'Whether a sync that takes something away asks for the name; true in production by default.',
        )
        .optional(),
      labels: z
        .record(z.string(), z.string())
        .describe('What helps people find it, such as cluster, cloud and region.')
        .optional(),
    })
    .superRefine((target, context) => {
      const given = Object.keys(target).filter(key => names.includes(key))
      if (given.length === 1) return
      const message = `must have one of the keys ${names.join(', ')}`
      context.addIssue({ code: 'custom', message })
    })
}

function ignoreRuleSchema(kinds: Kinds) {
  return z.strictObject({
    kind: z
      .enum([...kinds.names, ...kinds.formerNames], {
        error: `must be a kind of entity: ${kinds.all.map(({ kind }) => kind).join(', ')}`,
      })
      .overwrite(name => kinds.presentName(name)),
    name: text.describe('The name of an entity, or a pattern with *.'),
    field: text
      .describe(
        'The field that is left alone, with everything below it, such as config.minute; the whole entity by default.',
      )
      .optional(),
    targets: z
      .array(name)
      .min(1, { error: 'must name at least one target' })
      .describe('Only at these targets; at all targets by default.')
      .optional(),
    reason: text.describe('Why it is left alone.'),
    expires: z.iso
      .datetime({ error: 'must be a UTC instant, such as 2026-12-31T00:00:00Z' })
      .describe('When the rule ends; never by default.')
      .optional(),
  })
}

/** `gatewatch.yaml` as written, for these providers. */
export function configSchema(providers: Providers) {
  const { kinds } = providers
  return z
    .strictObject({
      version: z.literal(1, { error: 'must be 1' }).describe('The version of this format.'),
      name: text.describe('The name of the fleet; the name of the folder by default.').optional(),
      environments: z
        .array(name)
        .min(1, { error: 'must name at least one environment' })
        .describe('In order, starting with the least critical.'),
      production: z
        .array(name)
        .describe('The environments that are production; the last one by default.')
        .optional(),
      targets: z.record(name, targetSchema(providers)).describe('The gateways, by name.'),
      ignore: z
        .array(ignoreRuleSchema(kinds))
        .describe('Entities and fields that are left to others: neither shown nor written.')
        .optional(),
      specifications: z.array(text).describe('OpenAPI files: patterns relative to this file.').optional(),
      policies: z.array(text).describe('Policy files: patterns relative to this file.').optional(),
      governance: governanceSchema.describe('How policies are enforced.').optional(),
      sealing: sealingSchema
        .describe(
          'Who can open the secrets that a sync overwrites or deletes; by default, the holder of the user’s key.',
        )
        .optional(),
    })
    .superRefine((config, context) => {
      const refuse = (path: (string | number)[], message: string): void =>
        context.addIssue({ code: 'custom', path, message })
      const known = config.environments
      for (const [i, environment] of known.entries()) {
        if (known.indexOf(environment) !== i) refuse(['environments', i], 'is given twice')
      }
      for (const [i, environment] of (config.production ?? []).entries()) {
        if (!known.includes(environment)) refuse(['production', i], notAmong(known))
      }
      for (const key of ['override', 'accept_unknown'] as const) {
        for (const [i, environment] of (config.governance?.[key] ?? []).entries()) {
          if (!known.includes(environment)) refuse(['governance', key, i], notAmong(known))
        }
      }
      for (const [name, { environment }] of Object.entries(config.targets)) {
        if (!known.includes(environment)) refuse(['targets', name, 'environment'], notAmong(known))
      }
      const targets = Object.keys(config.targets)
      for (const [i, rule] of (config.ignore ?? []).entries()) {
        for (const [j, target] of (rule.targets ?? []).entries()) {
          if (!targets.includes(target))
            refuse(['ignore', i, 'targets', j], `must be one of the targets: ${targets.join(', ')}`)
        }
      }
    })
}

function notAmong(environments: readonly string[]): string {
  return `must be one of the environments: ${environments.join(', ')}`
}

export type Config = z.infer<ReturnType<typeof configSchema>>

/** The JSON Schema of `gatewatch.yaml`, for editors. */
export function configJsonSchema(providers: Providers): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(configSchema(providers), { target: 'draft-7', io: 'input' })
  return { ...schema, title: 'gatewatch.yaml' }
}

/** The text of `docs/gatewatch.schema.json`. */
export function configSchemaText(providers: Providers): string {
  return `${JSON.stringify(configJsonSchema(providers), null, 2)}\n`
}
