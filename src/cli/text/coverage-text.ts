import { type CoverageEntry, entriesByGap, gapMeanings } from '../../governance/coverage.ts'
import { htmlText, markdownText } from '../../model/safe-markup.ts'
import type { EnvironmentCoverage } from '../../workflows/governance/coverage.ts'
import { aligned, counted, type Paint, plain } from './text-parts.ts'

/** What a coverage report is about. */
export interface CoverageAbout {
  readonly name: string
  readonly commit: string | null
  readonly at: Date
  /** Whether there are any specifications. */
  readonly described: boolean
}

function percentText({ percent }: EnvironmentCoverage): string {
  return percent === null ? '?' : `${percent}%`
}

function headText(environment: EnvironmentCoverage, { described }: CoverageAbout): string {
  const { covered, routes, exposed, operations, unread, unknown } = environment
  const as = described ? ' and described, answering no more than that' : ''
  const routesText = `${covered} of ${counted(routes, 'route')} in a manifest${as}`
  const notRead = [...unread, ...unknown]
  const operationsText = described ? `; ${exposed} of ${counted(operations, 'operation')} answered` : ''
  return `${routesText}${operationsText}${notRead.length > 0 ? `; not read: ${notRead.join(', ')}` : ''}`
}

function placeText({ place }: CoverageEntry): string {
  return place ? `${place.file}:${place.line}` : ''
}

/** Coverage for people. */
export function coverageText(
  environments: readonly EnvironmentCoverage[],
  about: CoverageAbout,
  paint: Paint,
): string {
  const lines = environments.flatMap(environment => [
    `${paint('bold', plain(environment.environment))}  ${percentText(environment)}  ${plain(headText(environment, about))}`,
    ...entriesByGap(environment.entries).flatMap(({ gap, rows }) => [
      `  ${gap}: ${gapMeanings[gap]}`,
      ...aligned(
        rows.map(({ entry, targets }) => [
          `    ${plain(`${entry.kind} ${entry.name}`)}`,
          plain(targets.join(', ')),
          plain(entry.detail),
          paint('gray', plain(placeText(entry))),
        ]),
      ),
    ]),
  ])
  return `${lines.join('\n')}\n`
}

/** Coverage as Markdown, for an auditor. */
export function coverageMarkdown(environments: readonly EnvironmentCoverage[], about: CoverageAbout): string {
  const lines = [
    `# Coverage of ${markdownText(about.name)}`,
    '',
    ...aboutLines(about).map(line => `${markdownText(line)}  `),
    '',
    '| environment | covered | routes | operations answered | not read |',
    '|---|---|---|---|---|',
    ...environments.map(
      each =>
        `| ${[
          markdownText(each.environment),
          percentText(each),
          `${each.covered} of ${each.routes}`,
          about.described ? `${each.exposed} of ${each.operations}` : '?',
          markdownText(each.unread.join(', ')),
        ].join(' | ')} |`,
    ),
    ...environments.flatMap(environment => [
      '',
      `## ${markdownText(environment.environment)}`,
      ...entriesByGap(environment.entries).flatMap(({ gap, rows }) => [
        '',
        `### ${gap}: ${rows.length}`,
        '',
        `${gapMeanings[gap]}:`,
        '',
        '| what | targets | gap | line |',
        '|---|---|---|---|',
        ...rows.map(
          ({ entry, targets }) =>
            `| ${[`${entry.kind} ${entry.name}`, targets.join(', '), entry.detail, placeText(entry)].map(markdownText).join(' | ')} |`,
        ),
      ]),
    ]),
  ]
  return `${lines.join('\n')}\n`
}

function aboutLines({ name, commit, at }: CoverageAbout): readonly string[] {
  return [
    `Fleet: ${name}`,
    `Manifests and specifications: ${commit === null ? 'not in Git' : `commit ${commit}`}`,
    `Gateways as read: ${at.toISOString().slice(0, 19)}Z`,
  ]
}

/**
 * Coverage as one HTML page without scripts, for an auditor. It is well-formed XML too, so that programs can read it.
 */
export function coverageHtml(environments: readonly EnvironmentCoverage[], about: CoverageAbout): string {
  const title = htmlText(`Coverage of ${about.name}`)
  const overview = table(
    ['environment', 'covered', 'routes', 'operations answered', 'not read'],
    environments.map(each => [
      each.environment,
      percentText(each),
      `${each.covered} of ${each.routes}`,
      about.described ? `${each.exposed} of ${each.operations}` : '?',
      [...each.unread, ...each.unknown].join(', '),
    ]),
  )
  const parts = environments.flatMap(environment => [
    `<h2>${htmlText(environment.environment)}: ${percentText(environment)}</h2>`,
    `<p>${htmlText(headText(environment, about))}</p>`,
    ...entriesByGap(environment.entries).flatMap(({ gap, rows }) => [
      `<h3>${gap}: ${rows.length}</h3>`,
      `<p>${htmlText(gapMeanings[gap])}</p>`,
      table(
        ['what', 'targets', 'gap', 'line'],
        rows.map(({ entry, targets }) => [
          `${entry.kind} ${entry.name}`,
          targets.join(', '),
          entry.detail,
          placeText(entry),
        ]),
      ),
    ]),
  ])
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${title}</title>
<style>
body { font-family: sans-serif; line-height: 1.4; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse }
th, td { text-align: left; padding: .2rem 1rem .2rem 0; border-bottom: 1px solid #ccc; vertical-align: top }
td { overflow-wrap: anywhere }
</style>
</head>
<body>
<h1>${title}</h1>
${aboutLines(about)
  .map(line => `<p>${htmlText(line)}</p>`)
  .join('\n')}
${overview}
${parts.join('\n')}
</body>
</html>
`
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map(text => `<th scope="col">${htmlText(text)}</th>`).join('')
  const body = rows.map(
    texts => `<tr>${texts.map(text => `<td>${htmlText(plain(text))}</td>`).join('')}</tr>`,
  )
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`
}
