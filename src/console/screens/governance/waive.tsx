import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Finding } from '../../../governance/finding.ts'
import { longestDays } from '../../../governance/waivers/waivers.ts'
import { type Place, problemText } from '../../../model/problem.ts'
import { cell, type Line, span, wrapText } from '../../components/line.ts'
import { Lines } from '../../components/lines.tsx'
import { useSurroundings } from '../../components/surroundings.ts'
import type { InputEvent } from '../../input/key.ts'
import type { Binding } from '../../keymap/bindings.ts'
import { type App, bodyRows, type OpenScreen } from '../../store/app.ts'
import { emptyField, type TextField } from '../../store/field.ts'
import { editBinding } from '../findings/finding-actions.ts'
import { placeText, severityRoles } from '../findings/finding-rows.ts'

/** What a person enters for a waiver. */
const names = ['reason', 'owner', 'expires', 'only at'] as const
type Name = (typeof names)[number]

interface WaiveState {
  readonly fields: Readonly<Record<Name, TextField>>
  readonly at: number
  /** Whether keys go into the field. */
  readonly typing: boolean
  /** What is wrong with the input; null: nothing known. */
  readonly problem: string | null
  /** The line that was written; null: nothing has been written yet. */
  readonly written: Place | null
  readonly writing: boolean
}

const dayMs = 86_400_000
/** The default duration of a waiver: half of the maximum. */
const usualDays = longestDays / 2

/** A form for a waiver of one finding. It is written by the workflow, as a proposal that someone else must approve. */
export function openWaive(app: App, finding: Finding): OpenScreen {
  const { now } = app.store.getState()
  const field = (text: string): TextField => ({ text, cursor: text.length })
  const store = createStore<WaiveState>(() => ({
    fields: {
      reason: emptyField,
      owner: emptyField,
      expires: field(new Date(now.getTime() + usualDays * dayMs).toISOString().slice(0, 10)),
      'only at': field(finding.target ?? ''),
    },
    at: 0,
    typing: true,
    problem: null,
    written: null,
    writing: false,
  }))
  const set = (name: Name, value: TextField) =>
    store.setState(({ fields }) => ({ fields: { ...fields, [name]: value }, problem: null }))
  void app.workflows.user().then(user => {
    if (store.getState().fields.owner === emptyField) set('owner', field(user))
  })
  const name = (): Name => names[store.getState().at] ?? 'reason'
  const move = (by: number) => {
    const at = store.getState().at + by
    if (at >= 0 && at < names.length) store.setState({ at })
  }
  const write = async () => {
    const { fields, writing } = store.getState()
    if (writing) return
    const expires = expiryOf(fields.expires.text)
    const only = fields['only at'].text.trim()
    if (only !== '' && only !== finding.target) {
      store.setState({ problem: `only at: keep ${finding.target ?? 'it'}, or leave it empty`, at: 3 })
      return
    }
    store.setState({ writing: true })
    const written = await app.workflows.waive(finding, {
      reason: fields.reason.text,
      owner: fields.owner.text,
      expires: expires ?? new Date(Number.NaN),
      targetOnly: only !== '',
    })
    if (written.ok) store.setState({ written: written.value, writing: false })
    else {
      const [problem] = written.error
      store.setState({ problem: problem ? problemText(problem) : 'it could not be written', writing: false })
    }
  }
  const refusal = (): string | null => {
    const { fields, written } = store.getState()
    if (written) return 'it is written already'
    if (fields.reason.text.trim() === '') return 'it needs a reason'
    if (!expiryOf(fields.expires.text)) return 'expires must be a date, such as 2026-12-31'
    return null
  }
  const bindings = (): readonly Binding[] => {
    const { written, at } = store.getState()
    if (written) return [editBinding(app, written, null)]
    return [
      { verb: 'confirm', bar: true, name: 'write it', disabled: refusal(), run: () => void write() },
      { verb: 'open', bar: true, name: `type ${name()}`, run: () => store.setState({ typing: true }) },
      { verb: 'down', disabled: at === names.length - 1 ? 'it is the last' : null, run: () => move(1) },
      { verb: 'up', disabled: at === 0 ? 'it is the first' : null, run: () => move(-1) },
      { verb: 'nextPane', name: 'next', run: () => move(1) },
      { verb: 'previousPane', name: 'previous', run: () => move(-1) },
    ]
  }
  return {
    title: () => `Waive > ${finding.rule}`,
    target: () => finding.target,
    store,
    draw: () => <WaiveScreen app={app} store={store} finding={finding} />,
    bindings,
    subject: () => `waive ${finding.id} ${JSON.stringify(store.getState().fields)}`,
    field() {
      const { typing, fields, at, written } = store.getState()
      if (!typing || written) return null
      return {
        label: name(),
        field: fields[name()],
        passes: isMove,
        change: value => set(name(), value),
        submit: () => (at < names.length - 1 ? move(1) : store.setState({ typing: false })),
        cancel: () => store.setState({ typing: false }),
      }
    },
    refresh: () => {},
  }
}

const moving = new Set(['up', 'down', 'tab', 'shift+tab'])

function isMove(event: InputEvent): boolean {
  return event.type === 'key' && moving.has(event.key)
}

/** A day, at whose beginning in UTC the waiver ends, or an instant; undefined: neither. */
function expiryOf(text: string): Date | undefined {
  const given = text.trim()
  const at = /^\d{4}-\d\d-\d\d$/.test(given)
    ? Date.parse(`${given}T00:00:00Z`)
    : /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(given)
      ? Date.parse(given)
      : Number.NaN
  return Number.isNaN(at) ? undefined : new Date(at)
}

const labelWidth = 9

function WaiveScreen({
  app,
  store,
  finding,
}: {
  readonly app: App
  readonly store: StoreApi<WaiveState>
  readonly finding: Finding
}) {
  const { columns, rows } = useSurroundings()
  const state = useStore(store)
  const now = useStore(app.store, each => each.now)
  const width = columns - 2
  const lines: readonly Line[] = [
    [
      ' ',
      span(finding.severity, severityRoles[finding.severity]),
      '  ',
      span(finding.rule, 'strong'),
      span(`  ${finding.title}`, 'dim'),
    ],
    [
      ' ',
      `${finding.kind} ${finding.name}: ${finding.message}`,
      span(`  ${placeText(finding.place)}`, 'dim'),
    ],
    [],
    ...names.map((name, at): Line => fieldRow(name, state, at, noteOf(name, state, finding, now))),
    [],
    ...(state.problem === null
      ? []
      : wrapText(state.problem, width).map((line): Line => [' ', span(line, 'error')])),
    ...(state.written ? writtenLines(state.written, width) : explained(width)),
  ]
  return <Lines lines={lines} height={bodyRows({ columns, rows })} />
}

function fieldRow(name: Name, { fields, at, written }: WaiveState, index: number, note: string): Line {
  const here = index === at && !written
  const { text } = fields[name]
  return [
    span(here ? '>' : ' ', 'key'),
    span(cell(name, labelWidth), here ? 'strong' : 'dim'),
    ' ',
    span(text === '' ? '-' : text, here ? 'input' : 'text'),
    span(note === '' ? '' : `   ${note}`, 'dim'),
  ]
}

function noteOf(name: Name, { fields }: WaiveState, { target }: Finding, now: Date): string {
  switch (name) {
    case 'reason':
      return fields.reason.text === '' ? 'why it is no risk, or an accepted one' : ''
    case 'owner':
      return 'who is responsible, such as @mira'
    case 'expires': {
      const expires = expiryOf(fields.expires.text)
      if (!expires) return 'a day, such as 2026-12-31, or a UTC instant'
      return `in ${Math.ceil((expires.getTime() - now.getTime()) / dayMs)} days, ${longestDays} at most`
    }
    case 'only at':
      return target === null ? 'it belongs to no target' : 'empty: at every target'
  }
}

function explained(width: number): readonly Line[] {
  const text =
    'Y writes it to the repository’s waivers, as a proposal. It counts once approved_by names a code owner who neither owns nor wrote it.'
  return wrapText(text, width).map((line): Line => [' ', span(line, 'dim')])
}

function writtenLines(written: Place, width: number): readonly Line[] {
  const text =
    'Commit it, and have a code owner who neither owns nor wrote it add approved_by. Until then the finding counts.'
  return [
    [' ', span('WRITTEN', 'ok'), `  ${placeText(written)}`],
    ...wrapText(text, width).map((line): Line => [' ', line]),
    [],
    [' ', span('e', 'key'), ' opens the line   ', span('esc', 'key'), ' goes back'],
  ]
}
