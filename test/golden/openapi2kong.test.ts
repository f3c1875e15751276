import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { problemText } from '../../src/model/problem.ts'
import { type GenerateOptions, generate, specificationOf } from '../../src/specs/index.ts'
import { type HeldCase, heldFile, heldText } from '../compatibility.ts'

const FOLDER = new URL('../../../shared/golden/openapi2kong/', import.meta.url)
const present = existsSync(FOLDER)
const names = present ? readdirSync(FOLDER) : []

/** What the cases were recorded with: tags of the file, security on, and what the case itself asks for. */
function optionsOf(file: string, text: string): GenerateOptions {
  const circular = file.endsWith('.circular-yaml')
  return {
    selectTags: ['OAS3_import', `OAS3file_${file}`],
    generateSecurity: !circular,
    ignoreCircularRefs: circular,
    reuseServices: /^ {2}reuseServices: true$/m.test(text),
    treatAllHeadersAsRequired: /^ {2}treatAllHeadersAsRequired: true$/m.test(text),
  }
}

function convert(path: string) {
  const file = path.split('/').at(-1) ?? path
  const text = readFileSync(new URL(path, FOLDER), 'utf8')
  const spec = specificationOf(file, text)
  return spec.ok ? generate(spec.value, optionsOf(file, text)) : spec
}

describe.skipIf(!present)('openapi2kong of go-apiops', () => {
  const cases = names.filter(name => /\.(?:circular-)?yaml$/.test(name))

  const invalid = names.includes('invalid') ? readdirSync(new URL('invalid/', FOLDER)) : []

  it('has cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(31)
  })

  /** What openapi2kong makes of a case. */
  function expectedOf(name: string): unknown {
    const stem = name.replace(/\.(?:circular-)?yaml$/, '')
    const suffix = name.endsWith('.circular-yaml') ? '.expected_no_circular.json' : '.expected.json'
    return JSON.parse(readFileSync(new URL(stem + suffix, FOLDER), 'utf8'))
  }

  it.each(cases)('makes the same manifest of %s', name => {
    const result = convert(name)
    expect(result).toMatchObject({ ok: true })
    expect(result.ok && result.value.manifest).toEqual(expectedOf(name))
  })

  it('stand in docs/compatibility.md, none left out', async () => {
    const made = cases.map((name): HeldCase => {
      const result = convert(name)
      const here = result.ok ? 'the same' : result.error.map(problemText).join(' ')
      const isEqual = result.ok && isDeepStrictEqual(result.value.manifest, expectedOf(name))
      return { case: name, held: 'a manifest', here, verdict: isEqual ? 'equal' : 'wrong' }
    })
    const refused = invalid.map((name): HeldCase => {
      const result = convert(`invalid/${name}`)
      const here = result.ok ? 'taken' : `refused: ${result.error.map(problemText).join(' ')}`
      return { case: `invalid/${name}`, held: 'refused', here, verdict: result.ok ? 'wrong' : 'equal' }
    })
    await expect(heldText({ cases: [...made, ...refused] })).toMatchFileSnapshot(heldFile('openapi2kong'))
  })

  it('knows where each entity of each case comes from', () => {
    for (const name of cases) {
      const result = convert(name)
      if (!result.ok) throw new Error(name)
      const { manifest, origins } = result.value
      for (const [index, service] of manifest.services.entries()) {
        expect(origins.get(`/services/${index}`)?.place.file).toBe(name)
        const routes = Array.isArray(service.routes) ? service.routes : []
        for (const at of routes.keys()) {
          const origin = origins.get(`/services/${index}/routes/${at}`)
          const line = readFileSync(new URL(name, FOLDER), 'utf8').split('\n')[(origin?.place.line ?? 0) - 1]
          expect(line?.trim()).toBe(`${origin?.method?.toLowerCase()}:`)
        }
      }
    }
  })

  it.each(invalid)('refuses invalid/%s with a place', name => {
    const result = convert(`invalid/${name}`)
    expect(result.ok).toBe(false)
    const texts = result.ok ? [] : result.error.map(problemText)
    expect(texts).toEqual([expect.stringMatching(new RegExp(`^${name}:[0-9]+:[0-9]+: .+\\.`))])
  })

  it('refuses the circular case without the option', () => {
    const name = '20-ignore-circular-references.circular-yaml'
    const spec = specificationOf(name, readFileSync(new URL(name, FOLDER), 'utf8'))
    const result = spec.ok ? generate(spec.value) : spec
    const texts = result.ok ? [] : result.error.map(problemText)
    expect(texts).toEqual([
      expect.stringContaining('Schemas require each other without end: Category -> Category'),
    ])
  })
})

if (!present) process.stderr.write('skipped: the golden cases of openapi2kong are not here\n')
