import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { FleetView } from '../../../workflows/fleet/fleet-view.ts'
import { needKinds } from '../../../workflows/fleet/need-kinds.ts'
import { waitText } from '../../../workflows/reading/waits.ts'
import { Lines, Rule } from '../../components/lines.tsx'
import { RowList } from '../../components/row-list.tsx'
import { useSurroundings } from '../../components/surroundings.ts'
import type { Binding } from '../../keymap/bindings.ts'
import { type App, bodyRows, type OpenScreen, type Size } from '../../store/app.ts'
import { noRows, type Rows, selectedRow } from '../../store/rows.ts'
import { openDrift } from '../drift/drift.tsx'
import { openTargetFindings } from '../findings/findings.ts'
import { openList, rowsOf } from '../pane/list.ts'
import { openReview } from '../review/review.tsx'
import { syncRefusal } from '../sync/sync-refusal.ts'
import { openTimeline } from '../timeline/timeline.tsx'
import { drawNeedRow, type NeedRow, needDetail, needRows, needsHeading } from './need-rows.ts'
import { drawTreeRow, isStale, type TreeRow, treeHeads, treeRows } from './target-tree.ts'

interface NeedsState {
  readonly pane: 'needs' | 'targets'
  readonly needs: Rows<NeedRow>
  readonly targets: Rows<TreeRow>
  /**
   * Whether a person has moved the selection: until then the worst need is selected, whichever target answers first.
   */
  readonly touched: boolean
  /** Environments that a person folded or unfolded. */
  readonly toggled: ReadonlySet<string>
}

/** How the rows of the screen are divided: needs, detail and targets. */
function layout(size: Size, needs: number, targets: number) {
  // A heading, two rules and the heads of the tree separate the three.
  const room = Math.max(3, bodyRows(size) - 4)
  const detail = Math.min(room - 2, size.rows >= 36 ? 8 : 6)
  const list = Math.max(
    1,
    Math.min(Math.max(1, needs), Math.max(4, room - detail - targets), room - detail - 1),
  )
  return { list, detail, tree: room - detail - list }
}

/** The first screen: what needs a person, its details, and how each target stands. */
export function openNeeds(app: App): OpenScreen {
  const store = createStore<NeedsState>(() => ({
    pane: 'needs',
    needs: noRows(),
    targets: noRows(),
    touched: false,
    toggled: new Set(),
  }))
  const heights = () => {
    const { needs, targets } = store.getState()
    return layout(app.store.getState().size, needs.rows.length, targets.rows.length)
  }
  const needsList = openList<NeedRow>({
    get: () => store.getState().needs,
    set: needs => store.setState({ needs, touched: true }),
    height: () => heights().list,
  })
  const targetsList = openList<TreeRow>({
    get: () => store.getState().targets,
    set: targets => store.setState({ targets }),
    height: () => heights().tree,
  })

  const refresh = () => {
    const { fleet, needs, now, size } = app.store.getState()
    const state = store.getState()
    const newNeeds = needRows(needs, now)
    const { tree: room } = layout(size, newNeeds.length, 0)
    const newTargets = treeRows(fleet, now, state.toggled, room)
    const { list, tree } = layout(size, newNeeds.length, newTargets.length)
    store.setState({
      needs: rowsOf(state.touched ? state.needs : noRows(), newNeeds, list),
      targets: rowsOf(state.targets, newTargets, tree),
    })
  }

  /** The target under the cursor, in whichever pane has the keys. */
  const target = (): string | null => {
    const { pane, needs, targets } = store.getState()
    if (pane === 'needs') return selectedRow(needs)?.need.target ?? null
    const row = selectedRow(targets)
    return row?.type === 'target' ? row.target.name : null
  }

  const toggle = (name: string) => {
    const toggled = new Set(store.getState().toggled)
    if (!toggled.delete(name)) toggled.add(name)
    store.setState({ toggled })
    refresh()
  }

  const bindings = (): readonly Binding[] => {
    const { pane, needs, targets } = store.getState()
    const need = pane === 'needs' ? selectedRow(needs)?.need : undefined
    const row = pane === 'targets' ? selectedRow(targets) : undefined
    const name = target()
    const nothing = name === null ? 'no target is selected' : null
    return [
      {
        verb: 'open',
        bar: true,
        disabled: row?.type === 'environment' ? null : nothing,
        run: () =>
          row?.type === 'environment'
            ? toggle(row.name)
            : name !== null &&
              app.open(
                need?.kind === 'findings'
                  ? openTargetFindings(app, name)
                  : openDrift(app, { target: name, change: need?.changes[0] }),
              ),
      },
      {
        verb: 'sync',
        bar: true,
        name: need === undefined ? 'sync' : needKinds[need.kind].syncName,
        disabled: syncRefusal(app, name, need?.changes ?? null),
        run: () => name !== null && app.open(openReview(app, { target: name, only: need?.changes ?? null })),
      },
      {
        verb: 'findings',
        bar: need?.kind === 'findings',
        disabled: nothing,
        run: () => name !== null && app.open(openTargetFindings(app, name)),
      },
      {
        verb: 'timeline',
        bar: need?.kind === 'half-done',
        run: () => app.open(openTimeline(app, name)),
      },
      {
        verb: 'copy',
        bar: true,
        name: 'copy summary',
        disabled: need === undefined ? 'nothing that needs you is selected' : null,
        run: () => need !== undefined && copyNeed(app, need),
      },
      {
        verb: 'nextPane',
        bar: true,
        name: pane === 'needs' ? 'targets' : 'needs',
        run: () => store.setState({ pane: pane === 'needs' ? 'targets' : 'needs' }),
      },
      { verb: 'previousPane', run: () => store.setState({ pane: pane === 'needs' ? 'targets' : 'needs' }) },
      ...(row?.type === 'environment'
        ? [
            {
              verb: 'expand',
              disabled: row.folded ? null : 'it is unfolded already',
              run: () => toggle(row.name),
            } as const,
            {
              verb: 'collapse',
              disabled: row.folded ? 'it is folded already' : null,
              run: () => toggle(row.name),
            } as const,
          ]
        : []),
      ...(pane === 'needs' ? needsList.bindings() : targetsList.bindings()),
    ]
  }

  return {
    title: () => '',
    target,
    store,
    draw: () => <NeedsView app={app} store={store} />,
    bindings,
    subject: () => {
      const { pane, needs, targets } = store.getState()
      return `${pane} ${pane === 'needs' ? selectedRow(needs)?.key : selectedRow(targets)?.key}`
    },
    mouse: event => {
      const { list, detail } = heights()
      // Header, rule and heading are above the needs; rule, detail, rule and heads between them and the targets.
      if (needsList.mouse(4, event)) store.setState({ pane: 'needs' })
      else if (targetsList.mouse(4 + list + detail + 3, event)) store.setState({ pane: 'targets' })
    },
    refresh,
  }
}

function copyNeed(app: App, need: NeedRow['need']): void {
  const since = need.since === null ? '' : `, since ${need.since.toISOString()}`
  const facts = need.details.map(detail => `${detail.label}: ${detail.text}`)
  app.surface.copy(
    [`${need.kind.toUpperCase()} ${need.target}: ${need.title}${since}, ${need.who}`, ...facts].join('\n'),
  )
  app.tell('The summary is on the clipboard', 'ok')
}

/** What gatewatch is waiting for, the longest wait first; null: nothing. */
function waitsText({ targets }: FleetView, now: Date): string | null {
  const waiting = targets.flatMap(target => target.waiting ?? [])
  const [first, ...others] = waiting.sort((a, b) => b.ends.getTime() - a.ends.getTime())
  if (!first) return null
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  return `${first.target}: ${waitText(first, now)}${more}`
}

function NeedsView({ app, store }: { readonly app: App; readonly store: StoreApi<NeedsState> }) {
  const { columns, rows } = useSurroundings()
  const state = useStore(store)
  const fleet = useStore(app.store, each => each.fleet)
  const { list, detail, tree } = layout({ columns, rows }, state.needs.rows.length, state.targets.rows.length)
  const shown = state.needs.rows[state.needs.list.index]
  const unread = fleet.targets.filter(target => target.reach.state === 'reading').length
  const unknown = fleet.targets.filter(target => target.drift === null || isStale(target)).length
  const hidden = Math.max(0, state.needs.rows.length - state.needs.list.top - list)
  const needs = state.needs.rows.map(row => row.need)
  const now = useStore(app.store, each => each.now)
  return (
    <>
      <Lines lines={[needsHeading(needs, { unread, unknown, hidden, waits: waitsText(fleet, now) })]} />
      <RowList
        rows={state.needs.rows}
        list={state.needs.list}
        draw={drawNeedRow}
        height={list}
        focused={state.pane === 'needs'}
      />
      <Rule />
      <Lines
        lines={
          shown === undefined
            ? []
            : needDetail(shown, syncRefusal(app, shown.need.target, shown.need.changes), detail)
        }
        height={detail}
      />
      <Rule />
      <Lines lines={[treeHeads(columns)]} />
      <RowList
        rows={state.targets.rows}
        list={state.targets.list}
        draw={drawTreeRow}
        height={tree}
        focused={state.pane === 'targets'}
        empty="the fleet has no targets"
      />
    </>
  )
}
