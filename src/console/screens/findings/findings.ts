import { createStore } from 'zustand/vanilla'
import type { Finding } from '../../../governance/finding.ts'
import type { FleetView } from '../../../workflows/fleet/fleet-view.ts'
import type { WaiverView } from '../../../workflows/governance/governance-view.ts'
import { type Line, span } from '../../components/line.ts'
import { plainText } from '../../components/plain-text.ts'
import type { Binding } from '../../keymap/bindings.ts'
import type { App, OpenScreen } from '../../store/app.ts'
import { openWaive } from '../governance/waive.tsx'
import { openFinding } from './finding.ts'
import type { Openers } from './finding-actions.ts'
import { openFindingList } from './finding-list.ts'
import type { Grouping } from './finding-rows.ts'

/** Which findings a screen shows. */
export interface FindingsOptions {
  /** What they belong to, such as `prod-eu`. */
  readonly of: string
  readonly target?: string | null
  /** The same list object until the fleet changes; null: unknown yet. */
  find(fleet: FleetView): readonly Finding[] | null
  /** The line above the list that describes it. */
  readonly about: Line
  readonly none: string
  readonly grouping?: Grouping
}

/** Some findings, with everything that can be done about them. */
export function openFindings(app: App, options: FindingsOptions): OpenScreen {
  let last: { readonly fleet: FleetView; readonly found: readonly Finding[] | null } | undefined
  const pane = openFindingList({
    app,
    find() {
      const { fleet } = app.store.getState()
      if (last?.fleet !== fleet || last.found === null) last = { fleet, found: options.find(fleet) }
      return last.found
    },
    above: () => [options.about],
    openers: openers(app),
    none: options.none,
    ...(options.grouping ? { grouping: options.grouping } : {}),
  })
  return {
    title: () => `Findings > ${options.of}`,
    target: () => options.target ?? pane.target(),
    store: pane.store,
    draw: () => pane.draw(),
    bindings: () => pane.bindings(),
    subject: () => `findings ${options.of} ${pane.subject()}`,
    field: () => pane.field(),
    mouse: event => pane.mouse(event),
    refresh: () => pane.refresh(),
  }
}

/** What is found at one target, or about some of its entities. */
export function openTargetFindings(
  app: App,
  target: string,
  about?: { readonly name: string; readonly holds: (finding: Finding) => boolean },
): OpenScreen {
  return openFindings(app, {
    of: about ? `${target} > ${about.name}` : target,
    target,
    find(fleet) {
      const all = fleet.targets.find(each => each.name === target)?.findings ?? null
      return about && all ? all.filter(about.holds) : all
    },
    about: [' ', span(`What policies find at ${target}${about ? ` about ${about.name}` : ''}`, 'heading')],
    none: 'policies find nothing here',
  })
}

const ofFleet = ({ targets, governance }: FleetView): readonly Finding[] => [
  ...targets.flatMap(target => target.findings ?? []),
  ...(governance?.findings ?? []),
]

/** What one rule finds now. */
export function openRuleFindings(app: App, rule: string): OpenScreen {
  return openFindings(app, {
    of: rule,
    find: fleet => ofFleet(fleet).filter(finding => finding.rule === rule),
    about: [' ', span(`What ${rule} finds`, 'heading')],
    none: 'the rule finds nothing',
  })
}

/** What one waiver covers. */
export function openWaiverFindings(app: App, { rule, entity, place }: WaiverView): OpenScreen {
  return openFindings(app, {
    of: `waiver of ${rule}`,
    find: fleet =>
      ofFleet(fleet).filter(
        ({ waived }) => waived?.place?.file === place.file && waived.place.line === place.line,
      ),
    about: [' ', span(`What the waiver of ${rule} for ${entity} covers`, 'heading')],
    none: 'it covers nothing',
  })
}

/** What a rule would find over the whole fleet if it were in force everywhere and nothing were waived. */
export function openImpact(app: App, rule: string): OpenScreen {
  const answer = createStore<{ readonly found: readonly Finding[] | null }>(() => ({ found: null }))
  const screen = openFindings(app, {
    of: `impact of ${rule}`,
    find: () => answer.getState().found,
    about: [' ', span(`What ${rule} finds in the whole fleet, whatever its state and waivers`, 'heading')],
    none: 'the rule would find nothing',
    grouping: { name: 'target', groupOf: finding => finding.target ?? 'specifications' },
  })
  const show = (found: readonly Finding[]) => {
    answer.setState({ found })
    screen.refresh()
  }
  app.workflows.impact(rule).then(show, (error: unknown) => {
    show([])
    app.tell(
      `the rule could not be evaluated: ${error instanceof Error ? error.message : String(error)}`,
      'error',
    )
  })
  return screen
}

/** The screens that actions on findings open. */
export function openers(app: App): Openers {
  const open: Openers = {
    finding: finding => app.open(openFinding(app, finding, open)),
    waive: finding => app.open(openWaive(app, finding)),
    impact: rule => app.open(openImpact(app, rule)),
  }
  return open
}

/** `y` copies the details of a row to the clipboard. */
export function copyBinding(app: App, none: string | null, lines: () => readonly Line[]): Binding {
  return {
    verb: 'copy',
    disabled: none,
    run() {
      app.surface.copy(plainText(lines()))
      app.tell('The finding is on the clipboard', 'ok')
    },
  }
}
