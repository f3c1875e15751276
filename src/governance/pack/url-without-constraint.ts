import type { JsonObject } from '../../model/json.ts'
import { oneBody, oneOperation } from './example-documents.ts'
import type { PackRule } from './rule.ts'

const names = '(?i)^(callback|redirect|webhook|url|uri|link|target)$|(url|uri|callback|webhook)$'
const formats = ['uri', 'url', 'uri-reference', 'iri']
const parameter = (schema: JsonObject) =>
  oneOperation({ parameters: [{ name: 'callback_url', in: 'query', schema: { type: 'string', ...schema } }] })

export const urlWithoutConstraint: PackRule = {
  id: 'url-without-constraint',
  title: 'URLs from callers are limited to the intended ones',
  severity: 'warn',
  owasp: 'API7:2023',
  select: {
    kind: ['parameter', 'schema'],
    where: {
      any: [
        {
          in: { exists: true },
          any: [{ name: { matches: names } }, { 'schema.format': { one_of: formats } }],
        },
        {
          property: { exists: true },
          used: 'request',
          types: { contains: 'string' },
          any: [{ property: { matches: names } }, { format: { one_of: formats } }],
        },
      ],
    },
  },
  assert: {
    any: [
      { 'schema.pattern': { exists: true } },
      { 'schema.enum': { exists: true } },
      { 'schema.const': { exists: true } },
      { pattern: { exists: true } },
      { enum: { exists: true } },
      { const: { exists: true } },
    ],
  },
  message: 'accepts any URL',
  rationale: 'A service that fetches what callers name can be sent to addresses that only it can reach.',
  fix: 'Add a pattern that begins with the intended schemes and hosts, or an enum.',
  examples: [
    { expect: 'pass', specification: parameter({ pattern: '^https://hooks[.]pay[.]example/' }) },
    { expect: 'fail', specification: parameter({}) },
    {
      name: 'in a body',
      expect: 'fail',
      specification: oneBody({ type: 'object', properties: { notify: { type: 'string', format: 'uri' } } }),
    },
    {
      name: 'another parameter',
      expect: 'not selected',
      specification: oneOperation({ parameters: [{ name: 'page', in: 'query' }] }),
    },
  ],
}
