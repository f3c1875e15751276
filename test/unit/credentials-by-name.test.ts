import { describe, expect, test } from 'vitest'
import { SecretDigests } from '../../src/ledger/digests.ts'
import type { Json, JsonObject } from '../../src/model/json.ts'
import { shownOf } from '../../src/model/masking/credential-names.ts'
import { maskNamed } from '../../src/model/masking/mask-named.ts'
import { hiddenParts, maskerOfTexts } from '../../src/model/masking/masked-sentences.ts'
import { revealSecrets, shownValue } from '../../src/model/masking/secret-marks.ts'
import type { FieldSchema, RecordSchema } from '../../src/model/schema/schema.ts'

const digests = new SecretDigests(new Uint8Array(32))

function field(type: FieldSchema['type'], more: Partial<FieldSchema> = {}): FieldSchema {
  return { type, required: false, auto: false, secret: false, ...more }
}
function record(fields: Readonly<Record<string, FieldSchema>>): FieldSchema {
  return field('record', { record: { fields: new Map(Object.entries(fields)), shorthands: new Map() } })
}
const text = field('string')
const map = field('map', { elements: text })

const schema: RecordSchema = {
  shorthands: new Map(),
  fields: new Map([
    ['name', text],
    ['tags', field('set', { elements: text })],
    ['headers', field('map', { elements: field('array', { elements: text }) })],
    [
      'config',
      record({
        endpoint: text,
        headers: map,
        token: text,
        client_auth: field('set', {
          elements: field('string', { limits: { oneOf: ['private_key_jwt', 'none'] } }),
        }),
        token_header: field('string', { default: 'authorization:bearer' }),
        add: record({
          headers: field('array', { elements: text }),
          querystring: field('array', { elements: text }),
        }),
        rename: record({ headers: field('array', { elements: text }) }),
        auth: record({ header_name: text, header_value: text, param_name: text, param_value: text }),
        pairs: field('array', { elements: field('json') }),
        code: field('array', { elements: text }),
        free: field('json'),
      }),
    ],
  ]),
}

/** What is shown of fields, and that nothing of them is lost. */
function shown(fields: JsonObject): Json {
  const masked = maskNamed(fields, schema, digests)
  expect(revealSecrets(masked, digests.resolve).value).toEqual(fields)
  return shownValue(masked)
}

describe('of a configuration, whatever plugin it is of, is masked', () => {
  test.each<[string, JsonObject, JsonObject]>([
    [
      'the value of a header by its name',
      { headers: { Authorization: 'Bearer c', 'X-Api-Key': 'c', 'x-version': '1' } },
      { headers: { Authorization: '••••', 'X-Api-Key': '••••', 'x-version': '1' } },
    ],
    [
      'a header as transformers list it',
      { add: { headers: ['Authorization: Bearer c', 'x-version: 1', 'Cookie:c=1'] } },
      { add: { headers: ['Authorization: ••••', 'x-version: 1', 'Cookie:••••'] } },
    ],
    [
      'a parameter of a query',
      { add: { querystring: ['api_key:c', 'page:1'] } },
      { add: { querystring: ['api_key:••••', 'page:1'] } },
    ],
    [
      'a value beside the name of a header',
      {
        auth: {
          header_name: 'Authorization',
          header_value: 'Bearer c',
          param_name: 'page',
          param_value: '1',
        },
      },
      { auth: { header_name: 'Authorization', header_value: '••••', param_name: 'page', param_value: '1' } },
    ],
    [
      'a value beside a name in a list',
      {
        pairs: [
          { name: 'X-Auth-Token', value: 'c' },
          { name: 'x', value: '1' },
        ],
      },
      {
        pairs: [
          { name: 'X-Auth-Token', value: '••••' },
          { name: 'x', value: '1' },
        ],
      },
    ],
    [
      'the user of a URL',
      { endpoint: 'https://user:c@log.example/x?y=1' },
      { endpoint: 'https://••••@log.example/x?y=1' },
    ],
    ['a field that says so by its name', { token: 'c' }, { token: '••••' }],
    [
      'the same where there is no schema',
      { free: { deep: [{ clientSecret: 'c', page: 1 }] } },
      { free: { deep: [{ clientSecret: '••••', page: 1 }] } },
    ],
    [
      'the texts of code that names such a header',
      { code: ['local t = "c"\nkong.service.request.set_header("Authorization", t)'] },
      { code: ['local t = "••••"\nkong.service.request.set_header("Authorization", t)'] },
    ],
  ])('%s', (_, config, expected) => {
    expect(shown({ config })).toEqual({ config: expected })
  })

  test.each<[string, JsonObject]>([
    ['what is renamed is a name alone', { rename: { headers: ['Authorization:X-Old'] } }],
    ['the names of headers', { add: { headers: ['Authorization', 'X-Api-Key'] } }],
    [
      'a reference to a vault',
      { token: '{vault://env/token}', headers: { Authorization: '{vault://env/a}' } },
    ],
    ['what is taken from the request', { add: { headers: ['Authorization: $(headers["x-auth"])'] } }],
    ['what the schema fills in', { token_header: 'authorization:bearer' }],
    ['a choice of few', { client_auth: ['private_key_jwt'] }],
    ['a scheme alone', { headers: { Authorization: 'Bearer' } }],
    ['code that names none', { code: ['return "a", \'b\', [[c]]'] }],
    ['numbers, and what is not there', { free: { key: 7, token: null, secret: false } }],
  ])('but not %s', (_, config) => {
    const fields = { config }
    expect(maskNamed(fields, schema, digests)).toBe(fields)
  })

  test('masks header values in other fields, but no name or tag', () => {
    const fields = { name: 'token:x', tags: ['key:x'], headers: { 'X-Api-Key': ['c'], accept: ['x'] } }
    expect(shown(fields)).toEqual({ ...fields, headers: { 'X-Api-Key': ['••••'], accept: ['x'] } })
  })
})

describe('a text that holds a credential', () => {
  test.each([
    ['https://token@h/x', 'https://••••@h/x'],
    ['postgres://user:p@ss/word@db:5432/x', 'postgres://••••@db:5432/x'],
    ['http://h:80/@scope/x', undefined],
    ['http://[::1]:80/x@y', undefined],
    ['https://h/x?page=1&access_token=c#x', 'https://h/x?page=1&access_token=••••#x'],
    ['{"authorization": "c"}', '{"authorization": "••••"}'],
    ["h['X-Api-Key'] = 'c' .. `d`", "h['X-Api-Key'] = '••••' .. `••••`"],
    [
      '-- Authorization: Bearer c\nlocal x = [==[c\nd]==] x["cookie"]',
      '-- Authorization: ••••\nlocal x = [==[••••]==] x["cookie"]',
    ],
    ['-- don\'t\nset("cookie", "a\\"c")', '-- don\'••••\'\nset("cookie", "••••")'],
    ['~/a/(?<key>\\d+)', undefined],
    ['date: today', undefined],
  ])('%j', (text, expected) => expect(shownOf(text)).toBe(expected))

  test.each([
    ['underlines', `${'_'.repeat(200_000)}=`],
    ['URLs', `${'a://'.repeat(50_000)}@`],
    ['quotation marks', '"authorization'.repeat(20_000)],
    ['brackets', `${'[['.repeat(100_000)}authorization`],
    ['dashes', `${'a-'.repeat(100_000)}token"`],
    ['parameters', '?token='.repeat(30_000)],
  ])('is found in time that grows with the text: %s', (_, text) => {
    const started = performance.now()
    shownOf(text)
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

describe('a sentence', () => {
  const masked = maskerOfTexts(
    new Set(['api.pay.example', '/canary', '10', '~/a/(?<id>\\d+)/canary-part', '/', '*.wild.example']),
  )

  test.each([
    ['route r to pay (https://api.pay.example:443)', 'route r to pay (https://••••:443)'],
    ['GET h/canary/1', 'GET h••••/1'],
    ['10 per minute → 100 per minute', '•••• per minute → 100 per minute'],
    ['GET h/a/7/canary-part', 'GET h/a/7••••'],
    ['GET x.wild.example/', 'GET x••••/'],
    ['not-api.pay.example and api.pay.example.org', 'not-api.pay.example and api.pay.example.org'],
  ])('shows no masked value: %s', (sentence, expected) => expect(masked(sentence)).toBe(expected))

  test('hides only those parts of a text that its mask does not show', () => {
    expect(hiddenParts('api_key:canary', 'api_key:••••')).toEqual(['canary'])
    expect(hiddenParts('https://u:p@h/x?token=t', 'https://••••@h/x?token=••••')).toEqual(['u:p', 't'])
    expect(hiddenParts('a-text', undefined)).toEqual(['a-text'])
  })
})
