import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { load } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import { configJsonSchema, configSchemaText } from '../../src/config/config-schema.ts'
import { starterConfig } from '../../src/config/index.ts'
import { providers } from '../known-providers.ts'
import { fleetOf, whole } from './fleet-configs.ts'

describe('help for editors and newcomers', () => {
  test('docs/gatewatch.schema.json is up to date (scripts/config-schema.mjs writes it)', async () => {
    const text = await readFile(new URL('../../docs/gatewatch.schema.json', import.meta.url), 'utf8')
    expect(text).toBe(configSchemaText(providers))
  })

  test('the JSON Schema accepts what the reader accepts, and refuses unknown keys', () => {
    const validate = new Ajv({ strict: false }).compile(configJsonSchema(providers))
    expect(validate(load(whole))).toBe(true)
    expect(validate(load(whole.replace('workspace:', 'workspce:')))).toBe(false)
  })

  test('every key is explained in docs/configuration.md', async () => {
    const text = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
    const keys = [
      ...JSON.stringify(configJsonSchema(providers)).matchAll(
        /"properties":\{|"([a-z_]+)":\{(?:"[a-z]+":[^{]*)?"(?:type|description|anyOf)"/g,
      ),
    ]
      .map(match => match[1])
      .filter(key => key !== undefined && !['items', 'additionalProperties', 'properties'].includes(key))
    expect(keys.length).toBeGreaterThan(10)
    for (const key of keys) expect(text).toMatch(new RegExp(`\\b${key}\\b`))
  })

  test.each(['payments', 'pay: "x"', 'yes', '# no'])(
    'the starter configuration named %j can be read',
    name => {
      const { name: provider, config } = providers.usual
      const text = starterConfig({
        name,
        provider,
        gateway: config.starter?.('http://127.0.0.1:8001', undefined) ?? [],
        manifests: ['kong', '-x'],
        schema: './s.json',
      })
      expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/s\.json\n/)
      const fleet = fleetOf(text)
      expect(fleet.name).toBe(name)
      expect(fleet.targets[0]).toMatchObject({ manifests: ['/f/kong', '/f/-x'], protected: true })
    },
  )

  test('the example of docs/configuration.md can be read', async () => {
    const text = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
    const example = /```yaml\n(# yaml-language-server[\s\S]*?)```/.exec(text)?.[1] ?? ''
    expect(fleetOf(example).targets.map(target => target.name)).toEqual(['prod-eu'])
  })
})
