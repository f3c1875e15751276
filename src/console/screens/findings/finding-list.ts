import type { Finding } from '../../../governance/finding.ts'
import { type Line, span } from '../../components/line.ts'
import type { App } from '../../store/app.ts'
import { openPane, type Pane } from '../pane/list-pane.tsx'
import { findingBindings, type Openers } from './finding-actions.ts'
import { factLines, findingDetail, stampText } from './finding-detail.ts'
import {
  drawFindingRow,
  type FindingRow,
  findingHeads,
  findingRows,
  type Grouping,
  groupings,
  severityCounts,
} from './finding-rows.ts'

/** What a list of findings is about. */
export interface FindingListOptions {
  readonly app: App
  /** All findings, the same list object until something is new; null: unknown yet. */
  find(): readonly Finding[] | null
  /** Lines above the list. */
  above(width: number): readonly Line[]
  readonly openers: Openers
  /** The text shown if nothing is found. */
  readonly none: string
  /** The initial grouping, in addition to the usual ones. */
  readonly grouping?: Grouping
}

/** A list of findings with everything that can be done about them. */
export function openFindingList(options: FindingListOptions): Pane {
  const { app, find, above, openers, none } = options
  const ways = [...(options.grouping ? [options.grouping] : []), ...groupings]
  let way = 0
  const grouping = (): Grouping => ways[way % ways.length] ?? rule
  const next = (): Grouping => ways[(way + 1) % ways.length] ?? rule
  const rows = remembered(findingRows)
  const pane = openPane<FindingRow>({
    app,
    rows: (words, toggled) => rows(find() ?? [], app.store.getState().fleet, grouping(), words, toggled),
    above: (width, filter) => [...above(width), countLine(find(), grouping(), filter), findingHeads(width)],
    draw: drawFindingRow,
    detail(row, width) {
      if (row === undefined) return []
      return row.type === 'group'
        ? groupDetail(row, width)
        : findingDetail(row.finding, row.production, width)
    },
    bindings: row => [
      ...findingBindings(app, row?.type === 'finding' ? row.finding : undefined, openers),
      ...(row?.type === 'finding'
        ? [{ verb: 'open', name: 'in full', run: () => openers.finding(row.finding) } as const]
        : []),
      {
        verb: 'group',
        bar: true,
        name: `by ${next().name}`,
        run() {
          way += 1
          pane.refresh()
        },
      },
    ],
    target: row => (row?.type === 'finding' ? row.finding.target : null),
    empty: () => (find() === null ? 'not known yet' : none),
  })
  return pane
}

const rule: Grouping = { name: 'rule', groupOf: finding => finding.rule }

/** The last result for the same arguments: the clock asks every few seconds, and nothing is new. */
function remembered<A extends readonly unknown[], T>(make: (...args: A) => T): (...args: A) => T {
  let last: { readonly args: A; readonly made: T } | undefined
  return (...args) => {
    const known = last
    if (known?.args.every((each, at) => same(each, args[at]))) return known.made
    const made = make(...args)
    last = { args, made }
    return made
  }
}

/** The words of a filter are a new object each time. */
function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.length <= 20) {
    return a.every((each, at) => each === b[at])
  }
  return a === b
}

function countLine(findings: readonly Finding[] | null, { name }: Grouping, filter: string): Line {
  const counts = findings === null ? [span('?', 'unknown')] : severityCounts(findings)
  return [' ', ...counts, span(`   by ${name}${filter === '' ? '' : `   filter: ${filter}`}`, 'dim')]
}

/** A rule, if the group is one; otherwise the group's name. */
function groupDetail(
  { label, first, count }: Extract<FindingRow, { readonly type: 'group' }>,
  width: number,
): readonly Line[] {
  if (label !== first.rule) return [[span(label, 'strong'), span(`  ${count}`, 'dim')]]
  return [
    [span(first.rule, 'strong'), span(`  ${first.title}`, 'text')],
    ...factLines('fix', first.fix, width),
    ...factLines('why', first.rationale, width),
    ...(first.owasp === null ? [] : factLines('owasp', first.owasp, width)),
    ...factLines('policy', stampText(first.policy), width),
  ]
}
