import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

/** The exported types of the sources, each with the files that export one of its name. */
function exportedTypes(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const name of readdirSync(join(root, 'src'), { recursive: true }).map(String)) {
    // The sandbox imitates a Kong and shares nothing with the client: it has types of its own.
    if (!/\.tsx?$/.test(name) || name.startsWith('sandbox')) continue
    const text = readFileSync(join(root, 'src', name), 'utf8')
    for (const [, type = ''] of text.matchAll(/^export (?:abstract )?(?:interface|type|class) (\w+)/gm))
      found.set(type, [...(found.get(type) ?? []), name])
  }
  return found
}

describe('one word for one thing', () => {
  const types = exportedTypes()

  test('no two files export types of the same name', () => {
    expect(types.size).toBeGreaterThan(500)
    const twice = [...types].filter(([, files]) => files.length > 1)
    expect(twice).toEqual([])
  })

  test('each type that the glossary names is exported by one file', () => {
    const glossary = readFileSync(join(root, 'docs', 'glossary.md'), 'utf8')
    const rows = glossary.split('\n').filter(line => line.startsWith('| ') && !line.startsWith('| word'))
    const named = rows.flatMap(row => [...(row.split('|')[3] ?? '').matchAll(/`([A-Z]\w+)/g)])
    expect(named.length).toBeGreaterThan(40)
    expect(named.flatMap(([, type = '']) => (types.has(type) ? [] : [type]))).toEqual([])
  })
})
