import * as z from 'zod'

/** A recipient of age, X25519 or hybrid. */
const key = z.string().regex(/^age1[02-9ac-hj-np-z]{20,4000}$/, {
  error: 'must be an age recipient, such as age1…: never a secret key',
})

/** The key `sealing` of `gatewatch.yaml`. */
export const sealingSchema = z.strictObject({
  recipients: z
    .array(
      z.union(
        [
          key,
          z.strictObject({
            name: z
              .string()
              .min(1, { error: 'must not be empty' })
              .describe('What people call it, such as "ops".'),
            key: key.describe('The recipient.'),
          }),
        ],
        { error: 'must be an age recipient, such as age1…, or {name: NAME, key: age1…}' },
      ),
    )
    .min(1, { error: 'must name a recipient' })
    .describe('Who can open the secrets that a sync overwrites or deletes, so that it can be taken back.'),
})

/** Who can open what is sealed. */
export interface Recipient {
  readonly name: string
  /** As `age1…`. */
  readonly key: string
}

/** The recipients under the key `sealing`; empty: the user's own key is used. */
export function recipientsOf(given: z.infer<typeof sealingSchema> | undefined): readonly Recipient[] {
  return (given?.recipients ?? []).map(each =>
    typeof each === 'string' ? { name: `${each.slice(0, 12)}…`, key: each } : each,
  )
}
