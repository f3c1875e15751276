import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { type GenerateOptions, generate, readSpecification } from '../../src/specs/index.ts'
import { gatewatch } from '../program.ts'

const run = promisify(execFile)
const DECK = fileURLToPath(new URL('../../../shared/deck/deck', import.meta.url))
const GOLDEN = fileURLToPath(new URL('../../../shared/golden/openapi2kong/', import.meta.url))
const FIXTURES = fileURLToPath(new URL('../../fixtures/specs/', import.meta.url))
const present = existsSync(DECK)

/** What decK makes of a document; undefined where it refuses. */
async function peer(path: string, flags: readonly string[]): Promise<unknown> {
  const result = await run(DECK, [
    'file',
    'openapi2kong',
    '--spec',
    path,
    '--format',
    'json',
    ...flags,
  ]).catch(() => undefined)
  return result && JSON.parse(result.stdout)
}

async function ours(path: string, options: GenerateOptions): Promise<unknown> {
  const spec = await readSpecification(path)
  const result = spec.ok ? generate(spec.value, options) : spec
  return result.ok ? JSON.parse(JSON.stringify(result.value.manifest)) : undefined
}

const SETTINGS: [string, readonly string[], GenerateOptions][] = [
  ['no options', [], {}],
  [
    'tags and a base',
    ['--select-tag', 'a,b', '--uuid-base', 'Other Base'],
    { selectTags: ['a', 'b'], uuidBase: 'Other Base' },
  ],
  ['no ids', ['--no-id'], { noId: true }],
  ['Inso names', ['--inso-compatible'], { insoCompatible: true }],
  ['security', ['--generate-security'], { generateSecurity: true }],
  ['circular references', ['--ignore-circular-refs'], { ignoreCircularRefs: true }],
]

/**
 * Where decK 1.55 differs. It has an older openapi2kong than the golden cases: it does not check a path's parameters
 * where the operation has none, makes no last route without headers, and takes headers for required that are not.
 */
const OLDER = new Set([
  '26-request-validator-plugin-path-parameter-schema.yaml',
  '27-routes-with-optional-headers.yaml',
  '29-routes-with-headers-duplicate-plugin-id.yaml',
  'payments.yaml',
  'media.yaml',
  'telemetry.yaml',
])

/** It leaves an operation with a service of its own without the security plugin of the document. */
const UNPROTECTED = 'identity.yaml'

function paths(folder: string, fits: (name: string) => boolean): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter(fits)
        .map(name => folder + name)
    : []
}

const documents = [
  ...paths(GOLDEN, name => name.endsWith('yaml')),
  ...paths(FIXTURES, name => /\.(?:yaml|json)$/.test(name) && !['bank.yaml', 'odata.yaml'].includes(name)),
  ...paths(`${FIXTURES}openapi-3.1/`, name => name.endsWith('.3.0.yaml')),
].map((path): [string, string] => [path.split('/').at(-1) ?? '', path])

describe.skipIf(!present)('decK file openapi2kong', () => {
  beforeAll(() => run(DECK, ['version']), 600_000)

  describe.each(SETTINGS)('with %s', (_what, flags, options) => {
    const fitting = documents.filter(([name]) => {
      return !OLDER.has(name) && !(name === UNPROTECTED && options.generateSecurity)
    })

    it.each(fitting)('makes the same manifest of %s', async (_name, path) => {
      expect(await ours(path, options)).toEqual(await peer(path, flags))
    })
  })

  it.each<[string, string, readonly string[]]>([
    ['tags with commas and again', `${FIXTURES}bookshop.yaml`, ['--select-tag', 'a,b', '--select-tag', 'c']],
    ['a base', `${FIXTURES}bookshop.yaml`, ['--uuid-base', 'Other Base']],
    ['no ids', `${FIXTURES}bookshop.yaml`, ['--no-id']],
    ['Inso names', `${FIXTURES}bookshop.yaml`, ['-i']],
    ['security', `${GOLDEN}16-security-oidc-generation.yaml`, ['--generate-security']],
    [
      'circular references',
      `${GOLDEN}20-ignore-circular-references.circular-yaml`,
      ['--ignore-circular-refs'],
    ],
  ])('and gatewatch generate accept the same arguments: %s', async (_what, path, flags) => {
    const words = ['--spec', path, '--format', 'json', '--output-file', '-', ...flags]
    const made = await gatewatch(['generate', ...words])
    expect(made.code, made.err).toBe(0)
    expect(JSON.parse(made.out)).toEqual(await peer(path, flags))
    const input = await readFile(path, 'utf8')
    const piped = await gatewatch(['generate', '--output', 'json', ...flags], { input })
    expect(piped.out).toBe(made.out)
  })

  it('refuses parameter names that gatewatch shortens', async () => {
    expect(await peer(`${FIXTURES}odata.yaml`, [])).toBeUndefined()
    expect(await ours(`${FIXTURES}odata.yaml`, {})).toBeDefined()
  })
})
