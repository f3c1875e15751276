import { describe, expect, it } from 'vitest'
import { largeInput } from '../timeouts.ts'
import { HEAD, made, problems, routesOf, texts } from './specs-generated.ts'

describe('path parameters', () => {
  it('over 31 characters are shortened, in the same way in route and validator', () => {
    const name = 'organization_subscription_identifier'
    const result = made(`${HEAD}x-kong-plugin-request-validator: {}
paths:
  /o/{${name}}:
    get:
      parameters: [{ name: ${name}, in: path, required: true, schema: { type: string } }]
`)
    const [route] = routesOf(result)
    const capture = /\(\?<([^>]+)>/.exec(String(route?.paths))?.[1] ?? ''
    expect(capture).toMatch(/^organization_subscript_[0-9a-f]{8}$/)
    expect(capture.length).toBeLessThanOrEqual(31)
    expect(JSON.stringify(route?.plugins)).toContain(`"name":"${capture}"`)
    expect(texts(result.warnings)).toEqual([
      `s.yaml:6:5: The path parameter "${name}" isn’t a valid name of a capture group: it is called "${capture}" there.`,
    ])
  })

  it('with names that no capture group can have, or that are alike, get others', () => {
    const result = made(`${HEAD}paths: { '/{1st}/{a-b}/{a_b}/{…}': { get: {} } }`)
    const [route] = routesOf(result)
    const path = String(route?.paths)
    expect([...path.matchAll(/\(\?<([^>]+)>/g)].map(match => match[1])).toEqual([
      'p_1st',
      'a_b',
      'a_b_2',
      'p',
    ])
    expect(() => new RegExp(path.slice(1))).not.toThrow()
    expect(result.warnings.map(({ code }) => code)).toEqual(['capture-name', 'capture-name', 'capture-name'])
  })
})

describe('path parameters with an enum', () => {
  it('leave it one route, and the request-validator checks the values', () => {
    const values = (name: string): string =>
      `{ name: ${name}, in: path, required: true, schema: { type: string, enum: [x, y, z] } }`
    const result = made(`${HEAD}x-kong-plugin-request-validator: {}
paths:
  /a/{kind}/{size}: { get: { parameters: [${values('kind')}, ${values('size')}] } }
`)
    const routes = routesOf(result)
    expect(routes.map(({ paths }) => paths)).toEqual([['~/a/(?<kind>[^#?/]+)/(?<size>[^#?/]+)$']])
    expect(JSON.stringify(routes[0]?.plugins).match(/enum/g)).toHaveLength(2)
    expect(result.warnings).toEqual([])
  })
})

describe('paths', () => {
  it('match themselves and nothing else, whatever characters they have', () => {
    for (const path of [
      '/a|b',
      '/a^b',
      '/a\\b',
      '/a{b',
      '/a}b',
      '/a(b)',
      '/$all',
      '/a.b',
      '/[x]*',
      '/a+b?',
    ]) {
      const [route] = routesOf(made(`${HEAD}paths: { ${JSON.stringify(path)}: { get: {} } }`))
      const regex = new RegExp(`^${String(route?.paths).slice(1)}`)
      expect(regex.test(path)).toBe(true)
      for (const other of ['/a', '/b', '/ab', '/aab', 'b', '/x']) expect(regex.test(other)).toBe(false)
    }
  })

  it('that are not valid get no route', () => {
    const result = made(`${HEAD}paths:\n  a: { get: {} }\n  /b: { get: {} }\n`)
    expect(routesOf(result)).toHaveLength(1)
    expect(texts(result.warnings)).toEqual([
      's.yaml:4:3: "a" isn’t a path: it gets no route. A path must begin with "/".',
    ])
  })
})

describe('security', () => {
  const SCHEMES = `components:
  securitySchemes:
    oidc: { type: openIdConnect, openIdConnectUrl: 'https://login.example' }
    key: { type: apiKey, in: header, name: k }
`

  it('of the document is kept on operations with a service of their own', () => {
    const { manifest } = made(
      `${HEAD}security: [{ oidc: [] }]\nservers: [{ url: 'https://a.example' }]\npaths:\n  /a: { get: { servers: [{ url: 'https://b.example' }] } }\n${SCHEMES}`,
      { generateSecurity: true },
    )
    const names = manifest.services.map(({ plugins, routes }) => [plugins, routes])
    expect(JSON.stringify(names[1])).toContain('openid-connect')
  })

  it('that is not a plugin leaves the rest unchanged if errors are ignored', () => {
    const text = `${HEAD}security: [{ oidc: [] }]\npaths:\n  /a: { get: { security: [{ key: [] }] } }\n${SCHEMES}`
    expect(problems(text, { generateSecurity: true })).toEqual([
      's.yaml:5:27: Only security schemes of type openIdConnect can be a plugin, not "apiKey". Add the plugin as x-kong-plugin-… instead. Or pass --ignore-security-errors.',
    ])
    const { manifest, warnings } = made(text, { generateSecurity: true, ignoreSecurityErrors: true })
    expect(JSON.stringify(manifest.services[0]?.plugins)).toContain('openid-connect')
    expect(warnings.map(({ code }) => code)).toEqual(['security'])
  })

  it('with an undefined scheme is a problem, also without components', () => {
    expect(problems(`${HEAD}security: [{ oidc: [] }]\npaths: {}\n`, { generateSecurity: true })).toEqual([
      's.yaml:3:12: There is no security scheme "oidc". Add it under components.securitySchemes. Or pass --ignore-security-errors.',
    ])
  })

  it('that an operation does not want is told', () => {
    const text = `${HEAD}security: [{ oidc: [] }]\npaths:\n  /a: { get: { security: [] } }\n${SCHEMES}`
    expect(made(text, { generateSecurity: true }).warnings.map(({ code }) => code)).toEqual(['security'])
  })
})

describe('an invalid specification', () => {
  it.each<[string, string]>([
    [
      '',
      's.yaml:1:1: This isn’t an OpenAPI document: it has no "openapi". Begin the file with "openapi: 3.1.0".',
    ],
    [
      '[]',
      's.yaml:1:1: This isn’t an OpenAPI document: it has no "openapi". Begin the file with "openapi: 3.1.0".',
    ],
    ['swagger: "2.0"', 's.yaml:1:1: Swagger 2.0 is not supported. Convert the file to OpenAPI 3.'],
    ['openapi: 4.0.0', 's.yaml:1:1: OpenAPI 4.0.0 is not supported. Use OpenAPI 3.0 or 3.1.'],
    [
      HEAD,
      's.yaml:1:1: The document has no paths. Add "paths" at the top level, with a path for each endpoint.',
    ],
    [
      'openapi: 3.0.0\npaths: {}',
      's.yaml:1:1: The document has no title. Add "info.title", or pass --uuid-base: names and ids are derived from it.',
    ],
    [
      `${HEAD}paths: []\nservers: [{ url: 'https://{env}.x' }]`,
      's.yaml:4:13: The server URL "https://{env}.x" has a variable without a default. Give a default for {env} under "variables" of this server.',
    ],
    [
      `${HEAD}paths: {}\nservers: [{ url: api.example/x }]`,
      's.yaml:4:13: The server URL "api.example/x" can\'t be read. Write it as https://host/path, or as a path that begins with "/".',
    ],
    [
      `${HEAD}paths: {}\nservers: [{ url: 'http://a:99999' }]`,
      's.yaml:4:13: The server URL "http://a:99999" can\'t be read. Write it as https://host/path, or as a path that begins with "/".',
    ],
    [`${HEAD}paths: {}\nx-kong-plugin-acl:`, 's.yaml:4:1: "x-kong-plugin-acl" must be an object.'],
    [
      `${HEAD}paths: {}\nx-kong-tags: [1]`,
      's.yaml:4:15: "x-kong-tags" must hold only texts. Put the value in quotes.',
    ],
    [
      `${HEAD}paths: {}\nx-kong-service-defaults: { $ref: '#/info' }`,
      's.yaml:4:28: The $ref of "x-kong-service-defaults" must lead to #/components/x-kong/….',
    ],
    [
      `${HEAD}paths: { /a: { get: {} } }\nx-kong-route-defaults: { regex_priority: high }`,
      's.yaml:3:16: "regex_priority" in "x-kong-route-defaults" must be a whole number.',
    ],
    [`${HEAD}paths: { /a: 5 }`, 's.yaml:3:10: The path "/a" must be an object.'],
    [
      `${HEAD}paths: { /a: { get: { parameters: [{ in: query }] } } }`,
      's.yaml:3:36: A parameter needs a "name" and an "in".',
    ],
    [
      `${HEAD}paths: { /a: { get: { parameters: [{ $ref: '#/x' }] } } }`,
      's.yaml:3:38: The reference "#/x" leads nowhere.',
    ],
  ])('is reported with its place: %j', (text, expected) => {
    expect(problems(text)).toEqual([expected])
  })

  it('is reported with all its problems at once', () => {
    expect(problems(`${HEAD}paths: { /a: 5, /b: { get: 6 } }`)).toHaveLength(2)
  })
})

describe('a request-validator', () => {
  it('reports which path parameters it does not check', () => {
    const { warnings } = made(`${HEAD}x-kong-plugin-request-validator: {}
paths:
  /a:
    parameters: [{ name: X-Tenant, in: header, schema: { type: string } }]
    get:
      parameters: [{ name: X-Trace, in: header, schema: { type: string } }]
`)
    expect(texts(warnings)).toEqual([
      's.yaml:7:5: GET /a does not check the path\'s parameter "X-Tenant". Repeat the parameter in the operation.',
    ])
  })

  it('ends where schemas get too large together', largeInput, () => {
    const properties = Array.from(
      { length: 3000 },
      (_, i) => `        p${i}: { type: string, description: '${'x'.repeat(100)}' }`,
    )
    const paths = Array.from(
      { length: 300 },
      (_, i) =>
        `  /a${i}: { post: { requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } } } }`,
    )
    const text = `${HEAD}x-kong-plugin-request-validator: {}\npaths:\n${paths.join('\n')}\ncomponents:\n  schemas:\n    A:\n      properties:\n${properties.join('\n')}\n`
    const [first, ...others] = problems(text)
    expect(others).toEqual([])
    expect(first).toMatch(/The schemas for the request-validator exceed 64 MiB together\. Take the/)
  })
})
