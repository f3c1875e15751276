import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { findFleetFile, readFleet } from '../../src/config/index.ts'
import type { KongConfig } from '../../src/providers/kong/config/kong-config.ts'
import { kongConfigOf } from '../../src/providers/kong/config/target-config.ts'
import { targetSchema } from '../../src/providers/kong/config/target-schema.ts'
import { providers } from '../known-providers.ts'
import { fleetOf, oneTarget, problemsIn, start, whole } from './fleet-configs.ts'

/** The gateways of a fleet, as Kong's provider reads them. */
function kongConfigsIn(text: string): readonly KongConfig[] {
  const { targets } = fleetSchema.parse(load(text))
  return Object.values(targets).map(({ kong }) => kongConfigOf(kong, '/f'))
}

const fleetSchema = z.object({ targets: z.record(z.string(), z.object({ kong: targetSchema })) })

describe('a fleet', () => {
  test('is read with defaults for what is left out', () => {
    const fleet = fleetOf(whole)
    expect(fleet).toMatchObject({
      name: 'payments',
      folder: '/f',
      environments: ['dev', 'staging', 'prod'],
      production: ['prod'],
      specifications: ['specs/*.yaml'],
      policies: ['policies/*.yaml'],
    })
    expect(fleet.targets[0]).toEqual({
      name: 'dev',
      environment: 'dev',
      provider: providers.usual,
      gateway: expect.objectContaining({ address: 'http://127.0.0.1:8001', checksCertificate: true }),
      manifests: ['/f/kong'],
      selectTags: [],
      ignore: [],
      protected: false,
      labels: {},
      place: { file: 'gatewatch.yaml', line: 5, column: 3 },
    })
    expect(fleet.targets[1]).toMatchObject({
      manifests: ['/f/kong/base', '/abs/prod.yaml'],
      selectTags: ['team-pay'],
      protected: false,
    })
    expect(kongConfigsIn(whole)).toEqual([
      { address: 'http://127.0.0.1:8001', headers: {}, timeoutMs: 10_000, tls: { verify: true } },
      {
        address: 'https://kong.example:8444/admin',
        headers: {
          'Accept-Language': { plain: 'en' },
          'Kong-Admin-Token': { env: 'KONG_TOKEN' },
          Authorization: { file: '/f/token', prefix: 'Bearer ' },
        },
        workspace: 'pay',
        timeoutMs: 1500,
        tls: { verify: true, authorities: '/f/ca.pem' },
      },
    ])
  })

  test('targets in production are protected unless configured otherwise', () => {
    const target = (name: string, rest = '') =>
      `  ${name}:\n    environment: ${name}\n    kong: {address: "http://h"}\n    manifests: [k]\n${rest}`
    const read = (text: string) => fleetOf(text).targets.map(each => each.protected)
    expect(read(`${start}targets:\n${target('dev')}${target('prod')}`)).toEqual([false, true])
    expect(read(`${start}production: [dev]\ntargets:\n${target('dev')}${target('prod')}`)).toEqual([
      true,
      false,
    ])
    expect(read(`${start}targets:\n${target('dev', '    protected: true\n')}`)).toEqual([true])
  })

  test('ignore rules apply to the targets that they name, or to all', () => {
    const rules =
      'ignore:\n  - { kind: route, name: a*, reason: r }\n  - { kind: target, name: "*", field: weight, targets: [prod-eu], reason: s, expires: 2027-01-01T00:00:00Z }\n'
    const place = (line: number) => ({ file: 'gatewatch.yaml', line, column: 5 })
    const [dev, prod] = fleetOf(whole + rules).targets
    const first = { kind: 'route', name: 'a*', reason: 'r', place: place(27) }
    expect(dev?.ignore).toEqual([first])
    expect(prod?.ignore).toEqual([
      first,
      {
        kind: 'target',
        name: '*',
        field: 'weight',
        reason: 's',
        expires: '2027-01-01T00:00:00Z',
        place: place(28),
      },
    ])
    expect(problemsIn(`${whole}ignore: [{ kind: route, name: a, reason: r, targets: [none] }]\n`)).toEqual([
      'gatewatch.yaml:26:55: ignore.0.targets.0 must be one of the targets: dev, prod-eu.',
    ])
    expect(problemsIn(`${whole}ignore: [{ kind: route, name: a, reason: r, expires: tomorrow }]\n`)).toEqual([
      'gatewatch.yaml:26:45: ignore.0.expires must be a UTC instant, such as 2026-12-31T00:00:00Z.',
    ])
  })

  test('the name is that of the folder unless it is configured', () => {
    expect(fleetOf(`${start}targets: {}\n`, '/home/x/billing/gatewatch.yaml').name).toBe('billing')
  })
})

describe('mistakes are reported with a place and what to do', () => {
  test.each([
    ['version: 2\nenvironments: [dev]\ntargets: {}', 'gatewatch.yaml:1:1: version must be 1.'],
    ['environments: [dev]\ntargets: {}', 'gatewatch.yaml:1:1: version must be 1.'],
    ['version: 1\ntargets: {}', 'gatewatch.yaml:1:1: environments is missing.'],
    [
      'version: 1\nenvironments: []\ntargets: {}',
      'gatewatch.yaml:2:1: environments must name at least one environment.',
    ],
    [
      `${start}targets: {}\ntarget: {}`,
      'gatewatch.yaml:4:1: the file has the unknown key "target". Did you mean targets?',
    ],
    [
      `${start}targets: {}\nproduction: [prd]`,
      'gatewatch.yaml:4:14: production.0 must be one of the environments: dev, prod.',
    ],
    [
      `version: 1\nenvironments: [a, b, a]\ntargets: {}`,
      'gatewatch.yaml:2:22: environments.2 is given twice.',
    ],
    [`${start}targets: []`, 'gatewatch.yaml:3:1: targets must be a mapping.'],
    [
      `${start}targets: {"a b": {}}`,
      'gatewatch.yaml:3:11: the name "a b" must be a name of letters, digits, dots, dashes and underscores.',
    ],
    [
      `${start}targets: {a..b: {}}`,
      'gatewatch.yaml:3:11: the name "a..b" must be a name of letters, digits, dots, dashes and underscores.',
    ],
    [
      oneTarget('{address: "http://h"}').replace('environment: dev\n', 'environment: qa\n'),
      'gatewatch.yaml:5:5: targets.t.environment must be one of the environments: dev, prod.',
    ],
    [
      oneTarget('{address: "http://h"}').replace('[k]', '[]'),
      'gatewatch.yaml:6:5: targets.t.manifests must name at least one file or folder.',
    ],
    [
      oneTarget('{adress: "http://h", address: "http://h"}'),
      'gatewatch.yaml:7:12: targets.t.kong has the unknown key "adress". Did you mean address?',
    ],
    [
      oneTarget('{address: "localhost:8001"}'),
      'gatewatch.yaml:7:12: targets.t.kong.address must be a URL, as http://127.0.0.1:8001.',
    ],
    [
      oneTarget('{address: "http://h?x=1"}'),
      'gatewatch.yaml:7:12: targets.t.kong.address must not have a query or a fragment.',
    ],
    [
      oneTarget('{address: "http://h", timeout: 5}'),
      'gatewatch.yaml:7:33: targets.t.kong.timeout must be a text.',
    ],
    [
      oneTarget('{address: "http://h", timeout: 5 s}'),
      'gatewatch.yaml:7:33: targets.t.kong.timeout must be a time, as 500ms, 10s or 2m.',
    ],
    [
      oneTarget('{address: "http://h", headers: {X: {evn: A}}}'),
      'gatewatch.yaml:7:43: targets.t.kong.headers.X must be a text, {env: NAME} or {file: PATH}.',
    ],
    [
      '',
      'gatewatch.yaml:1:1: the file does not describe a fleet. Let gatewatch init write one, and see docs/configuration.md.',
    ],
    ['version: [1', 'gatewatch.yaml:1:12: a bracket or brace is opened and never closed.'],
    [
      'version: 1\nversion: 1\n',
      'gatewatch.yaml:2:1: this key is in the mapping twice, first on line 1. Keep one of them: decK would silently use the last one.',
    ],
  ])('%j', (text, problem) => {
    expect(problemsIn(text)).toEqual([problem])
  })

  test('credentials are not taken from the file, and not repeated', () => {
    const problems = [
      ...problemsIn(oneTarget('{address: "http://admin:hunter2@h"}')),
      ...problemsIn(
        oneTarget('{address: "http://h", headers: {kong-admin-token: hunter2, Authorization: hunter2}}'),
      ),
    ]
    expect(problems).toHaveLength(3)
    expect(problems[1]).toContain('targets.t.kong.headers.kong-admin-token must not be written here')
    expect(problems.join()).not.toContain('hunter2')
  })
})

describe('the file', () => {
  test('is found in a folder or above it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatewatch-fleet-'))
    try {
      await mkdir(join(folder, 'a/b'), { recursive: true })
      await writeFile(join(folder, 'gatewatch.yml'), whole)
      expect(await findFleetFile(join(folder, 'a/b'))).toBe(join(folder, 'gatewatch.yml'))
      await writeFile(join(folder, 'a/gatewatch.yaml'), whole)
      expect(await findFleetFile(join(folder, 'a/b'))).toBe(join(folder, 'a/gatewatch.yaml'))
      const fleet = await readFleet(join(folder, 'a/gatewatch.yaml'), providers)
      expect(fleet.ok && fleet.value.folder).toBe(join(folder, 'a'))
      expect(await readFleet(join(folder, 'none.yaml'), providers)).toMatchObject({
        ok: false,
        error: [{ code: 'config-unreadable' }],
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
