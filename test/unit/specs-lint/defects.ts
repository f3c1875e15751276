import { CLEAN } from './clean-document.ts'

/** A defect that one rule finds: what is replaced in the clean document, and by what. `⟦` marks the place; without it that is the start. */
export interface Defect {
  readonly rule: string
  readonly replace: string
  readonly by: string
  /** OpenAPI 3.1 rather than 3.0. */
  readonly version31?: true
}

/** The clean document with a defect in it, its mark included. */
export function withDefect({ replace, by, version31 }: Defect): string {
  if (!CLEAN.includes(replace)) throw new Error(`There is no such text in the clean document: ${replace}`)
  const text = CLEAN.replace(replace, () => by)
  return version31 ? text.replace('openapi: 3.0.3', 'openapi: 3.1.0') : text
}

function defect(rule: string, replace: string, by: string): Defect {
  return { rule, replace, by }
}

function defect31(rule: string, replace: string, by: string): Defect {
  return { rule, replace, by, version31: true }
}

const OWASP = 'owasp:'

const LIST = '    get:\n      operationId: listOrders\n      description: All orders\n      tags: [orders]\n'
const LIST_RESPONSES =
  "      responses:\n        '200':\n          $ref: '#/components/responses/Orders'\n        '400': &problem"
const INFO = "info:\n  title: Orders\n  description: Orders of a shop\n  version: '1'\n"
const CONTACT = '  contact: { name: Team, url: https://team.shop.test, email: team@shop.test }\n'
const ONE =
  '  /orders/{order}:\n    parameters:\n      - name: order\n        in: path\n        required: true\n        schema:\n          type: string\n          format: uuid\n          maxLength: 36\n    get:\n'
const LIMIT = "        - $ref: '#/components/parameters/Limit'\n"
const NOTE = '        note:\n          type: string\n          pattern: ^.*$\n          maxLength: 100\n'
const STATE = '          enum: [open, closed]\n'
const AMOUNT =
  '        amount:\n          type: integer\n          format: int64\n          minimum: 0\n          maximum: 1000000\n'
const LABELS =
  '        labels:\n          type: array\n          maxItems: 10\n          items: { type: string, enum: [gift, express] }\n'
const SERVER = '  - url: https://api.shop.test/v1\n    description: production\n    x-internal: false\n'
const OAUTH = '    oauth:\n      type: oauth2\n      description: Tokens as RFC8725 recommends\n'
const TEXT = "{ $ref: '#/components/headers/Access-Control-Allow-Origin' }"
const [RATE, CORS, RETRY] = ['RateLimit', 'Access-Control-Allow-Origin', 'Retry-After'].map(
  name => `        ${name}: ${TEXT}\n`,
)
const OTHER = `  /other:
    get:
      operationId: other
      description: Others
      tags: [orders]
      security: [{ oauth: [] }]
      responses: { '200': { $ref: '#/components/responses/Orders' } }
  /admin:
    get:
      operationId: administer
      description: For some only
      tags: [orders]
      security: [⟦{ oauth: [] }]
      responses: { '200': { $ref: '#/components/responses/Orders' } }
`
const ORDER = '    Order:\n      type: object\n'
const POST_RESPONSES =
  "      responses:\n        '201':\n          $ref: '#/components/responses/Orders'\n        '400': *problem\n        '401': *problem\n        '429': *problem\n        '500': *problem\n"

/** For each rule that looks at OpenAPI 3 one defect. */
export const DEFECTS: readonly Defect[] = [
  defect('operation-success-response', LIST_RESPONSES, "      ⟦responses:\n        '400': &problem"),
  defect('operation-operationId-unique', '      operationId: addOrder', '      ⟦operationId: listOrders'),
  defect(
    'operation-parameters',
    LIMIT,
    '        - { name: q, in: query, schema: { type: boolean } }\n        - ⟦{ name: q, in: query, schema: { type: boolean } }\n',
  ),
  defect('operation-tag-defined', LIST, LIST.replace('[orders]', '[orders, ⟦other]')),
  defect('path-params', ONE, ONE.replace('/{order}:', '/{order}/{item}:').replace('get:', '⟦get:')),
  defect('duplicated-entry-in-enum', STATE, '          ⟦enum: [open, closed, open]\n'),
  defect('info-contact', INFO + CONTACT, `⟦${INFO}`),
  defect(
    'info-description',
    'info:\n  title: Orders\n  description: Orders of a shop\n',
    '⟦info:\n  title: Orders\n',
  ),
  defect('no-eval-in-markdown', '  description: Orders of a shop', '  ⟦description: Orders eval(1)'),
  defect('no-script-tags-in-markdown', '      description: All orders', '      ⟦description: All <script>'),
  defect(
    'openapi-tags-uniqueness',
    '    description: All about orders\n',
    '    description: All about orders\n  - ⟦name: orders\n    description: Again\n',
  ),
  defect('operation-description', LIST, '    ⟦get:\n      operationId: listOrders\n      tags: [orders]\n'),
  defect('operation-operationId', LIST, '    ⟦get:\n      description: All orders\n      tags: [orders]\n'),
  defect(
    'operation-operationId-valid-in-url',
    '      operationId: listOrders',
    '      ⟦operationId: list orders',
  ),
  defect('operation-tags', LIST, '    ⟦get:\n      operationId: listOrders\n      description: All orders\n'),
  defect('path-declarations-must-exist', '  /orders/{order}:\n', '  ⟦/orders/{}:\n'),
  defect('path-keys-no-trailing-slash', '  /orders/{order}:\n', '  ⟦/orders/{order}/:\n'),
  defect('path-not-include-query', '  /orders/{order}:\n', "  ⟦'/orders/{order}?q={order}':\n"),
  defect('no-$ref-siblings', LIMIT, `${LIMIT}          ⟦description: Beside\n`),
  defect('array-items', LABELS, '        ⟦labels:\n          type: array\n          maxItems: 10\n'),
  defect('typed-enum', STATE, '          enum: [open, ⟦5]\n'),
  defect('oas3-api-servers', `servers:\n${SERVER}`, ''),
  defect(
    'oas3-examples-value-or-externalValue',
    '            example: { note: A note }\n',
    '            examples:\n              ⟦first: { summary: Neither }\n',
  ),
  defect('oas3-operation-security-defined', 'security:\n  - oauth: []\n', 'security:\n  - ⟦other: []\n'),
  defect(
    'oas3-server-trailing-slash',
    '  - url: https://api.shop.test/v1\n',
    '  - ⟦url: https://api.shop.test/v1/\n',
  ),
  defect('oas3-valid-media-example', '{ note: A note }', '{ ⟦note: 5 }'),
  defect('oas3-valid-schema-example', NOTE, `${NOTE}          ⟦example: 5\n`),
  defect('oas3-schema', LIST, `${LIST}      ⟦unknown: 1\n`),
  defect('oas3-unused-component', '  schemas:\n', '  schemas:\n    ⟦Unused: { type: object }\n'),
  defect(
    'oas3-server-variables',
    SERVER,
    SERVER.replace('- url: https://api', '- ⟦url: https://{environment}'),
  ),
  defect(
    'oas3-callbacks-in-callbacks',
    POST_RESPONSES,
    `${POST_RESPONSES}      callbacks:\n        done:\n          '{$request.body#/note}':\n            post:\n              operationId: done\n              description: Done\n              tags: [orders]\n              ⟦callbacks: {}\n              responses: { '200': { $ref: '#/components/responses/Orders' } }\n`,
  ),
  defect31(
    'oas3_1-servers-in-webhook',
    'paths:\n',
    'webhooks:\n  sent:\n    post:\n      ⟦servers: []\n      responses: {}\npaths:\n',
  ),
  defect31(
    'oas3_1-callbacks-in-webhook',
    'paths:\n',
    'webhooks:\n  sent:\n    post:\n      ⟦callbacks: {}\n      responses: {}\npaths:\n',
  ),
  defect(
    `${OWASP}api1:2023-no-numeric-ids`,
    LIMIT,
    '        - name: shop_id\n          in: query\n          ⟦schema: { type: integer, format: int32, minimum: 1, maximum: 9 }\n',
  ),
  defect(`${OWASP}api2:2023-no-http-basic`, OAUTH, `    basic: { type: http, ⟦scheme: basic }\n${OAUTH}`),
  defect(
    `${OWASP}api2:2023-no-api-keys-in-url`,
    OAUTH,
    `    key: { type: apiKey, ⟦in: query, name: k }\n${OAUTH}`,
  ),
  defect(`${OWASP}api2:2023-no-credentials-in-url`, '      name: limit\n', '      ⟦name: access_token\n'),
  defect(
    `${OWASP}api2:2023-auth-insecure-schemes`,
    OAUTH,
    `    old: { type: http, ⟦scheme: negotiate }\n${OAUTH}`,
  ),
  defect(
    `${OWASP}api2:2023-jwt-best-practices`,
    OAUTH,
    '    oauth:\n      type: oauth2\n      ⟦description: Tokens\n',
  ),
  defect(
    `${OWASP}api2:2023-short-lived-access-tokens`,
    '        clientCredentials:\n          tokenUrl: https://login.shop.test/token\n          refreshUrl: https://login.shop.test/refresh\n',
    '        ⟦clientCredentials:\n          tokenUrl: https://login.shop.test/token\n',
  ),
  defect(
    `${OWASP}api2:2023-write-restricted`,
    '      operationId: addOrder\n',
    '      operationId: addOrder\n      ⟦security: []\n',
  ),
  defect(
    `${OWASP}api2:2023-read-restricted`,
    '      operationId: listOrders\n',
    '      operationId: listOrders\n      ⟦security: []\n',
  ),
  defect(`${OWASP}api3:2023-no-additionalProperties`, ORDER, `${ORDER}      ⟦additionalProperties: true\n`),
  defect(
    `${OWASP}api3:2023-constrained-additionalProperties`,
    ORDER,
    '    ⟦Order:\n      type: object\n      additionalProperties: { type: boolean }\n',
  ),
  defect31(
    `${OWASP}api3:2023-no-unevaluatedProperties`,
    ORDER,
    `${ORDER}      ⟦unevaluatedProperties: true\n`,
  ),
  defect31(
    `${OWASP}api3:2023-constrained-unevaluatedProperties`,
    ORDER,
    '    ⟦Order:\n      type: object\n      unevaluatedProperties: { type: boolean }\n',
  ),
  defect(`${OWASP}api4:2023-rate-limit`, '      headers: *headers\n', `      ⟦headers:\n${CORS}${RETRY}`),
  defect(
    `${OWASP}api4:2023-rate-limit-retry-after`,
    '      headers: *headers\n',
    `      ⟦headers:\n${RATE}${CORS}`,
  ),
  defect(
    `${OWASP}api4:2023-rate-limit-responses-429`,
    POST_RESPONSES,
    POST_RESPONSES.replace('responses', '⟦responses').replace("        '429': *problem\n", ''),
  ),
  defect(
    `${OWASP}api4:2023-array-limit`,
    LABELS,
    LABELS.replace('labels', '⟦labels').replace('          maxItems: 10\n', ''),
  ),
  defect(
    `${OWASP}api4:2023-string-limit`,
    NOTE,
    NOTE.replace('note', '⟦note').replace('          maxLength: 100\n', ''),
  ),
  defect(
    `${OWASP}api4:2023-string-restricted`,
    NOTE,
    NOTE.replace('note', '⟦note').replace('          pattern: ^.*$\n', ''),
  ),
  defect31(
    `${OWASP}api4:2023-integer-limit`,
    AMOUNT,
    AMOUNT.replace('amount', '⟦amount').replace('          maximum: 1000000\n', ''),
  ),
  defect(
    `${OWASP}api4:2023-integer-limit-legacy`,
    AMOUNT,
    AMOUNT.replace('amount', '⟦amount').replace('          maximum: 1000000\n', ''),
  ),
  defect(
    `${OWASP}api4:2023-integer-format`,
    AMOUNT,
    AMOUNT.replace('amount', '⟦amount').replace('          format: int64\n', ''),
  ),
  defect(`${OWASP}api5:2023-admin-security-unique`, '  /orders/{order}:\n', `${OTHER}  /admin/{order}:\n`),
  defect(
    `${OWASP}api7:2023-concerning-url-parameter`,
    LIMIT,
    '        - { ⟦name: callback, in: query, schema: { type: boolean } }\n',
  ),
  defect(
    `${OWASP}api8:2023-define-cors-origin`,
    '      headers: *headers\n',
    `      ⟦headers:\n${RATE}${RETRY}`,
  ),
  defect(
    `${OWASP}api8:2023-no-server-http`,
    '  - url: https://api.shop.test/v1\n',
    '  - ⟦url: http://api.shop.test/v1\n',
  ),
  defect(
    `${OWASP}api8:2023-define-error-validation`,
    POST_RESPONSES,
    POST_RESPONSES.replace('responses', '⟦responses').replace("        '400': *problem\n", ''),
  ),
  defect(
    `${OWASP}api8:2023-define-error-responses-401`,
    POST_RESPONSES,
    POST_RESPONSES.replace('responses', '⟦responses').replace("        '401': *problem\n", ''),
  ),
  defect(
    `${OWASP}api8:2023-define-error-responses-500`,
    POST_RESPONSES,
    POST_RESPONSES.replace('responses', '⟦responses').replace("        '500': *problem\n", ''),
  ),
  defect(
    `${OWASP}api9:2023-inventory-access`,
    SERVER,
    '  - ⟦url: https://api.shop.test/v1\n    description: production\n',
  ),
  defect(
    `${OWASP}api9:2023-inventory-environment`,
    SERVER,
    SERVER.replace('    description: production', '    ⟦description: somewhere'),
  ),
]
