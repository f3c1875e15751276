import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { glob, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, matchesGlob } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { Glob } from '../../src/patterns/glob.ts'
import { filesFitting, globsOf } from '../../src/workflows/governance/specifications/glob-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatewatch-globs-'))
afterAll(() => rm(folder, { recursive: true }))

const piece = fc.constantFrom(
  'a',
  'b',
  'ab',
  '.',
  '*',
  '?',
  '[ab]',
  '[!a]',
  '[a-c]',
  '{a,b}',
  '{a,{b,c}}',
  '-',
  '(',
  '+',
  'x.y',
)
const name = fc.oneof(
  { weight: 4, arbitrary: fc.array(piece, { minLength: 1, maxLength: 4 }).map(parts => parts.join('')) },
  fc.constant('**'),
)
const pattern = fc
  .array(name, { minLength: 1, maxLength: 4 })
  .map(names => names.join('/'))
  // Names of dots alone are folders, and `+(…)` is something of its own in Node.
  .filter(
    text => !/(^|\/)\.+(\/|$)/.test(text) && !/[+?*!@]\(/.test(text) && !/\*{3}|\*\*[^/]|[^/]\*\*/.test(text),
  )
const path = fc
  .array(
    fc
      .array(fc.constantFrom('a', 'b', 'c', '.', '-', '(', '+', 'x'), { minLength: 1, maxLength: 4 })
      .map(parts => parts.join(''))
      .filter(text => !/^\.+$/.test(text)),
    { minLength: 1, maxLength: 4 },
  )
  .map(names => names.join('/'))

test('a glob matches the same paths as in Node', () => {
  fc.assert(
    fc.property(pattern, path, (text, given) => {
      expect(new Glob(text).fits(given)).toBe(matchesGlob(given, text))
    }),
    { numRuns: 5000 },
  )
})

test('the files found below a folder are those that Node’s own globs find', async () => {
  for (const file of [
    'policies/a.yaml',
    'policies/b.yml',
    'policies/.hidden.yaml',
    'policies/team/c.yaml',
    'policies/team/deep/d.yaml',
    'policies/.git/e.yaml',
    'specs/v1/api.json',
    'specs/v2/api.json',
    'a[b].yaml',
    'gatewatch.yaml',
  ]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), 'x')
  }
  symlinkSync('../policies/a.yaml', join(folder, 'specs/link.yaml'))
  symlinkSync('..', join(folder, 'specs/up'))
  for (const text of [
    'policies/*.yaml',
    'policies/**/*.yaml',
    'policies/**',
    '**/*.yaml',
    '*.yaml',
    'policies/{a,b}.{yaml,yml}',
    'specs/v?/api.json',
    'specs/v[0-9]/*.json',
    'specs/*.yaml',
    './policies/a.yaml',
    'policies/../specs/*/api.json',
    'policies/.hidden.yaml',
    'policies/.*.yaml',
    'nothing/*.yaml',
    'gatewatch.yaml',
    'policies',
  ]) {
    const wanted: string[] = []
    for await (const entry of glob(text, { cwd: folder, withFileTypes: true })) {
      if (!entry.isDirectory()) wanted.push(join(entry.parentPath, entry.name).slice(folder.length + 1))
    }
    const globs = globsOf([text])
    const found = globs.ok ? await filesFitting(folder, globs.value) : []
    expect(`${text}: ${found.join(' ')}`).toBe(`${text}: ${[...new Set(wanted)].sort().join(' ')}`)
  }
})
