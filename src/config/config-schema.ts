import * as z from 'zod'
import { formerKinds, kinds, presentKind } from '../providers/kong/kinds/index.ts'
import { readAddress } from './address.ts'
import { governanceSchema } from './governance-schema.ts'
import { sealingSchema } from './sealing-schema.ts'

/** Names of targets and environments: they stand in refs, file names and on the command line. */
const name = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.|$|lock$)){0,62}$/, {
  error: 'must be a name of letters, digits, dots, dashes and underscores',
})

const text = z.string().min(1, { error: 'must not be empty' })

const tag = z.string().regex(/\S/, { error: 'must not be empty' })

const environmentVariable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be the name of an environment variable' })

const prefix = z.string().describe('Text before the value, as "Bearer ".').optional()

const credential = z.union(
  [
    text.describe('The value itself; not for credentials.'),
    z.strictObject({
      env: environmentVariable.describe('The environment variable that holds the value.'),
      prefix,
    }),
    z.strictObject({ file: text.describe('The file that holds the value, relative to this one.'), prefix }),
  ],
  { error: 'must be a text, {env: NAME} or {file: PATH}' },
)

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~A-Za-z0-9-]+$/, { error: 'must be the name of an HTTP header' })

/** Headers that carry credentials: their values are never written into the file. */
const credentialHeader = /authorization|token|key|secret|password|cookie|credential/i

const headers = z.record(headerName, credential).superRefine((given, context) => {
  for (const [header, value] of Object.entries(given)) {
    if (typeof value !== 'string' || !credentialHeader.test(header)) continue
    const message = 'must not be written here, because it is a credential: use {env: NAME} or {file: PATH}'
    context.addIssue({ code: 'custom', path: [header], message })
  }
})

const address = z.string().superRefine((given, context) => {
  const url = URL.canParse(given) ? new URL(given) : undefined
  const refuse = (message: string): void => context.addIssue({ code: 'custom', message })
  if (!url || !/^https?:$/.test(url.protocol)) refuse('must be a URL, as http://127.0.0.1:8001')
  else if (url.username !== '' || url.password !== '') {
    refuse('must not hold a user or password: send them as a header, as Authorization: {env: NAME}')
  } else if (url.search !== '' || url.hash !== '') refuse('must not have a query or a fragment')
  else if (!readAddress(given).ok) refuse('must be that of an Admin API alone, as http://127.0.0.1:8001')
})

const duration = z
  .string()
  .regex(/^[1-9][0-9]{0,5}(?:ms|s|m)$/, { error: 'must be a time, as 500ms, 10s or 2m' })

const settleTime = z
  .string()
  .regex(/^(?:0s|[1-9][0-9]{0,5}(?:ms|s|m))$/, { error: 'must be a time, as 0s, 500ms or 5s' })

const kong = z.strictObject({
  address: address.describe('The Admin API, as http://127.0.0.1:8001.'),
  headers: headers.describe('Headers that are sent along, as Kong-Admin-Token.').optional(),
  workspace: text.describe('The workspace, where the gateway has some.').optional(),
  timeout: duration.describe('How long an answer may take; 10s unless given.').optional(),
  settle: settleTime
    .describe(
      'How long what protects is given to take effect before routes are opened; at protected targets as long as the gateway says that it takes, elsewhere 0s, unless given.',
    )
    .optional(),
  tls: z
    .strictObject({
      verify: z.boolean().describe('Whether certificates are checked; true unless given.').optional(),
      authorities: text
        .describe('A PEM file with further certificate authorities, relative to this file.')
        .optional(),
      server_name: text
        .describe('The name that the certificate must have, where it is not that of the address.')
        .optional(),
      certificate: text
        .describe('A PEM file with the certificate to show to the gateway, relative to this file.')
        .optional(),
      key: text.describe('A PEM file with the key of that certificate, relative to this file.').optional(),
    })
    .refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), {
      error: 'must name both certificate and key, or neither',
    })
    .optional(),
})

const target = z.strictObject({
  environment: name.describe('One of the environments.'),
  kong: kong.describe('A Kong gateway.'),
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
    .describe('Whether a sync that takes something away asks for the name; true in production unless given.')
    .optional(),
  labels: z
    .record(z.string(), z.string())
    .describe('What helps people to find it, as cluster, cloud and region.')
    .optional(),
})

const ignoreRule = z.strictObject({
  kind: z
    .enum([...kinds.map(({ kind }) => kind), ...formerKinds.keys()], {
      error: `must be a kind of entity: ${kinds.map(({ kind }) => kind).join(', ')}`,
    })
    .overwrite(presentKind),
  name: text.describe('The name of an entity, or a pattern with *.'),
  field: text
    .describe(
      'The field that is left alone, with all below it, as config.minute; the whole entity unless given.',
    )
    .optional(),
  targets: z
    .array(name)
    .min(1, { error: 'must name at least one target' })
    .describe('Only at these targets; at all unless given.')
    .optional(),
  reason: text.describe('Why it is left alone.'),
  expires: z.iso
    .datetime({ error: 'must be a UTC instant, as 2026-12-31T00:00:00Z' })
    .describe('When the rule ends; never unless given.')
    .optional(),
})

/** `gatewatch.yaml`, as it is written. */
export const configSchema = z
  .strictObject({
    version: z.literal(1, { error: 'must be 1' }).describe('The version of this format.'),
    name: text.describe('What the fleet is called; the name of the folder unless given.').optional(),
    environments: z
      .array(name)
      .min(1, { error: 'must name at least one environment' })
      .describe('In order, the first the least critical.'),
    production: z
      .array(name)
      .describe('The environments that are production; the last one unless given.')
      .optional(),
    targets: z.record(name, target).describe('The gateways, by name.'),
    ignore: z
      .array(ignoreRule)
      .describe('Entities and fields that are left to others: neither shown nor written.')
      .optional(),
    specifications: z.array(text).describe('OpenAPI files: patterns relative to this file.').optional(),
    policies: z.array(text).describe('Policy files: patterns relative to this file.').optional(),
    governance: governanceSchema.describe('How policies are enforced.').optional(),
    sealing: sealingSchema
      .describe('To whom secrets are sealed that a sync overwrites or deletes; else to a key of the user.')
      .optional(),
  })
  .superRefine((config, context) => {
    const refuse = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message })
    const known = config.environments
    for (const [i, environment] of known.entries()) {
      if (known.indexOf(environment) !== i) refuse(['environments', i], 'is there twice')
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

function notAmong(environments: readonly string[]): string {
  return `must be one of the environments: ${environments.join(', ')}`
}

export type Config = z.infer<typeof configSchema>

/** The JSON Schema of `gatewatch.yaml`, for editors. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input' })
  return { ...schema, title: 'gatewatch.yaml' }
}

/** The text of `docs/gatewatch.schema.json`. */
export function configSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`
}
