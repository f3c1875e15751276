import * as z from 'zod'

const text = z.string().trim().min(1, { error: 'must not be empty' })

const oneOrMore = z.union([text, z.array(text).min(1)], { error: 'must be a name, or a list of them' })

const waiver = z.strictObject({
  rule: text.describe('The rule, or a pattern with *.'),
  entity: text.describe('What is waived, by kind and name: route fx-rates-latest; * matches anything.'),
  target: oneOrMore.describe('Only at these targets.').optional(),
  environment: oneOrMore.describe('Only in these environments.').optional(),
  reason: text.describe('Why it is no risk, or an accepted one.'),
  owner: text.describe('Who is responsible for it.'),
  approved_by: text
    .describe('Who approved it: a code owner of the file, not the owner or author.')
    .optional(),
  expires: z.iso
    .datetime({ error: 'must be a UTC instant, such as 2026-12-31T00:00:00Z' })
    .describe('When it ends, at most 180 days ahead.'),
})

/** A file of waivers. */
export const waiverFileSchema = z.strictObject({
  waivers: z.array(waiver).describe('Findings that are accepted for a time.'),
})

export type WaiverDocument = z.infer<typeof waiver>

/** A file of recorded reviews. */
export const reviewFileSchema = z.strictObject({
  reviews: z
    .array(
      z.strictObject({
        content: z
          .string()
          .regex(/^sha256:[0-9a-f]{64}$/, { error: 'must be a digest, as gatewatch policy list shows it' })
          .describe('The digest of what was reviewed.'),
        reviewer: text.describe('Who approved it.'),
        url: z.url({ error: 'must be the URL of the review' }).describe('The review.'),
      }),
    )
    .describe('Reviews at a forge that approve policies or waivers.'),
})

function schemaText(schema: z.ZodType, title: string): string {
  return `${JSON.stringify({ ...z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }), title }, null, 2)}\n`
}

/** The text of `docs/waivers.schema.json`. */
export function waiverSchemaText(): string {
  return schemaText(waiverFileSchema, 'Waivers of gatewatch')
}

/** The text of `docs/reviews.schema.json`. */
export function reviewSchemaText(): string {
  return schemaText(reviewFileSchema, 'Recorded reviews of gatewatch')
}
