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
  down: { keys: ['j', 'down'], name: 'down', description: 'To the next row', chapter: 'Move' },
  up: { keys: ['k', 'up'], name: 'up', description: 'To the row above', chapter: 'Move' },
  pageDown: { keys: ['pgdn', 'ctrl+d'], name: 'page down', description: 'One page down', chapter: 'Move' },
  pageUp: { keys: ['pgup', 'ctrl+u'], name: 'page up', description: 'One page up', chapter: 'Move' },
  first: { keys: ['home', '<'], name: 'first', description: 'To the first row', chapter: 'Move' },
  last: { keys: ['end', '>'], name: 'last', description: 'To the last row', chapter: 'Move' },
  nextPane: {
    keys: ['tab'],
    name: 'next pane',
    description: 'To the next part of the screen',
    chapter: 'Move',
  },
  previousPane: {
    keys: ['shift+tab'],
    name: 'previous pane',
    description: 'To the part before',
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
  back: { keys: ['esc'], name: 'back', description: 'Back to the screen before', chapter: 'Look' },
  filter: { keys: ['/'], name: 'filter', description: 'Keep the rows that match', chapter: 'Look' },
  goTo: {
    keys: [':'],
    name: 'go to',
    description: 'Go to a target, a route, a screen or a rule by its name',
    chapter: 'Look',
  },
  refresh: { keys: ['r'], name: 'read again', description: 'Read the gateways again', chapter: 'Look' },
  copy: {
    keys: ['y'],
    name: 'copy',
    description: 'Copy what is selected, as text for a message',
    chapter: 'Look',
  },
  findings: {
    keys: ['f'],
    name: 'findings',
    description: 'What policies find about what is selected',
    chapter: 'Look',
  },
  impact: {
    keys: ['i'],
    name: 'impact',
    description: 'What this rule finds in the whole fleet, waived or not',
    chapter: 'Look',
  },
  timeline: {
    keys: ['t'],
    name: 'timeline',
    description: 'The syncs that were made from here, newest first',
    chapter: 'Look',
  },
  group: {
    keys: ['g'],
    name: 'group',
    description: 'Rows that belong together as one, or each for itself',
    chapter: 'Look',
  },
  order: {
    keys: ['o'],
    name: 'order',
    description: 'Riskiest first, or in the order in which they are sent',
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
    description: 'Ask for a waiver; it counts once someone else has approved it',
    chapter: 'Change',
  },
  undo: {
    keys: ['u'],
    name: 'undo',
    description: 'Review taking this sync back: what it changed, as it was before',
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
    description: 'Take the change into the sync or leave it out',
    chapter: 'Change',
  },
  deletes: { keys: ['D'], name: 'deletes', description: 'With deletions, or without', chapter: 'Change' },
  confirm: {
    keys: ['Y'],
    name: 'send',
    description: 'Confirm what the screen shows; asked for each time',
    chapter: 'Change',
  },
  stop: {
    keys: ['x'],
    name: 'stop',
    description: 'Stop the sync after the requests that are under way',
    chapter: 'Change',
  },

  needs: {
    keys: ['1'],
    name: 'needs you',
    description: 'The first screen: what needs you',
    chapter: 'Console',
  },
  drift: { keys: ['2'], name: 'drift', description: 'How the gateways differ from Git', chapter: 'Console' },
  inventory: {
    keys: ['3'],
    name: 'inventory',
    description: 'Every service and route of all targets',
    chapter: 'Console',
  },
  governance: {
    keys: ['4'],
    name: 'governance',
    description: 'Findings, policies, waivers and coverage',
    chapter: 'Console',
  },
  help: { keys: ['?'], name: 'help', description: 'The keys of this screen', chapter: 'Console' },
  redraw: { keys: ['ctrl+l'], name: 'redraw', description: 'Draw the screen anew', chapter: 'Console' },
  suspend: {
    keys: ['ctrl+z'],
    name: 'suspend',
    description: 'To the shell; fg comes back',
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

/** What a key means, on whatever screen. */
export function verbOf(key: Key): VerbName | undefined {
  return byKey.get(key)
}
