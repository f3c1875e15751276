import type { Json } from '../../../src/model/json.ts'
import { kindOf } from '../../../src/model/kinds/index.ts'
import { targetAddress } from '../../../src/model/target-address.ts'
import type { Change, Drift } from '../../../src/reconcile/drift.ts'
import type { DeckEvent } from './deck-changes.ts'

/** What both said, for whoever asks whether a disagreement is explained. */
export interface Said {
  readonly drift: Drift
  readonly events: readonly DeckEvent[]
}

type Side = 'gatewatch' | 'decK'

/** A disagreement with decK that is understood, by a general reason. */
interface Explanation {
  readonly reason: string
  readonly right: Side | 'both'
  /** Whether a line that only one of them says is of this sort. */
  applies(line: string, side: Side, said: Said): boolean
}

const explanations: readonly Explanation[] = [
  {
    reason:
      'decK updates every oauth2 credential for ever: it compares the hash that is kept with the clear secret',
    right: 'gatewatch',
    applies: (line, side) => side === 'decK' && line.startsWith('update oauth2-cred '),
  },
  {
    reason: 'decK takes an empty mapping or list for another value than none, and the gateway keeps none',
    right: 'gatewatch',
    applies: (line, side, { events }) =>
      side === 'decK' &&
      isUpdateOf(
        line,
        events,
        (old, now, field) => (isNothing(old) && isNothing(now)) || (sets.has(field) && isReordered(old, now)),
      ),
  },
  {
    reason:
      'decK takes protocols, methods and SNIs of a route in another order for a difference, and the gateway keeps them as sets',
    right: 'gatewatch',
    applies: (line, side, { events }) =>
      side === 'decK' &&
      isUpdateOf(line, events, (old, now, field) => sets.has(field) && isReordered(old, now)),
  },
  {
    reason: 'decK does not know that hash_on changes the algorithm of an upstream',
    right: 'gatewatch',
    applies: (line, side, { events }) =>
      side === 'decK' &&
      line.startsWith('update upstream ') &&
      isUpdateOf(
        line,
        events,
        (old, now, field) => field === 'algorithm' && old === 'consistent-hashing' && now === 'round-robin',
      ),
  },
  {
    reason: 'decK does not know that the gateway gives a target a port, and makes it anew for ever',
    right: 'gatewatch',
    applies: (line, _side, { events }) => {
      const [, address = ''] = /^\w+ target (.*) for upstream /.exec(line) ?? []
      return events.some(({ kind, operation, body }) => {
        const target = body?.new?.target
        return (
          kind === 'target' &&
          operation === 'create' &&
          typeof target === 'string' &&
          target !== address &&
          targetAddress(target) === address
        )
      })
    },
  },
  {
    reason:
      'what hangs on an entity that is made anew under another id moves over, or goes; decK deletes and creates, and does not list all of it',
    right: 'both',
    applies: (line, _side, { drift }) => {
      const [, name = ''] = /^(?:create|update|delete) (.*)$/.exec(line) ?? []
      return drift.changes.some(
        change => `${change.kind} ${change.name}` === name && hangsOnRemade(change, drift),
      )
    },
  },
  {
    reason: 'decK can’t see that a password changed, because the gateway keeps only its hash',
    right: 'gatewatch',
    applies: (line, side, { drift }) =>
      side === 'gatewatch' &&
      drift.changes.some(
        change =>
          lineOf(change) === line &&
          change.kind === 'basic-auth' &&
          change.fields.every(({ path }) => path === 'password'),
      ),
  },
]

/** What decK can't do, and why; that the gateway can is seen by gatewatch's sync, after which decK finds no difference. */
const failures: readonly {
  readonly reason: string
  readonly applies: (output: string) => boolean
}[] = [
  {
    reason:
      'decK does not order changes by the unique values that move between entities: the gateway refuses the second holder',
    applies: output => /UNIQUE violation/i.test(output),
  },
  {
    reason: 'decK deletes what went with an entity that it made anew, and takes the 404 for a failure',
    applies: output => /Delete .* failed: HTTP status 404/.test(output),
  },
  {
    reason:
      'decK can’t hold two entities of one identity while it compares: one that is made anew under another id, or that takes what another gives up',
    applies: output => /entity already exists|entity not found/.test(output),
  },
]

/**
 * Whether decK takes a live entity for another than the one that is meant, so that all it says is about something else:
 * it goes by names even where a name goes from one entity to another and ids tell which is which.
 */
export function isMistaken(drift: Drift): boolean {
  const givers = drift.changes.filter(each => each.operation === 'update' || isRemade(each, drift))
  return drift.changes.some(change =>
    change.fields.some(
      ({ path, git }) =>
        identifying.has(path) &&
        typeof git === 'string' &&
        givers.some(
          each =>
            each.kind === change.kind &&
            each.key !== change.key &&
            each.fields.some(field => field.path === path && field.live === git),
        ),
    ),
  )
}

/** A delete named as decK names it: what it hangs on by its old name, where that gets a new one in the same run. */
export function withOldNames(line: string, { operation }: Change, drift: Drift): string {
  if (operation !== 'delete') return line
  // Its own kind and name are as they are: something else of its kind may get that very name.
  const own = /^\S+ \S+ \S+/.exec(line)?.[0] ?? ''
  const below = drift.changes.reduce((named, { operation: what, kind, fields }) => {
    const renamed = what === 'update' ? fields.find(({ path }) => identifying.has(path)) : undefined
    return renamed ? named.replaceAll(` ${kind} ${renamed.git}`, ` ${kind} ${renamed.live}`) : named
  }, line.slice(own.length))
  return own + below
}

const identifying: ReadonlySet<string> = new Set(['name', 'username', 'custom_id'])

const lineOf = ({ operation, kind, name }: Change): string => `${operation} ${kind} ${name}`

/** Whether an entity belongs, or belonged, to one that is made anew under another id. */
function hangsOnRemade(change: Change, drift: Drift): boolean {
  return change.fields.some(({ path, git, live }) => {
    const kind = kindOf(change.kind)?.foreign[path]?.kind
    const keys = [git, live].map(value => String(value).replace(/ \(id .*\)$/, ''))
    return drift.changes.some(each => each.kind === kind && keys.includes(each.key) && isRemade(each, drift))
  })
}

function isRemade({ operation, kind, key }: Change, drift: Drift): boolean {
  return (
    operation === 'delete' &&
    drift.changes.some(each => each.operation === 'create' && each.kind === kind && each.key === key)
  )
}

/** Whether all that differs in an update of decK's is of a sort. */
function isUpdateOf(
  line: string,
  events: readonly DeckEvent[],
  isOfSort: (old: Json | undefined, now: Json | undefined, field: string) => boolean,
): boolean {
  return events.some(({ operation, kind, name, body }) => {
    const { old, new: now } = body ?? {}
    if (`${operation} ${kind} ${name}` !== line || !old || !now) return false
    return [...new Set([...Object.keys(old), ...Object.keys(now)])]
      .filter(field => JSON.stringify(old[field]) !== JSON.stringify(now[field]))
      .every(field => isOfSort(old[field], now[field], field))
  })
}

/** Fields of a route that are sets. */
const sets: ReadonlySet<string> = new Set(['protocols', 'methods', 'snis', 'tags'])

function isReordered(old: Json | undefined, now: Json | undefined): boolean {
  const sorted = (value: Json | undefined) => JSON.stringify(Array.isArray(value) ? value.toSorted() : value)
  return sorted(old) === sorted(now)
}

function isNothing(value: Json | undefined): boolean {
  return (
    value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  )
}

function only(lines: readonly string[], others: readonly string[]): readonly string[] {
  const rest = [...others]
  return lines.filter(line => {
    const at = rest.indexOf(line)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
}

/** What only one of them says. */
export interface Differences {
  /** Lines that are not explained. */
  readonly unexplained: readonly string[]
  /** Lines of gatewatch's that are: decK's sync leaves them. */
  readonly left: readonly string[]
}

export function differencesOf(here: readonly string[], there: readonly string[], said: Said): Differences {
  const isExplained = (line: string, side: Side): boolean =>
    explanations.some(each => each.applies(line, side, said))
  const ours = only(here, there)
  const theirs = only(there, here)
  return {
    unexplained: [
      ...ours.filter(line => !isExplained(line, 'gatewatch')).map(line => `only gatewatch: ${line}`),
      ...theirs.filter(line => !isExplained(line, 'decK')).map(line => `only decK: ${line}`),
    ],
    left: ours.filter(line => isExplained(line, 'gatewatch')),
  }
}

/** Whether it is known why decK can't do something. */
export function isExplainedFailure(output: string): boolean {
  return failures.some(each => each.applies(output))
}

/** The text of docs/compatibility-random.md: all that is explained, with its reason. */
export function explanationsText(): string {
  return [
    '# Where gatewatch and decK disagree on random manifests',
    '',
    'Generated by `npm run test:peers -- test/peers/random.test.ts -u`; do not edit. Random manifests of all kinds are',
    'changed step by step; at each step both say what differs, one of them syncs, and both must find nothing to do. They',
    'agree by kind, name and operation, but for the following.',
    '',
    '| why | right |',
    '|---|---|',
    ...explanations.map(({ reason, right }) => `| ${reason} | ${right} |`),
    '',
    'What decK can’t do, and the gateway can: gatewatch syncs it, and then decK finds no difference.',
    '',
    ...failures.map(({ reason }) => `- ${reason}`),
    '- decK goes by names even where a name goes from one entity to another and ids tell which is which: it then takes a live entity for another than the one that is meant',
    '',
    'What is deleted below an entity that is renamed in the same run is called by the new name here, by the old one by decK.',
    '',
  ].join('\n')
}
