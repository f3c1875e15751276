import { useSyncExternalStore } from 'react'
import { useStore } from 'zustand'
import { Frame } from './components/frame.tsx'
import { keyBar } from './components/key-bar.ts'
import { type Line, span, spread } from './components/line.ts'
import { Lines, Rule } from './components/lines.tsx'
import type { Binding } from './keymap/bindings.ts'
import { agoText } from './store/age.ts'
import type { App, AppState, OpenField, OpenScreen } from './store/app.ts'
import type { Theme } from './theme/theme.ts'

interface AppFrameProps {
  readonly app: App
  readonly theme: Theme
  readonly bindings: () => readonly Binding[]
}

/** The smallest terminal that the screens fit on. */
const smallest = { columns: 40, rows: 12 }

/** The frame around every screen: the header above, the keys or a message below. */
export function AppFrame({ app, theme, bindings }: AppFrameProps) {
  const { columns, rows } = useStore(app.store, state => state.size)
  const screen = useStore(app.store, state => state.stack.at(-1))
  if (columns < smallest.columns || rows < smallest.rows) {
    return (
      <Frame theme={theme} columns={columns} rows={rows}>
        <Lines lines={[[`too small: needs ${smallest.columns}x${smallest.rows}`]]} />
      </Frame>
    )
  }
  return (
    <Frame theme={theme} columns={columns} rows={rows}>
      <Header app={app} screen={screen} />
      <Rule />
      {screen?.draw()}
      <Rule />
      <Bottom app={app} screen={screen} bindings={bindings} />
    </Frame>
  )
}

const noStore = { subscribe: () => () => {}, getState: () => null }

/** Redraws when the screen's own state changes: its title, target and keys depend on it. */
function useScreenState(screen: OpenScreen | undefined): void {
  const { subscribe, getState } = screen?.store ?? noStore
  useSyncExternalStore(subscribe, getState)
}

function Header({ app, screen }: { readonly app: App; readonly screen: OpenScreen | undefined }) {
  const state = useStore(app.store)
  useScreenState(screen)
  return <Lines lines={[header(state, screen, state.size.columns)]} />
}

const wideHeader = 110

/** The project, its commit, the current screen, and how fresh the data is. */
function header(state: AppState, screen: OpenScreen | undefined, columns: number): Line {
  const { fleet, now } = state
  const { origin } = fleet
  const at = origin.commit === null ? '' : `${origin.branch ?? 'detached'}@${origin.commit.slice(0, 7)}`
  const title = screen?.title() ?? ''
  const target = fleet.targets.find(each => each.name === screen?.target?.())
  const production = target !== undefined && fleet.production.includes(target.environment)
  const origins: Line = [
    `  ${fleet.name}  `,
    span(`${at}${origin.edited > 0 ? ` +${origin.edited}` : ''}`, 'dim'),
  ]
  // On a narrow terminal a screen's own name is worth more than where the manifests come from.
  const left: Line = [
    ' ',
    span('gatewatch', 'strong'),
    ...(title === '' || columns >= wideHeader ? origins : []),
    ...(title === '' ? [] : ['  ', span(title, 'heading')]),
  ]
  const right: Line = [
    ...(production ? [span('PROD', 'prod'), '  '] : []),
    ...(target?.checksCertificate === false ? [span('certificate not checked', 'error'), '  '] : []),
    span(freshness(state, now), 'dim'),
    '  ',
    span('?', 'key'),
    ' ',
  ]
  return spread(left, right, columns)
}

function freshness({ fleet, reading }: AppState, now: Date): string {
  const clock = `${now.toISOString().slice(11, 16)}Z`
  const times = fleet.targets.flatMap(target =>
    target.reach.state === 'reached' && target.readAt ? [target.readAt.getTime()] : [],
  )
  const unseen = fleet.targets.filter(target => target.reach.state === 'failed').length
  const read = reading
    ? 'reading'
    : times.length === 0
      ? 'not read yet'
      : `read ${agoText(new Date(Math.min(...times)), now)}`
  return [clock, `${read}${unseen > 0 ? `, ${unseen} unseen` : ''}`].join('  ')
}

interface BottomProps {
  readonly app: App
  readonly screen: OpenScreen | undefined
  readonly bindings: () => readonly Binding[]
}

/** The last line: a message, an open field, or the keys. */
function Bottom({ app, screen, bindings }: BottomProps) {
  const { message, size } = useStore(app.store)
  useScreenState(screen)
  const open = screen?.field?.() ?? null
  if (message !== null) return <Lines lines={[[' ', span(message.text, message.role)]]} />
  if (open !== null) return <Lines lines={[fieldLine(open)]} />
  return <Lines lines={[keyBar(bindings(), size.columns)]} />
}

function fieldLine({ label, field }: OpenField): Line {
  const before = field.text.slice(0, field.cursor)
  const after = field.text.slice(field.cursor)
  return [
    ' ',
    span(`${label}: `, 'dim'),
    span(before, 'input'),
    span(after.slice(0, 1) || ' ', 'selection'),
    span(after.slice(1), 'input'),
  ]
}
