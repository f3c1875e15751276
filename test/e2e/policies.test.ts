import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import AjvDraft4 from 'ajv-draft-04'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { project } from '../program.ts'
import { findingSchema, type GovernedDemo, serveDemo } from './governed-demo.ts'

let demo: GovernedDemo
beforeAll(async () => {
  demo = await serveDemo()
})
afterAll(() => demo[Symbol.asyncDispose]())

describe('reports for machines', () => {
  test('are JUnit that fits its schema', async () => {
    const { out } = await demo.run('check', '--target', 'prod-eu', '--output', 'junit')
    const xsd = XmlDocument.fromString(readFileSync(join(project, 'test/unit/specs-lint/junit.xsd'), 'utf8'))
    const document = XmlDocument.fromString(out)
    try {
      XsdValidator.fromDoc(xsd).validate(document)
    } finally {
      document.dispose()
    }
    expect(out).toContain('<testcase name="nothing found" classname="numeric-id"/>')
    expect(out).toMatch(/classname="route-without-authentication">\n {6}<failure type="block"/)
    expect(out).toContain('<skipped message="waived until')
  })

  test('are SARIF that fits its schema', async () => {
    const { out } = await demo.run('check', '--target', 'prod-eu', '--output', 'sarif')
    const file = createRequire(import.meta.url).resolve(
      '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
    )
    const { $schema: _, ...schema } = JSON.parse(readFileSync(file, 'utf8'))
    const isSarif = new AjvDraft4({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(
      schema,
    )
    const log = JSON.parse(out)
    expect(isSarif(log), JSON.stringify(isSarif.errors)).toBe(true)
    expect(log.runs[0].results[0]).toMatchObject({
      ruleId: 'route-without-authentication',
      level: 'error',
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'kong/disputes.yaml' }, region: { startLine: 33 } } },
      ],
    })
  })

  test('are annotations of GitHub Actions', async () => {
    const { out } = await demo.run('check', '--target', 'prod-eu', '--output', 'github')
    expect(out).toMatch(
      /^::error file=kong\/disputes\.yaml,line=33,col=9,title=route-without-authentication::route disputes-list/m,
    )
    expect(out).not.toContain('legacy-export: nothing authenticates')
  })
})

describe('gatewatch policy', () => {
  test('new writes one that test passes', async () => {
    await demo.withFiles({}, async () => {
      const made = await demo.run('policy', 'new', 'short-waits')
      expect(made.err).toContain('wrote policies/short-waits.yaml')
      const tested = await demo.run('policy', 'test')
      expect(tested.out).toMatch(/^pass short-waits {2}2 examples$/m)
      expect(tested.code).toBe(0)
      const twice = await demo.run('policy', 'new', 'short-waits')
      expect(twice.code).toBe(1)
      expect(twice.err).toContain('exists already')
      expect((await demo.run('policy', 'new', 'Short Waits')).err).toContain(
        'must be a name of lowercase letters',
      )
    })
  })

  test('test reports which example fails and why', async () => {
    const text = readFileSync(join(demo.folder, 'policies/timeouts.yaml'), 'utf8')
    await demo.withFiles(
      { 'policies/timeouts.yaml': text.replace('at_most: 60000', 'at_most: 240000') },
      async () => {
        const { out, code } = await demo.run('policy', 'test', 'timeouts')
        expect(out).toMatch(/^FAIL timeouts {2}2 examples\n {5}example 2 \(fail\): it finds nothing$/m)
        expect(code).toBe(2)
        // Approved with examples that fail it stops counting as approved, and that is found.
        const all = await demo.findings('--no-live')
        expect(all.map(finding => finding.rule)).toContain('policy-examples-fail')
      },
    )
  })

  test('impact shows the findings of a draft in the whole fleet', async () => {
    const text = readFileSync(join(demo.folder, 'policies/timeouts.yaml'), 'utf8')
    const draft = text
      .replace('id: timeouts', 'id: shorter-timeouts')
      .replace('state: approved', 'state: draft')
      .replace('at_most: 60000', 'at_most: 10000')
    await demo.withFiles({ 'drafts/shorter.yaml': draft }, async () => {
      const { out, code } = await demo.run(
        'policy',
        'impact',
        'drafts/shorter.yaml',
        '--no-live',
        '--output',
        'json',
      )
      expect(code).toBe(2)
      const found = z.array(findingSchema).parse(JSON.parse(out))
      expect(new Set(found.map(finding => finding.rule))).toEqual(new Set(['shorter-timeouts']))
      expect(new Set(found.map(finding => finding.target)).size).toBe(6)
      expect(found.filter(finding => finding.target === 'prod-ap').map(finding => finding.severity)[0]).toBe(
        'warn',
      )
    })
    expect((await demo.run('policy', 'impact', 'timeout')).err).toContain('Did you mean timeouts?')
  })

  test('list shows state and approval', async () => {
    const { out } = await demo.run('policy', 'list')
    expect(out).toMatch(
      /^timeouts +API4:2023 +info, prod warn +approved +approval unverified: \w+, which approves it, is not signed/m,
    )
    expect(out).toMatch(/^key-in-one-header .* candidate +candidate policy/m)
    expect(out).toMatch(/^shadow-api .* built in$/m)
  })
})

describe('gatewatch coverage', () => {
  test('has a number for each environment and the list behind it, from facts only', async () => {
    const { out, code } = await demo.run('coverage', '--output', 'json')
    expect(code).toBe(1)
    const { environments: found } = z
      .object({
        environments: z.array(z.looseObject({ environment: z.string(), unread: z.array(z.string()) })),
      })
      .parse(JSON.parse(out))
    expect(found.map(each => [each.environment, each.unread])).toEqual([
      ['dev', []],
      ['staging', []],
      ['prod', ['prod-ap']],
    ])
    // 29 routes; of them 11 are described by nothing, and one answers PUT too.
    expect(found[0]).toMatchObject({ routes: 58, covered: 34, percent: 58, operations: 38, exposed: 38 })
  })

  test('can be Markdown or a page without scripts', async () => {
    const markdown = await demo.run('coverage', '--target', 'prod-eu', '--output', 'markdown')
    expect(markdown.out).toMatch(/^# Coverage of payments$/m)
    expect(markdown.out).toMatch(/^\| prod \| \d+% \| \d+ of \d+ \| \d+ of 19 \|/m)
    expect(markdown.out).toMatch(/^\| route legacy-export \| prod-eu \| in no manifest \|/m)
    const html = await demo.run('coverage', '--target', 'prod-eu', '--output', 'html')
    expect(html.out).toMatch(/^<!DOCTYPE html>/)
    expect(html.out).not.toMatch(/<script|javascript:/i)
    expect(html.out).toContain('<td>route legacy-export</td>')
  })
})
