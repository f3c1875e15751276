import { XmlDocument, XmlElement } from 'libxml2-wasm'
import { afterAll, describe, expect, test } from 'vitest'
import { coverageHtml, coverageMarkdown } from '../../src/cli/text/coverage-text.ts'
import { safeText } from '../../src/model/safe-text.ts'
import type { EnvironmentCoverage } from '../../src/workflows/governance/coverage.ts'
import { githubHtml } from '../github-html.ts'

const about = { name: 'pay & <b>', commit: null, at: new Date('2026-03-01T02:14:07Z'), described: true }

function environment(names: readonly string[]): EnvironmentCoverage {
  return {
    environment: 'prod',
    percent: 50,
    routes: 2,
    covered: 1,
    operations: 4,
    exposed: 3,
    targets: ['prod-eu'],
    unread: ['prod-ap'],
    unknown: [],
    entries: names.map(name => ({
      gap: 'shadow',
      target: 'prod-eu',
      kind: 'route',
      name,
      detail: 'in no manifest',
      place: { file: `kong/${name.replaceAll('/', '')}.yaml`, line: 3, column: 1 },
    })),
  }
}

/** Names that try to be something else. */
const hostile = [
  '</td><script>alert(1)</script>',
  '"onmouseover="x',
  '&lt;b&gt; &amp; &#60;',
  ']]><!--',
  '| a | b |\n# heading',
  '[click](javascript:x)',
  '`code` *bold* ~~gone~~ ![x](y)',
  'a\u0000b\u202ec\u001b[31m',
]

describe('the HTML report', () => {
  const page = coverageHtml([environment(hostile)], about)
  const document = XmlDocument.fromString(page)
  afterAll(() => document.dispose())
  const texts = (path: string): readonly string[] => document.find(path).map(node => node.content)

  test('is well-formed and contains names only as text', () => {
    expect(texts('/html/head/title')).toEqual(['Coverage of pay & <b>'])
    expect(texts('//script | //b | //a | //@onmouseover')).toEqual([])
    const cells = texts('//table[2]/tbody/tr/td[1]')
    expect(cells).toHaveLength(hostile.length)
    for (const name of hostile.slice(0, 4)) expect(cells).toContain(`route ${name}`)
    // What would end a line or turn it is written out.
    expect(cells).toContain('route a\\x00b\\u202ec\\x1b[31m')
  })

  test('begins with the numbers of each environment, and names what was not read', () => {
    expect(texts('//table[1]/tbody/tr/td')).toEqual(['prod', '50%', '1 of 2', '3 of 4', 'prod-ap'])
    expect(page).toContain('Gateways as read: 2026-03-01T02:14:07Z')
    expect(page).toContain('not in Git')
  })
})

test('a hostile name creates no row, link, heading or tag in Markdown', () => {
  const names = [...hostile, '@team #1 https://evil.example www.evil.example me@evil.example']
  const html = githubHtml(coverageMarkdown([environment(names)], about))
  const document = XmlDocument.fromString(`<page>${html}</page>`)
  const tags = new Set(document.find('//*').map(node => (node instanceof XmlElement ? node.name : '')))
  expect([...tags].toSorted()).toEqual(
    ['code', 'h1', 'h2', 'h3', 'p', 'page', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'br'].toSorted(),
  )
  const cells = document.find('//table[2]/tbody/tr/td[1]').map(node => node.content)
  for (const name of names) expect(cells).toContain(`route ${safeText(name)}`)
  // A site makes mentions and references of what stands outside code.
  expect(
    document
      .find('//td/text()')
      .map(node => node.content)
      .join(),
  ).not.toMatch(/[@#]/)
  document.dispose()
})
