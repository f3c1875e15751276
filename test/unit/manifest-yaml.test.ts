import { describe, expect, test } from 'vitest'
import { largeInput } from '../timeouts.ts'
import { entitiesIn, manifestOf, problemsOf, v3 } from './manifest-reading.ts'

const configOf = (text: string) => manifestOf([v3(text)]).entities[0]?.fields.config
const inline = (value: string) => configOf(`plugins: [{name: p, config: {v: ${value}}}]`)

describe('scalars mean what they mean to decK', () => {
  test.each([
    ['yes', true],
    ['y', true],
    ['On', true],
    ['off', false],
    ['N', false],
    ['TRUE', true],
    ['tRUE', 'tRUE'],
    ['~', null],
    ['', null],
    ['NULL', null],
    ['0777', 511],
    ['0o17', 15],
    ['0x1F', 31],
    ['-0x10', -16],
    ['0b101', 5],
    ['1_000', 1000],
    ['+12', 12],
    ['09', 9],
    ['1.', 1],
    ['.5', 0.5],
    ['1e3', 1000],
    ['-0', 0],
    ['0xffffffffffffffff', 2 ** 64],
    ['0x1ffffffffffffffff', '0x1ffffffffffffffff'],
    ['18446744073709551616', 2 ** 64],
    ['0777777777777777777777777', Number('777777777777777777777777')],
    [`0b-${'1'.repeat(70)}`, `0b-${'1'.repeat(70)}`],
    ['.5_0', 0.5],
    ['._5', '._5'],
    ['1:30', '1:30'],
    ['2001-01-01', '2001-01-01'],
    ['2001-01-01T10:00:00Z', '2001-01-01T10:00:00Z'],
    ['1.2.3', '1.2.3'],
    ['0x', '0x'],
    ['"yes"', 'yes'],
    ["'0777'", '0777'],
    ['!!str 12', '12'],
    ['!!int "7"', 7],
    ['!!float 7', 7],
    ['!!binary aGk=', 'hi'],
    ['!own 3', '3'],
  ])('%s', (written, value) => {
    expect(inline(written)).toStrictEqual({ v: value })
  })

  test('keys are strings, whatever they look like', () => {
    expect(configOf('plugins: [{name: p, config: {1: a, yes: b, 1.5: c, __proto__: d}}]')).toEqual(
      JSON.parse('{"1": "a", "true": "b", "1.5": "c", "__proto__": "d"}'),
    )
  })

  test('infinity is not a value', () => {
    expect(problemsOf([v3('plugins: [{name: p, config: {v: .inf}}]')])).toEqual([
      'a.yaml:2:33: infinity and NaN aren’t JSON values. Quote it if it is a text.',
    ])
  })
})

describe('anchors, aliases and merge keys', () => {
  test('an alias stands for the value of its anchor', () => {
    expect(configOf('plugins: [{name: p, config: {a: &x [1, 2], b: *x}}]')).toEqual({ a: [1, 2], b: [1, 2] })
  })

  test('merge keys take over what is not written after them', () => {
    const base = 'base: &b {minute: 5, hour: 2}'
    expect(configOf(`plugins: [{name: p, config: {${base}, c: {<<: *b, minute: 9}}}]`)).toMatchObject({
      c: { minute: 9, hour: 2 },
    })
    // As in decK, a merge key wins over what stands before it.
    expect(configOf(`plugins: [{name: p, config: {${base}, c: {minute: 9, <<: *b}}}]`)).toMatchObject({
      c: { minute: 5, hour: 2 },
    })
    expect(
      configOf(`plugins: [{name: p, config: {${base}, c: {<<: [*b, {minute: 7, x: 1}]}}}]`),
    ).toMatchObject({
      c: { minute: 5, hour: 2, x: 1 },
    })
    expect(configOf(`plugins: [{name: p, config: {"<<": 3}}]`)).toEqual({ '<<': 3 })
  })

  test('entities may be merged too', () => {
    const manifest = manifestOf([
      v3(`
services:
- &one {name: a, host: h, retries: 1}
- {<<: *one, name: b}
`),
    ])
    expect(manifest.entities.map(({ fields }) => fields)).toEqual([
      { name: 'a', host: 'h', retries: 1 },
      { name: 'b', host: 'h', retries: 1 },
    ])
    expect(manifest.entities[1]?.source?.place('retries')).toEqual({ file: 'a.yaml', line: 4, column: 27 })
    expect(manifest.entities[1]?.source?.place('name')).toEqual({ file: 'a.yaml', line: 5, column: 14 })
  })

  test.each([
    ['{v: *nothing}', 'an alias names an anchor that is not defined before it'],
    ['{v: &a [*a]}', 'an alias is inside the node that it refers to'],
    ['{<<: 5}', 'a merge key refers to something other than a mapping'],
  ])('%s', (config, problem) => {
    const problems = problemsOf([v3(`plugins: [{name: p, config: ${config}}]`)])
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^a\.yaml:2:\d+: /)
    expect(problems[0]).toContain(problem)
  })
})

describe('hostile files end soon, with one sentence', () => {
  const within = (milliseconds: number, text: string) => {
    const start = process.threadCpuUsage()
    const problems = problemsOf([text])
    const { user, system } = process.threadCpuUsage(start)
    expect((user + system) / 1000).toBeLessThan(milliseconds)
    expect(problems).toHaveLength(1)
    return problems[0]
  }

  test('a bomb of aliases', () => {
    const levels = Array.from(
      { length: 40 },
      (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`,
    )
    expect(within(2000, v3(`_plugin_configs:\n  a0: &a0 {x: 1}\n  ${levels.join('\n  ')}\n`))).toContain(
      'aliases make the document grow beyond all bounds',
    )
  })

  test('a bomb of merge keys', largeInput, () => {
    const keys = Array.from({ length: 1000 }, (_, i) => `k${i}: 1`).join(', ')
    const merges = '- {<<: *m}\n'.repeat(10_000)
    expect(within(5000, v3(`a: &m {${keys}}\nb:\n${merges}`))).toContain('grow beyond all bounds')
  })

  test('aliases that nest without end', () => {
    const levels = Array.from({ length: 5000 }, (_, i) => `  a${i + 1}: &a${i + 1} {x: *a${i}}`)
    expect(within(2000, v3(`_plugin_configs:\n  a0: &a0 {x: 1}\n${levels.join('\n')}\n`))).toContain(
      'nest deeper than 100 levels',
    )
  })

  test('very deep nesting', () => {
    expect(within(2000, v3(`services: ${'['.repeat(100_000)}`))).toContain('nests deeper than 100 levels')
    expect(within(2000, v3(`services: ${'{a: '.repeat(100_000)}`))).toContain('nests deeper than 100 levels')
  })

  test('control characters and null bytes', () => {
    expect(within(500, v3('services: [{name: "a\0b", host: h}]'))).toBe(
      'a.yaml:2:21: the file holds a null byte. Save it as plain UTF-8 text.',
    )
    expect(within(500, v3('services: [{name: a\u0007b, host: h}]'))).toContain('control characters')
  })
})

describe('mistakes of syntax have a line and a column', () => {
  test.each([
    [
      'services:\n- name: a\n\thost: h\n',
      /^a\.yaml:4:\d+: a tab is used for indentation\. Indent with spaces\.$/,
    ],
    ['services:\n- name: a\n   host: h\n', /^a\.yaml:4:\d+: /],
    ['services: [{name: a}\nroutes: []\n', /^a\.yaml:[34]:\d+: /],
    [
      'services:\n- name: "a\n',
      /^a\.yaml:4:\d+: this line is not indented enough\. .* look for a quote above that is not closed\.$/,
    ],
    ['services: [{name: "a\\q"}]\n', /^a\.yaml:2:\d+: a double-quoted text has an unknown escape\./],
    [
      'services:\n- {name: a, host: h}\n- name: b\n  name: c\n  host: h\n',
      /^a\.yaml:5:3: this key is in the mapping twice, first on line 4\. Keep one of them/,
    ],
    ['services:\n- name: a: b\n', /^a\.yaml:3:\d+: /],
    ['? [a]\n: b\n', /^a\.yaml:2:\d+: a key is a list or a mapping\./],
    ['null: 1\n', /^a\.yaml:2:1: a key is empty\./],
  ])('%j', (text, problem) => {
    const problems = problemsOf([v3(text)])
    expect(problems[0]).toMatch(problem)
  })

  test('several files, each with its own', () => {
    expect(problemsOf([v3('a: ['), v3('b: [')]).map(problem => problem.slice(0, 9))).toEqual([
      'a.yaml:2:',
      'b.yaml:2:',
    ])
  })
})

describe('forms that files come in', () => {
  const service = [{ kind: 'service', fields: { name: 's', host: 'h' } }]

  test('with a byte order mark, with CRLF, without a line break at the end', () => {
    expect(
      entitiesIn(manifestOf(['\uFEFF_format_version: "3.0"\r\nservices:\r\n- name: s\r\n  host: h'])),
    ).toEqual(service)
    expect(problemsOf(['\uFEFFservies: []'])[0]).toMatch(/^a\.yaml:1:1: /)
    expect(problemsOf(['_format_version: "3.0"\r\n\r\nservies: []\r\n'])[0]).toMatch(/^a\.yaml:3:1: /)
  })

  test('JSON, indented with tabs', () => {
    const text = '{\n\t"_format_version": "3.0",\n\t"services": [\n\t\t{"name": "s", "host": "h"}\n\t]\n}\n'
    const manifest = manifestOf([{ path: 'a.json', text }])
    expect(entitiesIn(manifest)).toEqual(service)
    expect(manifest.entities[0]?.source?.place('host')).toEqual({ file: 'a.json', line: 4, column: 17 })
  })

  test('empty files beside others, and marks of one document', () => {
    const text = `%YAML 1.1\n---\n${v3('services: [{name: s, host: h}]\n')}...\n---\n`
    expect(entitiesIn(manifestOf(['', '# only words\n', '---\n', text]))).toEqual(service)
  })

  test('a second document is refused, because decK would ignore it', () => {
    expect(problemsOf([v3('services: []\n---\nroutes: []\n')])).toEqual([
      'a.yaml:4:1: the file holds more than one YAML document. Move the second document to a file of its own: decK would silently skip it.',
    ])
  })

  test('lines that begin with # are taken out wherever they stand, as decK does', () => {
    const text = 'plugins:\n- name: p\n  config:\n    v: |\n      one\n      # two\n      three # four\n'
    expect(configOf(text)).toEqual({ v: 'one\nthree # four\n' })
  })
})
