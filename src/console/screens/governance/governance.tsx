import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Finding } from '../../../governance/finding.ts'
import { problemText } from '../../../model/problem.ts'
import type { FleetView, TargetView } from '../../../workflows/fleet/fleet-view.ts'
import { type Line, type Span, span, spread } from '../../components/line.ts'
import type { Binding } from '../../keymap/bindings.ts'
import type { App, OpenScreen } from '../../store/app.ts'
import { editBinding } from '../findings/finding-actions.ts'
import { openFindingList } from '../findings/finding-list.ts'
import {
  copyBinding,
  openers,
  openImpact,
  openRuleFindings,
  openWaiverFindings,
} from '../findings/findings.ts'
import { isStale } from '../needs/target-tree.ts'
import { openPane, type Pane } from '../pane/list-pane.tsx'
import {
  type CoverageRow,
  coverageDetail,
  coverageHeads,
  coverageRows,
  drawCoverageRow,
} from './coverage-rows.ts'
import { drawPolicyRow, type PolicyRow, policyDetail, policyHeads, policyRows } from './policy-rows.ts'
import { drawWaiverRow, type WaiverRow, waiverDetail, waiverHeads, waiverRows } from './waiver-rows.ts'

const tabs = ['findings', 'policies', 'waivers', 'coverage'] as const
export type Tab = (typeof tabs)[number]

interface GovernanceState {
  readonly tab: Tab
}

/** Policies of the fleet: what they find, their state, what is waived, and what is covered. */
export function openGovernance(app: App, tab: Tab = 'findings'): OpenScreen {
  const store = createStore<GovernanceState>(() => ({ tab }))
  const fleet = () => app.store.getState().fleet
  const above = (width: number) => tabLines(fleet(), store.getState().tab, width)
  const panes: Readonly<Record<Tab, Pane>> = {
    findings: openFindingList({
      app,
      find: () => allFindings(fleet()),
      above,
      openers: openers(app),
      none: 'policies find nothing',
    }),
    policies: policyPane(app, above),
    waivers: waiverPane(app, above),
    coverage: coveragePane(app, above),
  }
  const pane = () => panes[store.getState().tab]
  const step = (by: number) => {
    const at = tabs.indexOf(store.getState().tab) + by + tabs.length
    store.setState({ tab: tabs[at % tabs.length] ?? 'findings' })
    pane().refresh()
  }
  const bindings = (): readonly Binding[] => {
    const next = tabs[(tabs.indexOf(store.getState().tab) + 1) % tabs.length]
    return [
      { verb: 'nextPane', bar: true, name: next ?? 'next', run: () => step(1) },
      { verb: 'previousPane', run: () => step(-1) },
      ...pane().bindings(),
    ]
  }
  return {
    title: () => 'Governance',
    target: () => pane().target(),
    store: {
      subscribe(listener) {
        const all = [store, ...tabs.map(each => panes[each].store)].map(each => each.subscribe(listener))
        return () => {
          for (const stop of all) stop()
        }
      },
      getState: () => pane().store.getState(),
    },
    draw: () => <GovernanceScreen store={store} panes={panes} />,
    bindings,
    subject: () => `governance ${store.getState().tab} ${pane().subject()}`,
    field: () => pane().field(),
    mouse: event => pane().mouse(event),
    // The others are refreshed when they come into view.
    refresh: () => pane().refresh(),
  }
}

function GovernanceScreen({
  store,
  panes,
}: {
  readonly store: StoreApi<GovernanceState>
  readonly panes: Readonly<Record<Tab, Pane>>
}) {
  const { tab } = useStore(store)
  return panes[tab].draw()
}

const gathered = new WeakMap<FleetView, readonly Finding[]>()

/** Findings at all targets, in specifications and about policies; null: unknown, which isn't the same as none. */
function allFindings(fleet: FleetView): readonly Finding[] | null {
  const known = gathered.get(fleet)
  if (known) return known
  const findings = [
    ...fleet.targets.flatMap(target => target.findings ?? []),
    ...(fleet.governance?.findings ?? []),
  ]
  const isKnown = fleet.governance !== null && fleet.targets.every(target => target.findings !== null)
  if (findings.length === 0 && !isKnown) return null
  gathered.set(fleet, findings)
  return findings
}

/** The parts of the screen with their numbers, and what could not be read. */
function tabLines(fleet: FleetView, active: Tab, width: number): readonly Line[] {
  const { governance } = fleet
  const findings = allFindings(fleet)
  const open = findings?.filter(finding => !finding.waived).length
  const numbers: Readonly<Record<Tab, string>> = {
    findings: open === undefined ? '?' : `${open}`,
    policies: governance === null ? '?' : `${governance.policies.length}`,
    waivers: governance === null ? '?' : `${governance.waivers.length}`,
    coverage: governance === null ? '?' : coverageNumber(fleet),
  }
  const names = tabs.flatMap((tab): readonly Span[] => {
    const text = `${tab}${numbers[tab] === '' ? '' : ` ${numbers[tab]}`}`
    return [tab === active ? span(`[${text}]`, 'heading') : span(` ${text} `, 'dim'), span(' ', 'text')]
  })
  const commit = governance?.commit && width >= 100 ? `policies at ${governance.commit.slice(0, 7)} ` : ''
  const enforced = governance && !governance.enforced ? 'reported only ' : commit
  const problems = governance?.problems ?? []
  const named = (holds: (target: TargetView) => boolean, words: string): string => {
    const names = fleet.targets.filter(holds).map(target => target.name)
    return names.length === 0 ? '' : `${words}: ${names.join(', ')}`
  }
  const gaps = [
    named(target => target.findings === null, 'not known'),
    named(target => target.findings !== null && isStale(target), 'no answer, as last read'),
  ].filter(text => text !== '')
  return [
    spread([' ', ...names], [span(enforced, 'dim')], width),
    ...(problems.length === 0
      ? []
      : [
          [
            ' ',
            span(problems.length > 1 ? `1 of ${problems.length}: ` : '', 'error'),
            span(problems[0] ? problemText(problems[0]) : '', 'error'),
          ],
        ]),
    ...(governance === null || gaps.length === 0 ? [] : [[' ', span(gaps.join('   '), 'unknown')]]),
  ]
}

/** The number of the most critical environment: `prod 71%`. */
function coverageNumber({ governance, production }: FleetView): string {
  const all = governance?.coverage ?? []
  const told = all.find(each => production.includes(each.environment)) ?? all.at(-1)
  return told ? `${told.environment} ${told.percent === null ? '?' : `${told.percent}%`}` : ''
}

function policyPane(app: App, above: (width: number) => readonly Line[]): Pane {
  return openPane<PolicyRow>({
    app,
    rows: words => policyRows(app.store.getState().fleet, words),
    above: width => [...above(width), policyHeads(width)],
    draw: drawPolicyRow,
    detail: (row, width) => (row ? policyDetail(row, width) : []),
    target: () => null,
    empty: () => (app.store.getState().fleet.governance === null ? 'not known yet' : 'there are no policies'),
    bindings(row) {
      const none = row === undefined ? 'no policy is selected' : null
      const place = row?.policy.place ?? null
      const found = row?.policy.found?.findings ?? 0
      return [
        {
          verb: 'open',
          bar: true,
          name: 'its findings',
          disabled: none ?? (found === 0 ? 'it finds nothing' : null),
          run: () => row && app.open(openRuleFindings(app, row.policy.id)),
        },
        {
          verb: 'impact',
          bar: true,
          disabled: none,
          run: () => row && app.open(openImpact(app, row.policy.id)),
        },
        editBinding(app, place, none ?? (place === null ? 'it is built in' : null)),
        copyBinding(app, none, () => (row ? policyDetail(row, 160) : [])),
      ]
    },
  })
}

function waiverPane(app: App, above: (width: number) => readonly Line[]): Pane {
  return openPane<WaiverRow>({
    app,
    rows(words) {
      const { fleet, now } = app.store.getState()
      return waiverRows(fleet.governance?.waivers ?? [], words, now)
    },
    above: width => [...above(width), waiverHeads(width)],
    draw: drawWaiverRow,
    detail: (row, width) => (row ? waiverDetail(row, width) : []),
    target: () => null,
    empty: () =>
      app.store.getState().fleet.governance === null
        ? 'not known yet'
        : 'nothing is waived; w on a finding requests a waiver',
    bindings(row) {
      const none = row === undefined ? 'no waiver is selected' : null
      const counts = row?.waiver.state === 'active' && row.waiver.covers > 0
      return [
        {
          verb: 'open',
          bar: true,
          name: 'its findings',
          disabled: none ?? (counts ? null : 'it waives nothing'),
          run: () => row && app.open(openWaiverFindings(app, row.waiver)),
        },
        editBinding(app, row?.waiver.place ?? null, none),
        copyBinding(app, none, () => (row ? waiverDetail(row, 160) : [])),
      ]
    },
  })
}

function coveragePane(app: App, above: (width: number) => readonly Line[]): Pane {
  return openPane<CoverageRow>({
    app,
    rows: (words, toggled) => coverageRows(app.store.getState().fleet, words, toggled),
    above: width => [...above(width), coverageHeads(width)],
    draw: drawCoverageRow,
    detail: (row, width) => (row ? coverageDetail(row, width) : []),
    target: row => (row?.type === 'entry' ? row.entry.target : null),
    empty: () => (app.store.getState().fleet.governance === null ? 'not known yet' : 'nothing is known yet'),
    bindings(row) {
      const entry = row?.type === 'entry' ? row.entry : undefined
      const none = entry === undefined ? 'no list entry is selected' : null
      return [
        editBinding(app, entry?.place ?? null, none),
        copyBinding(app, none, () => (row ? coverageDetail(row, 160) : [])),
      ]
    },
  })
}
