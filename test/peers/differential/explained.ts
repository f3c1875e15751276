import { isObject, type Json } from '../../../src/model/json.ts'
import { targetAddress } from '../../../src/providers/kong/kinds/target-address.ts'
import type { Change, Drift } from '../../../src/reconcile/drift/drift.ts'
import type { DeckEvent } from './deck-changes.ts'
import { hangingOnMadeAnew, isMadeAnew } from './made-anew.ts'
import { isNeedlessUpdate, needlessFields } from './needless-updates.ts'

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
    reason: 'decK does not know that the gateway gives a target a port, and makes it anew for ever',
    right: 'gatewatch',
    applies: (line, _side, { drift, events }) => {
      const [, address = ''] = /^\w+ target (.*) for upstream /.exec(line) ?? []
      const targets = events.flatMap(targetIn)
      const isChanged = drift.changes.some(each => line.endsWith(` target ${each.name}`))
      return targets.some(
        now =>
          now.operation === 'create' &&
          now.address === address &&
          now.given !== address &&
          targets.some(
            old =>
              old.operation === 'delete' &&
              old.given === address &&
              old.upstream === now.upstream &&
              (isChanged || old.rest === now.rest),
          ),
      )
    },
  },
  {
    reason:
      'what hangs on an entity that is made anew under another id, directly or further down, moves over or goes; decK deletes and creates, and does not list all of it',
    right: 'both',
    applies: (line, _side, { drift, events }) =>
      hangingOnMadeAnew(drift, events).has(line.replace(/^(?:create|update|delete) /, '')),
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
  const givers = drift.changes.filter(each => each.operation === 'update' || isMadeAnew(each, drift))
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

/** A target that decK creates or deletes: its address as decK says it, and with the port that the gateway gives it. */
interface DeckTarget {
  readonly operation: DeckEvent['operation']
  readonly given: string
  readonly address: string
  readonly upstream: Json | undefined
  /** All else that it holds. */
  readonly rest: string
}

function targetIn({ kind, operation, body }: DeckEvent): readonly DeckTarget[] {
  const { target, upstream, weight, tags } = body?.new ?? {}
  if (kind !== 'target' || typeof target !== 'string') return []
  const rest = JSON.stringify([weight, Array.isArray(tags) ? tags.toSorted() : []])
  const id = isObject(upstream) ? upstream.id : undefined
  return [{ operation, given: target, address: targetAddress(target), upstream: id, rest }]
}

const lineOf = ({ operation, kind, name }: Change): string => `${operation} ${kind} ${name}`

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
  /** Lines of gatewatch's that decK's sync leaves: those that are, and what it can't do. */
  readonly left: readonly string[]
}

/** Updates of targets that decK makes without taking away what it finds to be taken away. */
function keptTargets({ drift, events }: Said): readonly string[] {
  const kept = events.filter(({ kind, operation, body }) => {
    const { old, new: now } = body ?? {}
    return (
      kind === 'target' &&
      operation === 'update' &&
      old &&
      now &&
      Object.keys(old).some(field => !(field in now))
    )
  })
  return drift.changes
    .filter(change => change.kind === 'target' && kept.some(({ body }) => body?.new?.id === change.liveId))
    .map(lineOf)
}

export function differencesOf(here: readonly string[], there: readonly string[], said: Said): Differences {
  const isExplained = (line: string, side: Side): boolean =>
    explanations.some(each => each.applies(line, side, said)) ||
    (side === 'decK' && isNeedlessUpdate(line, said.events))
  const ours = only(here, there)
  const theirs = only(there, here)
  return {
    unexplained: [
      ...ours.filter(line => !isExplained(line, 'gatewatch')).map(line => `only gatewatch: ${line}`),
      ...theirs.filter(line => !isExplained(line, 'decK')).map(line => `only decK: ${line}`),
    ],
    left: [...ours.filter(line => isExplained(line, 'gatewatch')), ...keptTargets(said)],
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
    ...needlessFields.map(({ reason }) => `| ${reason} | gatewatch |`),
    ...explanations.map(({ reason, right }) => `| ${reason} | ${right} |`),
    '',
    'What decK can’t do, and the gateway can: gatewatch syncs it, and then decK finds no difference.',
    '',
    ...failures.map(({ reason }) => `- ${reason}`),
    '- decK changes a target by a PATCH that does not name what is taken away, and the gateway keeps it',
    '- decK goes by names even where a name goes from one entity to another and ids tell which is which: it then takes a live entity for another than the one that is meant',
    '',
    'What is deleted below an entity that is renamed in the same run is called by the new name here, by the old one by decK.',
    '',
  ].join('\n')
}
