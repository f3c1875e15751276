import { Box } from 'ink'
import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { type Problem, problemText } from '../../../model/problem.ts'
import { toldOnce } from '../../../model/problems/shared-faults.ts'
import type { Plan } from '../../../reconcile/plan/plan.ts'
import { type Wait, waitText } from '../../../workflows/reading/waits.ts'
import { halfWayLines } from '../../../workflows/syncing/opening.ts'
import type { SyncEvent, SyncOptions, SyncResult } from '../../../workflows/syncing/sync-events.ts'
import { type Line, span } from '../../components/line.ts'
import { Lines, Rule } from '../../components/lines.tsx'
import { RowList } from '../../components/row-list.tsx'
import { SummaryTable } from '../../components/summary-table.tsx'
import { useSurroundings } from '../../components/surroundings.ts'
import type { Binding } from '../../keymap/bindings.ts'
import { type App, bodyRows, type OpenScreen } from '../../store/app.ts'
import { noRows, type Rows } from '../../store/rows.ts'
import type { Role } from '../../theme/roles.ts'
import { openList, rowsOf } from '../pane/list.ts'
import { differing, resultText } from './sync-result.ts'

type StepState = 'not sent' | 'running' | 'waiting' | 'done' | 'failed' | 'unknown'

/** Milliseconds between two frames of a sync under way. */
const drawEvery = 50

/** One request of the plan and its progress. */
interface StepRow {
  readonly key: string
  readonly preview: string
  readonly state: StepState
}

interface ProgressState {
  readonly phase: 'starting' | 'validating' | 'sending' | 'ended'
  readonly rows: Rows<StepRow>
  readonly started: Date | null
  readonly problems: readonly Problem[]
  readonly result: SyncResult | null
}

/** A sync under way: its progress, every request as it is sent, and at the end first whether the exposure is closed. */
export function openProgress(
  app: App,
  plan: Plan,
  undo: (plan: string) => void,
  options: SyncOptions = {},
): OpenScreen {
  const steps = plan.steps.map(
    (step): StepRow => ({ key: step.id, preview: step.preview, state: 'not sent' }),
  )
  const stop = new AbortController()
  const store = createStore<ProgressState>(() => ({
    phase: 'starting',
    rows: rowsOf(noRows<StepRow>(), steps, 10),
    started: null,
    problems: [],
    result: null,
  }))
  const height = () => Math.max(1, bodyRows(app.store.getState().size) - headRows)
  const list = openList<StepRow>({
    get: () => store.getState().rows,
    set: rows => store.setState({ rows }),
    height,
  })

  const states = new Map<string, StepState>()
  let latest = ''
  let drawing: NodeJS.Timeout | undefined
  // A gateway answers faster than anyone reads: events that arrive close together are drawn together.
  const drawSteps = () => {
    drawing = undefined
    const { rows } = store.getState()
    const next = rows.rows.map(row => {
      const state = states.get(row.key)
      return state === undefined || state === row.state ? row : { ...row, state }
    })
    list.show(next)
    // While it is running, the list follows what is being sent.
    list.stand(latest)
  }
  const take = (event: SyncEvent) => {
    if (event.type === 'step') {
      states.set(event.id, event.state)
      latest = event.id
      drawing ??= setTimeout(drawSteps, drawEvery)
      return
    }
    clearTimeout(drawing)
    drawSteps()
    if (event.type === 'validating') store.setState({ phase: 'validating' })
    else if (event.type === 'started') store.setState({ phase: 'sending', started: app.store.getState().now })
    else store.setState({ phase: 'ended', result: event.result, problems: event.result.problems })
  }
  const run = async () => {
    for await (const event of app.workflows.apply(plan, stop.signal, options)) take(event)
    if (store.getState().phase !== 'ended') breakOff('it ended without a result')
  }
  const breakOff = (why: string) => {
    clearTimeout(drawing)
    store.setState({
      phase: 'ended',
      problems: [
        {
          code: 'broken',
          message: `the sync broke off: ${why}`,
          hint: 'Read the gateway again to see where it stands.',
        },
      ],
    })
  }
  run().catch((error: unknown) => breakOff(error instanceof Error ? error.message : String(error)))

  const bindings = (): readonly Binding[] => {
    const { phase, result } = store.getState()
    const ended = phase === 'ended'
    const underWay = ended ? null : 'the sync is under way; x stops it'
    return [
      {
        verb: 'stop',
        bar: !ended,
        disabled: ended ? 'it has ended' : stop.signal.aborted ? 'it is stopping' : null,
        run() {
          stop.abort()
          app.tell('Stopping: waiting for requests under way')
        },
      },
      {
        verb: 'back',
        bar: true,
        disabled: underWay,
        run: () => app.back(),
      },
      {
        verb: 'undo',
        bar: ended,
        disabled:
          result === null ? underWay : result.done + result.unknown === 0 ? 'nothing took effect' : null,
        run: () => undo(plan.id),
      },
      {
        verb: 'copy',
        bar: ended,
        disabled: result === null ? 'there is no result yet' : null,
        run() {
          if (!result) return
          app.surface.copy([...resultText(result), ...toldOnce(result.problems).map(problemText)].join('\n'))
          app.tell('The result is on the clipboard', 'ok')
        },
      },
      ...list.bindings(),
      // Leaving would stop it half way.
      ...(ended ? [] : leaving.map((verb): Binding => ({ verb, disabled: underWay, run: () => {} }))),
    ]
  }

  return {
    title: () => `Sync > ${plan.target}`,
    target: () => plan.target,
    store,
    draw: () => <ProgressScreen app={app} store={store} plan={plan} />,
    bindings,
    subject: () => `progress ${plan.id} ${store.getState().phase}`,
    refresh: () => {},
    close() {
      clearTimeout(drawing)
      stop.abort()
    },
  }
}

/** Keys that leave the screen or the program. */
const leaving = ['needs', 'drift', 'inventory', 'governance', 'goTo', 'quit'] as const

/** Lines above the list of requests: the state, a bar or a table of the result, problems. */
const headRows = 9

const stateRoles: Readonly<Record<StepState, Role>> = {
  'not sent': 'dim',
  running: 'notice',
  waiting: 'unseen',
  done: 'ok',
  failed: 'error',
  unknown: 'unseen',
}
const stateSigns: Readonly<Record<StepState, string>> = {
  'not sent': ' ',
  running: '>',
  waiting: '…',
  done: 'ok',
  failed: '!!',
  unknown: '?',
}

function drawStep(row: StepRow, _width: number): Line {
  return [
    ' ',
    span(stateSigns[row.state].padEnd(2), stateRoles[row.state]),
    ' ',
    span(row.preview, row.state === 'not sent' ? 'dim' : 'text'),
  ]
}

function ProgressScreen({
  app,
  store,
  plan,
}: {
  readonly app: App
  readonly store: StoreApi<ProgressState>
  readonly plan: Plan
}) {
  const { columns, rows } = useSurroundings()
  const state = useStore(store)
  const now = useStore(app.store, each => each.now)
  const waiting = useStore(
    app.store,
    each => each.fleet.targets.find(({ name }) => name === plan.target)?.waiting ?? null,
  )
  const list = Math.max(1, bodyRows({ columns, rows }) - headRows)
  const { result } = state
  return (
    <>
      {result === null ? (
        <Lines lines={runningLines(state, { plan, columns, now, waiting })} height={headRows - 1} />
      ) : (
        <Box flexDirection="column" height={headRows - 1} overflow="hidden">
          <Lines lines={endLines(result)} />
          <Box paddingLeft={1} flexShrink={0}>
            <SummaryTable rows={[summaryRow(result)]} />
          </Box>
          <Lines
            lines={toldOnce(result.problems)
              .slice(0, 2)
              .map((problem): Line => [' ', span(problemText(problem), 'error')])}
          />
        </Box>
      )}
      <Rule />
      <RowList rows={state.rows.rows} list={state.rows.list} draw={drawStep} height={list} focused />
    </>
  )
}

/** What the lines of a sync under way are drawn with. */
interface Running {
  readonly plan: Plan
  readonly columns: number
  readonly now: Date
  readonly waiting: Wait | null
}

function runningLines(state: ProgressState, { plan, columns, now, waiting: wait }: Running): readonly Line[] {
  const count = (of: StepState): number => state.rows.rows.filter(row => row.state === of).length
  const [done, running, waiting, failed, unknown] = [
    count('done'),
    count('running'),
    count('waiting'),
    count('failed'),
    count('unknown'),
  ]
  const total = plan.steps.length
  const words = {
    starting: 'reading the gateway again, to check that nothing has moved',
    validating: 'asking the gateway whether it accepts every change; nothing is sent yet',
    sending: `${done} of ${total} done`,
    ended: 'ended',
  }
  const width = Math.max(10, Math.min(60, columns - 4))
  const full = total === 0 ? 0 : Math.round((done / total) * width)
  const seconds =
    state.started === null ? 0 : Math.max(0.001, (now.getTime() - state.started.getTime()) / 1000)
  const rate = seconds > 1 ? `, ${Math.round(done / seconds)} a second` : ''
  return [
    [' ', span(words[state.phase], 'strong')],
    [' ', span('█'.repeat(full), 'ok'), span('░'.repeat(width - full), 'dim')],
    [
      ' ',
      `${running} running, ${waiting} waiting, `,
      span(`${failed} failed`, failed > 0 ? 'error' : 'text'),
      ...(unknown > 0 ? [', ', span(`${unknown} unknown`, 'unseen')] : []),
      `, ${total - done - failed - unknown} to go${rate}`,
    ],
    ...(wait === null ? [] : [[' ', span(waitText(wait, now), 'unseen')]]),
    ...toldOnce(state.problems).map((problem): Line => [' ', span(problemText(problem), 'error')]),
  ]
}

/** First what matters at night: whether it is closed. */
function endLines(result: SyncResult): readonly Line[] {
  const head: Line =
    result.exposure === 'still exposed'
      ? [' ', span('STILL EXPOSED', 'exposed')]
      : result.exposure === 'closed'
        ? [' ', span('CLOSED', 'ok'), '  no route is open against Git any more']
        : result.exposure === 'not known'
          ? [' ', span('NOT KNOWN', 'unknown'), '  whether a route is still open']
          : result.problems.length > 0
            ? [
                ' ',
                span(
                  result.done + result.failed + result.unknown === 0
                    ? 'NOTHING WAS SENT'
                    : 'NOT EVERYTHING WENT THROUGH',
                  'error',
                ),
              ]
            : [' ', span('DONE', 'ok')]
  const left = halfWayLines(result.halfWay)
  return [left.length > 0 ? [...head, '  ', span(left.join('; '), 'weaker')] : head]
}

function summaryRow(result: SyncResult): Readonly<Record<string, string | number>> {
  const left = result.remaining
  return {
    target: result.target,
    done: result.done,
    failed: result.failed,
    ...(result.unknown > 0 ? { unknown: result.unknown } : {}),
    'not sent': result.notSent,
    'still different': left === null ? '?' : differing(result, left),
  }
}
