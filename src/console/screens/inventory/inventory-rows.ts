import { compareFindings, type Finding } from '../../../governance/finding.ts'
import { type Api, describedText } from '../../../model/api.ts'
import type { Facet } from '../../../model/schema/kind-meaning.ts'
import type { Kinds } from '../../../model/schema/kinds.ts'
import { isPartlyKnown } from '../../../workflows/fleet/fleet-counts.ts'
import type { FleetView, TargetView } from '../../../workflows/fleet/fleet-view.ts'
import { type Column, columnWidths } from '../../components/columns.ts'
import { cell, type Line, type Span, span } from '../../components/line.ts'
import type { Role } from '../../theme/roles.ts'
import { findingsAbout, worstSpan } from '../findings/findings-about.ts'

/** One line of the inventory. */
export interface ApiRow {
  readonly key: string
  readonly api: Api
  readonly production: boolean
  /** Whether the data is from an earlier reading. */
  readonly stale: boolean
  /** Findings about the route and its service; null: unknown. */
  readonly findings: readonly Finding[] | null
  readonly search: string
}

export function apiRows(fleet: FleetView): readonly ApiRow[] {
  return fleet.targets.flatMap(target =>
    (target.apis ?? []).map((api): ApiRow => {
      const key = `${api.target} ${api.service} ${api.route}`
      const found = target.findings && [
        ...findingsAs('route', api.route, target, fleet.kinds),
        ...findingsAs('service', api.service, target, fleet.kinds),
      ]
      // An empty result means nothing if policies could not be evaluated.
      const findings = found?.length === 0 && isPartlyKnown(target) ? null : found
      return {
        key,
        api,
        production: fleet.production.includes(api.environment),
        stale: target.reach.state === 'failed',
        findings,
        search: [
          api.target,
          api.service ?? '',
          api.route ?? '',
          ...api.methods,
          ...api.hosts,
          ...api.paths,
          ...api.tags,
          protectionText(api),
          gitText(api),
          specificationText(api),
          ...(findings ?? []).map(finding => `${finding.severity} ${finding.rule}`),
        ]
          .join(' ')
          .toLowerCase(),
      }
    }),
  )
}

/** What is found about the route or service of a name. */
function findingsAs(facet: Facet, name: string | null, target: TargetView, kinds: Kinds): readonly Finding[] {
  return name === null ? [] : kinds.as(facet).flatMap(kind => findingsAbout(target, kind, name))
}

function protectionText(api: Api): string {
  if (api.route === null) return 'no route'
  if (api.authentication === null) return '?'
  return api.authentication.length === 0 ? 'open' : api.authentication.join(',')
}

function gitText(api: Api): string {
  return api.managed === null ? '?' : api.managed ? 'in Git' : 'not in Git'
}

function specificationText({ specification }: Api): string {
  return specification === null ? 'in no specification' : describedText(specification)
}

/** A column of the inventory. */
interface ApiColumn extends Column {
  readonly head: string
  /** The minimum terminal width for it to be shown. */
  readonly from: number
  readonly draw: (row: ApiRow) => Span
}

const base = (row: ApiRow): Role => (row.stale ? 'stale' : 'text')

const apiColumns: readonly ApiColumn[] = [
  {
    head: 'TARGET',
    min: 8,
    max: 12,
    from: 0,
    draw: row => span(row.api.target, row.production ? 'production' : base(row)),
  },
  { head: 'SERVICE', min: 10, max: 20, from: 110, draw: row => span(row.api.service ?? '-', base(row)) },
  {
    head: 'ROUTE',
    min: 20,
    max: 28,
    from: 0,
    draw: row => span(row.api.route ?? `${row.api.service ?? ''} (no route)`, base(row)),
  },
  { head: 'ANSWERS', min: 28, from: 0, draw: row => span(answersText(row.api), base(row)) },
  {
    head: 'PROTECTED',
    min: 9,
    max: 16,
    from: 0,
    draw: row => span(protectionText(row.api), protectionRole(row.api)),
  },
  {
    head: 'FINDS',
    min: 8,
    max: 8,
    from: 0,
    draw: row => worstSpan(row.findings, word => word),
  },
  {
    head: 'GIT',
    min: 10,
    max: 10,
    from: 70,
    draw: row => span(gitText(row.api), row.api.managed === false ? 'edited' : 'dim'),
  },
  {
    head: 'SPEC',
    min: 4,
    max: 4,
    from: 100,
    draw: row => span(row.api.specification === null ? '-' : 'yes', 'dim'),
  },
]

function columnsOf(width: number): {
  readonly columns: readonly ApiColumn[]
  readonly widths: readonly number[]
} {
  const columns = apiColumns.filter(column => width >= column.from)
  return { columns, widths: columnWidths(columns, width - 1) }
}

export function apiHeads(width: number): Line {
  const { columns, widths } = columnsOf(width)
  return [span(` ${columns.map(({ head }, at) => cell(head, widths[at] ?? 0)).join(' ')}`, 'dim')]
}

/** As `GET api.pay.example/disputes`. */
function answersText(api: Api): string {
  if (api.route === null) return '-'
  if (api.expression !== null) return api.expression
  const hosts = api.hosts.join(',') || '*'
  return `${api.methods.join(',') || 'ANY'} ${hosts}${api.paths.join(',') || '/'}`
}

function protectionRole(api: Api): Role {
  if (api.route === null) return 'dim'
  if (api.authentication === null) return 'unknown'
  return api.authentication.length === 0 ? 'exposed' : 'ok'
}

export function drawApi(row: ApiRow, width: number): Line {
  const { columns, widths } = columnsOf(width + 1)
  return columns.flatMap((column, at) => {
    const { text, role } = column.draw(row)
    return [...(at === 0 ? [] : [' ']), span(cell(text, widths[at] ?? 0), role)]
  })
}

/** What a request must have to be answered. */
function matchText({ expression, methods, hosts, paths }: Api): string {
  if (expression !== null) return expression
  return `${methods.join(', ') || 'any method'}  ${hosts.join(', ') || 'any host'}  ${paths.join(', ') || 'any path'}`
}

export function apiLines(row: ApiRow): readonly Line[] {
  const { api } = row
  const open = api.route !== null && api.authentication?.length === 0
  return [
    [
      ' ',
      span(api.route ?? api.service ?? '', 'strong'),
      `  on ${api.target}`,
      span(api.enabled === false ? '  the service is disabled' : '', 'notice'),
    ],
    [' ', span(cell('answers', 11), 'dim'), `${matchText(api)}  ${api.protocols.join(', ')}`],
    [
      ' ',
      span(cell('protected', 11), 'dim'),
      span(open ? 'nothing authenticates' : protectionText(api), open ? 'exposed' : 'text'),
    ],
    [' ', span(cell('known to', 11), 'dim'), `${gitText(api)}, ${specificationText(api)}`],
    foundLine(row.findings),
    [' ', span(cell('tags', 11), 'dim'), api.tags.join(', ') || '-'],
  ]
}

function foundLine(findings: readonly Finding[] | null): Line {
  const [first, ...more] = findings?.toSorted(compareFindings) ?? []
  const label = span(cell('found', 11), 'dim')
  if (findings === null) return [' ', label, span('not known', 'unknown')]
  if (!first) return [' ', label, '-']
  return [
    ' ',
    label,
    worstSpan(findings, word => word),
    `  ${first.rule}: ${first.message}`,
    span(more.length === 0 ? '' : `  and ${more.length} more`, 'dim'),
  ]
}
