import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/providers/kong/kinds/index.ts'
import { lists, shapes } from '../../src/providers/kong/manifest/deck-format.ts'

describe.each(kinds.all.map(kind => [kind.kind, kind] as const))('the kind %s of Kong', (_, kind) => {
  const { references, manifest } = kind

  test('comes after the kinds that it references', () => {
    const before = kinds.names.slice(0, kinds.names.indexOf(kind.kind))
    for (const { kind: to } of Object.values(references.foreign)) expect(before).toContain(to)
  })

  test('names only its own foreign keys in its manifest description', () => {
    const named = [...Object.keys(manifest?.references ?? {}), ...(manifest?.nestedIn ?? [])]
    expect(Object.keys(references.foreign)).toEqual(expect.arrayContaining(named))
  })

  test('can be written in a manifest wherever it declares', () => {
    const { plural } = kind.identity
    expect(lists[plural]?.kind).toBe(manifest && !manifest.onlyNested ? kind.kind : undefined)
    for (const field of manifest?.nestedIn ?? []) {
      const parent = shapes.get(references.foreign[field]?.kind ?? '')
      expect(parent?.children[plural]).toEqual({ shape: shapes.get(kind.kind), parent: field })
    }
  })
})
