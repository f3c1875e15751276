import * as z from 'zod'
import { isObject, type JsonObject } from '../../model/json.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import { policyStates, severities } from '../finding.ts'
import { operators } from './operators.ts'

/** Kinds of the parts of an OpenAPI document. */
export const specificationKinds = [
  'specification',
  'operation',
  'parameter',
  'schema',
  'security-scheme',
] as const

const text = z.string().min(1, { error: 'must not be empty' })

/** Names of rules: they occur in waivers, file names and on the command line. */
export const ruleName = z.string().regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, {
  error: 'must be a name of lowercase letters, digits and dashes, such as no-rate-limit',
})

/** To YAML 1.1 `off` is the same as `false`. */
const severity = z.union([z.enum([...severities, 'off']), z.literal(false).transform(() => 'off' as const)], {
  error: `must be one of ${severities.join(', ')}, off`,
})

/** One severity for all, or one for each environment; `production` and `default` cover those that aren't named. */
export const severitySchema = z.union([severity, z.record(text, severity)], {
  error: `must be one of ${severities.join(', ')}, off, or a mapping of environments to these`,
})

function oneOrMore<T extends z.ZodType>(item: T, what: string) {
  return z.union([item, z.array(item).min(1)], { error: `must be ${what}, or a list of them` })
}

function kindsSchema(kinds: Kinds) {
  const names: readonly string[] = [...specificationKinds, ...kinds.names]
  return z
    .enum([...names, ...kinds.formerNames], { error: `must be a kind: ${names.join(', ')}` })
    .overwrite(name => kinds.presentName(name))
}

const subject = z.enum(['specification', 'manifest', 'live'], {
  error: 'must be specification, manifest or live',
})

const tags = z.union(
  [
    z.array(text),
    z.strictObject({
      any: z.array(text).describe('At least one of these.').optional(),
      all: z.array(text).describe('All of these.').optional(),
      none: z.array(text).describe('None of these.').optional(),
    }),
  ],
  { error: 'must be a list of tags, or a mapping of any, all and none to lists' },
)

/** Conditions and documents are checked where they are compiled or read, with words of their own. */
const condition = z.custom<JsonObject>(isObject, { error: 'must be a mapping' }).meta({ title: 'condition' })
const mapping = z.custom<JsonObject>(isObject, { error: 'must be a mapping' }).meta({ title: 'document' })

const example = z.strictObject({
  name: text.describe('What the example shows.').optional(),
  expect: z
    .enum(['pass', 'fail', 'not selected'], { error: 'must be pass, fail or not selected' })
    .describe('What the policy reports about it.'),
  environment: text.describe('The environment; a production one by default.').optional(),
  labels: z.record(z.string(), z.string()).describe('The labels of the target.').optional(),
  manifest: mapping.describe('The content of a decK file.').optional(),
  live: mapping
    .describe('What the gateway holds, as a decK file; the same as the manifest by default.')
    .optional(),
  specification: mapping.describe('An OpenAPI document.').optional(),
  finds: z.array(text).describe('What is found, by kind and name: route payouts-list.').optional(),
})

/** The format of a policy file, for these kinds of entities. */
export function policySchema(kinds: Kinds) {
  return z.strictObject({
    id: ruleName.describe('The name of the rule.'),
    title: text.describe('What must hold, in a sentence.'),
    state: z
      .enum(policyStates, { error: `must be one of ${policyStates.join(', ')}` })
      .describe('Its state: draft (reported only), candidate, approved or retired.'),
    owner: text.describe('Who is responsible for it: a person or team.').optional(),
    severity: severitySchema.describe('The severity of a finding, for all environments or for each.'),
    owasp: z
      .string()
      .regex(/^API(?:[1-9]|10):2023$/, { error: 'must be an item of the OWASP list, such as API2:2023' })
      .describe('The item of the OWASP API Security Top 10.')
      .optional(),
    select: z
      .strictObject({
        subject: oneOrMore(subject, 'specification, manifest or live')
          .describe(
            'What is checked; by default it depends on the kind: manifests and gateways, or specifications.',
          )
          .optional(),
        kind: oneOrMore(kindsSchema(kinds), 'a kind').describe(
          'Which kinds of entities, or of parts of a specification.',
        ),
        tags: tags.describe('By tags.').optional(),
        environment: oneOrMore(text, 'the name of an environment')
          .describe('Only in these; * matches anything.')
          .optional(),
        target: oneOrMore(text, 'the name of a target')
          .describe('Only at these; * matches anything.')
          .optional(),
        path: oneOrMore(text, 'a path')
          .describe('Only with a matching path: * within a segment, ** across segments.')
          .optional(),
        where: condition.describe('Only where this is true.').optional(),
      })
      .describe('What the policy applies to.'),
    assert: condition.describe('What must be true.'),
    at: text.describe('The field whose line a finding names.').optional(),
    message: text.describe('What is wrong; {path} inserts the value.').optional(),
    rationale: text.describe('Why it matters.'),
    fix: text.describe('What to do.'),
    examples: z
      .array(example)
      .describe('Tests of the policy: at least one that passes and one that fails.')
      .optional(),
  })
}

/** A policy as it is written. */
export type PolicyDocument = z.infer<ReturnType<typeof policySchema>>

export type ExampleDocument = z.infer<typeof example>

/** The text of `docs/policy.schema.json`, for editors. */
export function policySchemaText(kinds: Kinds): string {
  const schema = z.toJSONSchema(policySchema(kinds), {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type !== 'custom') return
      if (jsonSchema.title === 'condition') jsonSchema.allOf = [{ $ref: '#/definitions/condition' }]
      else jsonSchema.type = 'object'
      delete jsonSchema.title
    },
  })
  const text = { ...schema, title: 'A gatewatch policy', definitions: conditionDefinitions() }
  return `${JSON.stringify(text, null, 2)}\n`
}

/** Conditions refer to themselves. */
function conditionDefinitions(): Readonly<Record<string, unknown>> {
  const condition = { $ref: '#/definitions/condition' }
  const test = { $ref: '#/definitions/test' }
  const nested = {
    every: { anyOf: [test, condition] },
    some: { anyOf: [test, condition] },
    no: { anyOf: [test, condition] },
    count: test,
    function: { type: 'string' },
  }
  const known = [...operators.keys()].map(name => [name, {}])
  return {
    condition: {
      type: 'object',
      description: 'All entries must hold: paths with their conditions, or combined conditions.',
      properties: {
        all: { type: 'array', minItems: 1, items: condition },
        any: { type: 'array', minItems: 1, items: condition },
        not: condition,
      },
      additionalProperties: test,
    },
    test: {
      description: 'The value that it must have, or operators.',
      anyOf: [
        { type: ['string', 'number', 'boolean', 'null', 'array'] },
        {
          type: 'object',
          properties: { ...Object.fromEntries(known), ...nested },
          additionalProperties: false,
        },
      ],
    },
  }
}
