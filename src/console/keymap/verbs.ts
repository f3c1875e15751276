import type { Key } from '../input/key.ts'

/** The chapters of the help screen, in order. */
export const chapters = ['Move', 'Look', 'Change', 'Console'] as const
export type Chapter = (typeof chapters)[number]

/** One thing that keys can do. It has the same keys on every screen. */
export interface Verb {
  readonly keys: readonly [Key, ...Key[]]
  /** One or two words for the key bar. */
  readonly name: string
  /** One sentence for the help screen. */
  readonly description: string
  readonly chapter: Chapter
}

/**
 * Every meaning of every key, in the order of the help screen. A screen binds these words, never keys, so that no
 * key can mean two things.
 */
export const verbs = {
  down: { keys: ['j', 'down'], name: 'down', description: 'Move to the next row', chapter: 'Move' },
  up: { keys: ['k', 'up'], name: 'up', description: 'Move to the row above', chapter: 'Move' },
  pageDown: {
    keys: ['pgdn', 'ctrl+d'],
    name: 'page down',
    description: 'Move one page down',
    chapter: 'Move',
  },
  pageUp: { keys: ['pgup', 'ctrl+u'], name: 'page up', description: 'Move one page up', chapter: 'Move' },
  first: { keys: ['home', '<'], name: 'first', description: 'Move to the first row', chapter: 'Move' },
  last: { keys: ['end', '>'], name: 'last', description: 'Move to the last row', chapter: 'Move' },
  nextPane: {
    keys: ['tab'],
    name: 'next pane',
    description: 'Move to the next part of the screen',
    chapter: 'Move',
  },
  previousPane: {
    keys: ['shift+tab'],
    name: 'previous pane',
    description: 'Move to the previous part of the screen',
    chapter: 'Move',
  },
  expand: {
    keys: ['right', 'l'],
    name: 'unfold',
    description: 'Unfold the row, or scroll to the right',
    chapter: 'Move',
  },
  collapse: {
    keys: ['left', 'h'],
    name: 'fold',
    description: 'Fold the row, or scroll to the left',
    chapter: 'Move',
  },

  open: {
    keys: ['enter'],
    name: 'open',
    description: 'Open the row; never changes anything',
    chapter: 'Look',
  },
  back: { keys: ['esc'], name: 'back', description: 'Go back to the previous screen', chapter: 'Look' },
  filter: { keys: ['/'], name: 'filter', description: 'Show only the rows that match', chapter: 'Look' },
  goTo: {
    keys: [':'],
    name: 'go to',
    description: 'Go to a target, a route, a screen or a rule by name',
    chapter: 'Look',
  },
  refresh: { keys: ['r'], name: 'read again', description: 'Read the gateways again', chapter: 'Look' },
  copy: {
    keys: ['y'],
    name: 'copy',
    description: 'Copy the selection, as text for a message',
    chapter: 'Look',
  },
  findings: {
    keys: ['f'],
    name: 'findings',
    description: 'Show what policies find about the selection',
    chapter: 'Look',
  },
  impact: {
    keys: ['i'],
    name: 'impact',
    description: 'Show what this rule finds in the whole fleet, waived or not',
    chapter: 'Look',
  },
  timeline: {
    keys: ['t'],
    name: 'timeline',
    description: 'Show the syncs made from here, newest first',
    chapter: 'Look',
  },
  group: {
    keys: ['g'],
    name: 'group',
    description: 'Group related rows into one, or show each by itself',
    chapter: 'Look',
  },
  order: {
    keys: ['o'],
    name: 'order',
    description: 'Sort by risk, or in the order in which changes are sent',
    chapter: 'Look',
  },

  sync: {
    keys: ['s'],
    name: 'sync',
    description: 'Review a sync: what would change, before anything does',
    chapter: 'Change',
  },
  edit: {
    keys: ['e'],
    name: 'edit',
    description: 'Open the line in your editor: $VISUAL, $EDITOR or vi',
    chapter: 'Change',
  },
  waive: {
    keys: ['w'],
    name: 'waive',
    description: 'Request a waiver; it counts once someone else has approved it',
    chapter: 'Change',
  },
  undo: {
    keys: ['u'],
    name: 'undo',
    description: 'Review an undo of this sync: what it changed, as it was before',
    chapter: 'Change',
  },
  onlyFix: {
    keys: ['F'],
    name: 'only the fix',
    description: 'Review only what closes the exposure',
    chapter: 'Change',
  },
  toggle: {
    keys: ['space'],
    name: 'in or out',
    description: 'Include the change in the sync or leave it out',
    chapter: 'Change',
  },
  deletes: {
    keys: ['D'],
    name: 'deletes',
    description: 'Include deletions, or leave them out',
    chapter: 'Change',
  },
  confirm: {
    keys: ['Y'],
    name: 'send',
    description: 'Confirm what the screen shows; asked each time',
    chapter: 'Change',
  },
  stop: {
    keys: ['x'],
    name: 'stop',
    description: 'Stop the sync once the requests under way have ended',
    chapter: 'Change',
  },

  needs: {
    keys: ['1'],
    name: 'needs you',
    description: 'Show the first screen: what needs you',
    chapter: 'Console',
  },
  drift: {
    keys: ['2'],
    name: 'drift',
    description: 'Show how the gateways differ from Git',
    chapter: 'Console',
  },
  inventory: {
    keys: ['3'],
    name: 'inventory',
    description: 'Show every service and route of all targets',
    chapter: 'Console',
  },
  governance: {
    keys: ['4'],
    name: 'governance',
    description: 'Show findings, policies, waivers and coverage',
    chapter: 'Console',
  },
  help: { keys: ['?'], name: 'help', description: 'Show the keys of this screen', chapter: 'Console' },
  redraw: { keys: ['ctrl+l'], name: 'redraw', description: 'Redraw the screen', chapter: 'Console' },
  suspend: {
    keys: ['ctrl+z'],
    name: 'suspend',
    description: 'Suspend to the shell; fg comes back',
    chapter: 'Console',
  },
  quit: { keys: ['q', 'ctrl+c'], name: 'quit', description: 'Quit gatewatch', chapter: 'Console' },
} as const satisfies Readonly<Record<string, Verb>>

/** A name of `verbs`. */
export type VerbName = keyof typeof verbs

const names = Object.keys(verbs).filter((name): name is VerbName => name in verbs)

const byKey: ReadonlyMap<Key, VerbName> = new Map(
  names.flatMap(name => verbs[name].keys.map(key => [key, name] as const)),
)

/** All verbs in the order of the help screen. */
export function allVerbs(): readonly VerbName[] {
  return names
}

/** The meaning of a key, on every screen. */
export function verbOf(key: Key): VerbName | undefined {
  return byKey.get(key)
}
