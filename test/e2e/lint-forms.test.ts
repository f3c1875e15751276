import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { gatewatch } from '../program.ts'
import { DEFECTS, withDefect } from '../unit/specs-lint/defects.ts'
import { FORMS, type Form, written } from '../unit/specs-lint/forms.ts'

/** Rules that Spectral asks of the document's own text and of no other file, and what they don't see there. */
const ownTextOnly: Readonly<Record<string, readonly Form[]>> = {
  'no-$ref-siblings': ['external file'],
  'array-items': ['external file'],
  // It holds the text against OpenAPI's own schema, in which a reference is as good as what it leads to.
  'oas3-schema': ['local $ref', 'external file'],
}

interface Case {
  readonly rule: string
  readonly form: Form
  readonly file: string
  /** `file:line:column` of each mark in the YAML. */
  readonly places: readonly string[]
}

const found = z.object({
  files: z.array(
    z.object({
      file: z.string(),
      problems: z.array(z.unknown()),
      findings: z.array(
        z.object({
          rule: z.string(),
          place: z.object({ file: z.string(), line: z.number(), column: z.number() }),
        }),
      ),
    }),
  ),
})

let work: string
const places = new Map<string, ReadonlyMap<string, ReadonlySet<string>>>()

/** Where the marks of a text stand once they are taken out. */
function marksIn(name: string, text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const at = line.indexOf('⟦')
    return at < 0 ? [] : [`${name}:${index + 1}:${at + 1}`]
  })
}

const cases: Case[] = []
const texts = new Map<string, string>()
for (const [index, defect] of DEFECTS.entries()) {
  for (const form of FORMS) {
    const files = written(withDefect(defect), form)
    if (!files || ownTextOnly[defect.rule]?.includes(form)) continue
    const folder = `${index}-${form.replaceAll(/\W/g, '')}`
    const own = Object.entries(files).map(([name, text]): [string, string] => [`${folder}/${name}`, text])
    for (const [name, text] of own) texts.set(name, text.replaceAll('⟦', ''))
    cases.push({
      rule: defect.rule,
      form,
      file: `${folder}/main.yaml`,
      places: own.flatMap(([name, text]) => marksIn(name, text)),
    })
  }
}

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-forms-'))
  for (const [name, text] of texts) {
    mkdirSync(dirname(join(work, name)), { recursive: true })
    writeFileSync(join(work, name), text)
  }
  const isOwasp = ({ rule }: Case): boolean => rule.startsWith('owasp:')
  for (const [builtin, own] of [
    ['owasp', cases.filter(isOwasp)],
    ['oas', cases.filter(each => !isOwasp(each))],
  ] as const) {
    const files = own.map(({ file }) => file)
    const { out } = await gatewatch(['lint', ...files, '--builtin', builtin, '--output', 'json'], {
      cwd: work,
      env: { GATEWATCH_STATE_DIR: join(work, 'state') },
    })
    for (const { file, findings, problems } of found.parse(JSON.parse(out)).files) {
      expect(problems).toEqual([])
      const byRule = Map.groupBy(findings, finding => finding.rule)
      const sets = [...byRule].map(([rule, list]): [string, ReadonlySet<string>] => [
        rule,
        new Set(list.map(({ place }) => `${place.file}:${place.line}:${place.column}`)),
      ])
      places.set(file, new Map(sets))
    }
  }
}, 300_000)

afterAll(() => rm(work, { recursive: true }))

describe.each(FORMS)('a defect in the form "%s"', form => {
  it.each(cases.filter(each => each.form === form))('is reported where it is written: $rule', each => {
    expect(each.places.length).toBeGreaterThan(0)
    expect(places.get(each.file)?.get(each.rule)).toEqual(new Set(each.places))
  })
})

it('each form has rules of both rulesets', () => {
  for (const form of FORMS) {
    const rules = cases.filter(each => each.form === form).map(({ rule }) => rule)
    expect(rules.some(rule => rule.startsWith('owasp:'))).toBe(true)
    expect(rules.some(rule => !rule.startsWith('owasp:'))).toBe(true)
  }
})
