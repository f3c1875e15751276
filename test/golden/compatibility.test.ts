import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { heldPart, type PartName } from '../compatibility.ts'
import { describeShared, shared } from '../shared.ts'

const golden = join(shared, 'golden')
const recorded = join(golden, 'kong-3.9.1')

/** Names of the cases of a part, as they stand in docs/compatibility.md. */
const casesOf = (part: PartName): readonly string[] =>
  Object.values(heldPart(part)).flatMap(rows => rows.map(row => row.case))

const stems = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .map(name => name.replace('.json', ''))

/** Files below a folder by their path from it. */
const filesBelow = (folder: string, names: RegExp): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && names.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))

/** The file of the recordings that a row of decK's own cases is from. */
const recordingOf = (name: string): string => {
  const [from = '', to] = name.split(' → ')
  return from.replaceAll('/', '__') + (to === undefined ? '' : `--then--${to.split('/').at(-1)}`)
}

describeShared('docs/compatibility.md', () => {
  it.each<[PartName, () => readonly string[]]>([
    ['pairs', () => stems(join(recorded, 'pairs'))],
    ['sandbox', () => [...stems(join(recorded, 'cases')), 'dbless']],
    ['routing', () => stems(join(recorded, 'router'))],
    ['openapi2kong', () => filesBelow(join(golden, 'openapi2kong'), /yaml$/)],
    ['file-tools', () => filesBelow(join(golden, 'deck'), /\.(?:ya?ml|json)$/)],
  ])('has a row for each recording: %s', (part, recordings) => {
    const rows = new Set(casesOf(part))
    expect(recordings().length).toBeGreaterThan(10)
    expect(recordings().filter(name => !rows.has(name))).toEqual([])
  })

  it("has a row for each recording of decK's own cases, and no other", () => {
    const rows = casesOf('deck-cases')
    expect(rows).toHaveLength(readdirSync(join(recorded, 'deck-cases')).length)
    expect(new Set(rows).size).toBe(rows.length)
    expect(rows.map(recordingOf).toSorted()).toEqual(stems(join(recorded, 'deck-cases')).toSorted())
  })

  it('has rows for each folder of cases', () => {
    const folders = readdirSync(join(golden, 'deck'), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isDirectory() && entry.parentPath !== join(golden, 'deck'))
      .map(entry => join(entry.parentPath, entry.name).slice(join(golden, 'deck').length + 1))
    const rows = [...casesOf('deck-cases'), ...casesOf('file-tools')]
    expect(folders.length).toBeGreaterThan(60)
    expect(folders.filter(folder => !rows.some(row => row.includes(`${folder}/`)))).toEqual([])
  })

  it('has no errors', () => {
    const parts: readonly PartName[] = [
      'pairs',
      'deck-cases',
      'file-tools',
      'openapi2kong',
      'sandbox',
      'routing',
    ]
    const rows = parts.flatMap(part => Object.values(heldPart(part)).flat())
    expect(rows.filter(row => 'verdict' in row && row.verdict === 'wrong')).toEqual([])
  })
})
