import spectral from '@stoplight/spectral-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { type LintedFile, type LintReport, lint } from '../../src/specs/lint/index.ts'
import { builtinRuleset } from '../../src/specs/lint/rulesets/rulesets.ts'
import { CLEAN } from './specs-lint/clean-document.ts'
import { DEFECTS, withDefect } from './specs-lint/defects.ts'
import { lintFolder } from './specs-lint/folder.ts'

const { root, write } = lintFolder()

/** A text with its mark taken out, and where that stood; the start of the file where there is none. */
function marked(name: string, text: string): { name: string; text: string; place: string } {
  const at = Math.max(0, text.indexOf('⟦'))
  const lines = text.slice(0, at).split('\n')
  return {
    name,
    text: text.replace('⟦', ''),
    place: `${name}:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`,
  }
}

function placesOf(file: LintedFile | undefined, rule: string): string[] {
  const own = file?.findings.filter(finding => finding.rule === rule) ?? []
  return own.map(({ place }) => `${place.file}:${place.line}:${place.column}`)
}

describe('every rule finds its defect at the right place', () => {
  let report: LintReport
  const cases = DEFECTS.map((defect, index) => ({
    ...marked(`${index}.yaml`, withDefect(defect)),
    rule: defect.rule,
  }))

  beforeAll(async () => {
    for (const { name, text } of cases) write(name, text)
    write('clean.yaml', CLEAN)
    write('clean-3.1.yaml', CLEAN.replace('openapi: 3.0.3', 'openapi: 3.1.0'))
    report = await lint(['clean.yaml', 'clean-3.1.yaml', ...cases.map(({ name }) => name)], { root })
  })

  it('has a case for every rule that is run on OpenAPI 3.0 or 3.1', () => {
    const all = new spectral.Ruleset({ extends: [builtinRuleset('oas'), builtinRuleset('owasp')] }).rules
    const run = Object.values(all).flatMap(({ name, enabled, formats }) => {
      const names = [...(formats ?? [])].map(format => format.name)
      const fits = names.length === 0 || names.some(format => /^isOas3$|^oas3_[01]$/.test(format))
      return enabled && fits ? [name] : []
    })
    expect(new Set(cases.map(({ rule }) => rule))).toEqual(new Set(run))
  })

  it('finds nothing in the clean documents', () => {
    expect(report.files.slice(0, 2).map(({ findings, problems }) => [...findings, ...problems])).toEqual([
      [],
      [],
    ])
  })

  it.each(cases)('$rule', ({ rule, name, place }) => {
    const found = placesOf(
      report.files.find(({ file }) => file === name),
      rule,
    )
    expect(new Set(found)).toEqual(new Set([place]))
  })
})

describe('places behind references', () => {
  const RULE = 'owasp:api4:2023-array-limit'
  const document = (schema: string, more = ''): string => `openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /a:
    post:
      requestBody:
        content:
          application/json:
            schema:
${schema.replace(/^/gm, '              ')}
      responses: {}
${more}`
  const components = (text: string): string => `components:\n  schemas:\n${text}`

  const forms: [string, Record<string, string>][] = [
    ['inline', { 'main.yaml': document('type: object\nproperties:\n  ⟦a: { type: array }') }],
    [
      'behind a local $ref',
      {
        'main.yaml': document(
          "$ref: '#/components/schemas/A'",
          components('    A:\n      properties:\n        ⟦a:\n          type: array\n'),
        ),
      },
    ],
    [
      'behind two local $refs',
      {
        'main.yaml': document(
          "$ref: '#/components/schemas/B'",
          components("    B: { $ref: '#/components/schemas/A' }\n    ⟦A:\n      type: array\n"),
        ),
      },
    ],
    [
      'in another file',
      {
        'main.yaml': document('$ref: other.yaml'),
        'other.yaml': 'type: object\nproperties:\n  ⟦a:\n    type: array\n',
      },
    ],
    [
      'in a part of another file',
      {
        'main.yaml': document('$ref: folder/other.json#/parts/a~1b'),
        'folder/other.json':
          '{\n  "parts": {\n    "a/b": {\n      "properties": { ⟦"x": { "type": "array" } }\n    }\n  }\n}\n',
      },
    ],
    [
      'over three files and back',
      {
        'main.yaml': document('$ref: one.yaml#/a', components('    ⟦End:\n      type: array\n')),
        'one.yaml': 'a:\n  properties:\n    x: { $ref: two.yaml }\n',
        'two.yaml': '$ref: main.yaml#/components/schemas/End\n',
      },
    ],
    [
      'in a path of another file',
      {
        'main.yaml':
          "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths:\n  /a: { $ref: paths/a.yaml }\n",
        'paths/a.yaml':
          'get:\n  parameters:\n    - name: q\n      in: query\n      ⟦schema: { type: array }\n',
      },
    ],
    ['in an item of a list', { 'main.yaml': document('allOf:\n  - type: object\n  - ⟦type: array') }],
    [
      'at an anchor',
      {
        'main.yaml': document(
          'type: object\nproperties:\n  a: &shared\n    properties:\n      ⟦x:\n        type: array\n  b: *shared\n  c:\n    <<: *shared',
        ),
      },
    ],
    [
      'in JSON',
      {
        'main.json':
          '{\n  "openapi": "3.0.3", "info": { "title": "T", "version": "1" },\n  "paths": {}, "components": { "schemas": {\n    ⟦"A": { "type": "array" } } } }',
      },
    ],
  ]
  const folders = forms.map(([what, files]) => {
    const folder = what.replaceAll(' ', '-')
    return {
      what,
      files: Object.entries(files).map(([name, text]): [string, string] => [`${folder}/${name}`, text]),
    }
  })
  let report: LintReport

  beforeAll(async () => {
    for (const [name, text] of folders.flatMap(({ files }) => files)) write(name, text.replace('⟦', ''))
    report = await lint(
      folders.map(({ files }) => files[0]?.[0] ?? ''),
      { root, builtin: ['owasp'] },
    )
  })

  it.each(folders.map(({ what }, index) => [what, index] as const))('%s are right', (_what, index) => {
    const expected = folders[index]?.files
      .filter(([, text]) => text.includes('⟦'))
      .map(entry => marked(...entry).place)
    expect(expected).toHaveLength(1)
    expect(placesOf(report.files[index], RULE)).toEqual(expected)
  })
})
