import { type CoverageEntry, entriesByGap, gapMeanings } from '../../../governance/coverage.ts'
import type { FleetView } from '../../../workflows/fleet/fleet-view.ts'
import type { EnvironmentCoverage } from '../../../workflows/governance/coverage.ts'
import { columnWidths } from '../../components/columns.ts'
import { cell, type Line, span } from '../../components/line.ts'
import { plural } from '../../components/plural.ts'
import { factLines } from '../findings/finding-detail.ts'
import { placeText } from '../findings/finding-rows.ts'
import { holdsAll } from '../pane/filter.ts'
import type { PaneRow } from '../pane/list-pane.tsx'

/** One line of the coverage: an environment with its number, a kind of gap, or an entry of the list behind it. */
export type CoverageRow =
  | (PaneRow & {
      readonly type: 'environment'
      readonly coverage: EnvironmentCoverage
      readonly production: boolean
    })
  | (PaneRow & {
      readonly type: 'gap'
      readonly gap: CoverageEntry['gap']
      readonly count: number
      readonly environment: string
    })
  | (PaneRow & { readonly type: 'entry'; readonly entry: CoverageEntry; readonly targets: readonly string[] })

/** The coverage of all environments, production first; the lists are folded until they are asked for. */
export function coverageRows(
  fleet: FleetView,
  words: readonly string[],
  toggled: ReadonlySet<string>,
): readonly CoverageRow[] {
  const all = (fleet.governance?.coverage ?? []).toReversed()
  const isProduction = (environment: string): boolean => fleet.production.includes(environment)
  return all
    .toSorted((a, b) => Number(isProduction(b.environment)) - Number(isProduction(a.environment)))
    .flatMap((coverage): readonly CoverageRow[] => {
      const { environment } = coverage
      const head: CoverageRow = {
        type: 'environment',
        key: `environment ${environment}`,
        coverage,
        production: isProduction(environment),
      }
      const gaps = entriesByGap(coverage.entries).flatMap(({ gap, rows }): readonly CoverageRow[] => {
        const shown = rows.filter(({ entry, targets }) =>
          holdsAll(
            `${environment} ${gap} ${entry.kind} ${entry.name} ${targets.join(' ')} ${entry.detail} ${placeText(entry.place)}`.toLowerCase(),
            words,
          ),
        )
        if (shown.length === 0) return []
        const open = words.length > 0
        const id = `${environment} ${gap}`
        const folded = toggled.has(id) ? open : !open
        return [
          {
            type: 'gap',
            key: `gap ${id}`,
            group: { name: id, folded },
            gap,
            count: shown.length,
            environment,
          },
          ...(folded
            ? []
            : shown.map(
                ({ entry, targets }): CoverageRow => ({
                  type: 'entry',
                  key: `${id} ${entry.kind} ${entry.name} ${placeText(entry.place)}`,
                  entry,
                  targets,
                }),
              )),
        ]
      })
      return words.length > 0 && gaps.length === 0 ? [] : [head, ...gaps]
    })
}

const columns = (width: number) => [
  { min: 26, max: 44 },
  { min: 10, max: width < 100 ? 14 : 28 },
  { min: 14 },
  ...(width < 110 ? [] : [{ min: 20, max: 34 }]),
]

export function coverageHeads(width: number): Line {
  const heads = ['WHAT', 'TARGETS', 'GAP', 'LINE']
  const widths = columnWidths(columns(width), width - 5)
  return [span(`     ${widths.map((cells, at) => cell(heads[at] ?? '', cells)).join(' ')}`, 'dim')]
}

export function drawCoverageRow(row: CoverageRow, width: number): Line {
  if (row.type === 'environment') return environmentLine(row)
  if (row.type === 'gap') {
    return [
      '  ',
      span(row.group?.folded ? '+ ' : '- ', 'dim'),
      span(row.gap, 'strong'),
      span(`  ${row.count}`, 'text'),
      span(`  ${gapMeanings[row.gap]}`, 'dim'),
    ]
  }
  const { entry, targets } = row
  const [what = 0, where = 0, detail = 0, place = 0] = columnWidths(columns(width + 1), width - 4)
  return [
    '    ',
    span(cell(`${entry.kind} ${entry.name}`, what), 'text'),
    ' ',
    span(cell(targets.join(', '), where), 'text'),
    ' ',
    span(cell(entry.detail, detail), 'dim'),
    ...(place === 0 ? [] : [' ', span(cell(placeText(entry.place), place), 'dim')]),
  ]
}

function environmentLine({
  coverage,
  production,
}: Extract<CoverageRow, { readonly type: 'environment' }>): Line {
  const { environment, percent, covered, routes, operations, exposed } = coverage
  const unread = [...coverage.unread, ...coverage.unknown]
  return [
    ...(production
      ? [span('PROD', 'production'), environment === 'prod' ? '' : ` ${environment}`]
      : [environment]),
    '  ',
    percent === null ? span('?', 'unknown') : span(`${percent}%`, percent === 100 ? 'ok' : 'strong'),
    `  ${covered} of ${plural(routes, 'route')}`,
    span(operations === 0 ? '' : `, ${exposed} of ${plural(operations, 'operation')}`, 'text'),
    unread.length === 0 ? '' : span(`   not read: ${unread.join(', ')}`, 'unseen'),
  ]
}

/** How a number is made up, or the entry in full. */
export function coverageDetail(row: CoverageRow, width: number): readonly Line[] {
  if (row.type === 'gap') {
    return [
      [span(row.gap, 'strong'), `  in ${row.environment}`],
      ...factLines('what', gapMeanings[row.gap], width),
    ]
  }
  if (row.type === 'entry') {
    const { entry, targets } = row
    return [
      [span(`${entry.kind} ${entry.name}`, 'strong'), span(`  ${entry.gap}`, 'text')],
      ...factLines('targets', targets.join(', '), width),
      ...factLines('gap', entry.detail, width),
      ...factLines('line', entry.place ? placeText(entry.place) : 'no file holds it', width),
    ]
  }
  const { coverage } = row
  return [
    [span(coverage.environment, 'strong')],
    ...factLines(
      'covered',
      'a route at a gateway that a manifest has and a specification describes, answering no more than that; without specifications, manifests alone count',
      width,
    ),
    ...factLines('answered', 'an operation of a specification that a route leads to', width),
    ...factLines('read', coverage.targets.join(', ') || 'none', width),
    ...(coverage.unread.length + coverage.unknown.length === 0
      ? []
      : factLines('not read', [...coverage.unread, ...coverage.unknown].join(', '), width)),
    ...factLines('report', 'gatewatch coverage -o markdown or html, for an audit', width),
  ]
}
