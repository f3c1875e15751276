import type { VerbName } from '../keymap/verbs.ts'
import type { App, OpenScreen } from '../store/app.ts'
import { openDrift } from './drift/drift.tsx'
import { openGovernance } from './governance/governance.tsx'
import { openInventory } from './inventory/inventory.tsx'
import { openTimeline } from './timeline/timeline.tsx'

/** A screen that can be opened from every other one. */
export interface ScreenEntry {
  /** Stable, as `governance waivers`. */
  readonly id: string
  /** The key that opens it from every screen; null: it has none. */
  readonly verb: VerbName | null
  /** How "go to" lists it. */
  readonly title: string
  /** Whether "go to" lists it. */
  readonly inGoTo: boolean
  /** Opens it; null: it is the first screen, which is always open below the others. */
  readonly open: ((app: App) => OpenScreen) | null
}

/** All independent screens: a new one is a file and a line here. */
export const screens: readonly ScreenEntry[] = [
  { id: 'needs', verb: 'needs', title: 'needs you', inGoTo: true, open: null },
  { id: 'drift', verb: 'drift', title: 'drift', inGoTo: true, open: app => openDrift(app, { target: null }) },
  { id: 'inventory', verb: 'inventory', title: 'inventory', inGoTo: true, open: openInventory },
  { id: 'timeline', verb: null, title: 'timeline', inGoTo: true, open: app => openTimeline(app, null) },
  tabOf('findings', 'governance'),
  tabOf('policies', null),
  tabOf('waivers', null),
  tabOf('coverage', null),
]

function tabOf(tab: Parameters<typeof openGovernance>[1], verb: VerbName | null): ScreenEntry {
  const name = `governance ${tab}`
  return { id: name, verb, title: name, inGoTo: true, open: app => openGovernance(app, tab) }
}

/** Opens a screen above the first one. */
export function goToScreen(app: App, { open }: ScreenEntry): void {
  app.openAtHome(open === null ? null : open(app))
}
