import * as z from 'zod'
import { readAddress } from '../../../config/address.ts'

const text = z.string().min(1, { error: 'must not be empty' })

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

/** What stands under `kong:` of a target. */
export const targetSchema = z.strictObject({
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
