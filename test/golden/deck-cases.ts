import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Problem } from '../../src/model/problem.ts'
import type { Drift } from '../../src/reconcile/drift/drift.ts'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { countedChanges, type HeldCase } from '../compatibility.ts'
import { hasShared, shared } from '../shared.ts'
import { checkByGateway, driftOf } from './drift-of.ts'
import {
  type RecordedGateway,
  type RecordedLists,
  recordedLists,
  startRecordedGateway,
} from './recorded-gateway.ts'

const item = z.object({ kind: z.string(), name: z.string() })
const diff = z.object({ creating: z.array(item), updating: z.array(item), deleting: z.array(item) })
const synced = z.object({ file: z.string(), live: recordedLists })
const refused = z.object({ file: z.string(), refused_by_deck_or_gateway: z.string() })
const followed = z.object({
  from: z.string(),
  to: z.string(),
  live: recordedLists,
  live_after: recordedLists.optional(),
  deck_diff: diff,
  deck_sync_error: z.string().optional(),
})
const recording = z.union([followed, refused, synced])

/** What gatewatch says of a case, beside what decK and the gateway did. */
export interface Verdict {
  readonly kind: 'synced' | 'followed' | 'refused'
  readonly held: HeldCase
}

/** decK's own cases as they were recorded at a real gateway. */
export const deckCases: readonly { readonly name: string; readonly recording: z.infer<typeof recording> }[] =
  hasShared
    ? readdirSync(join(shared, 'golden', 'kong-3.9.1', 'deck-cases'))
        .toSorted()
        .map(name => ({
          name,
          recording: recording.parse(
            JSON.parse(readFileSync(join(shared, 'golden', 'kong-3.9.1', 'deck-cases', name), 'utf8')),
          ),
        }))
    : []

const files = join(shared, 'golden', 'deck')

/** Gateways to hold the cases against: one that shows recorded lists, and one that can refuse. */
export class DeckCaseGateways implements AsyncDisposable {
  readonly #recorded: RecordedGateway
  readonly #sandbox: RunningSandbox

  private constructor(recorded: RecordedGateway, sandbox: RunningSandbox) {
    this.#recorded = recorded
    this.#sandbox = sandbox
  }

  static async start(): Promise<DeckCaseGateways> {
    const [recorded, sandbox] = await Promise.all([
      startRecordedGateway(),
      launchSandbox({ gateways: [{ name: 'empty', proxyPort: false }] }),
    ])
    return new DeckCaseGateways(recorded, sandbox)
  }

  /** Writes that were tried at the recorded gateway: there must be none. */
  get writes(): readonly string[] {
    return this.#recorded.writes
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#recorded[Symbol.asyncDispose](), this.#sandbox.stop()])
  }

  /** What gatewatch says of a case; `work` is a folder for its state. */
  judge(one: z.infer<typeof recording>, work: string): Promise<Verdict> {
    if ('to' in one) return this.#followed(one, work)
    return 'live' in one ? this.#synced(one, work) : this.#refused(one, work)
  }

  async #drift(lists: RecordedLists, file: string, work: string): Promise<Drift> {
    this.#recorded.show(lists)
    const found = await driftOf(this.#recorded.address, join(files, file), work, files)
    if ('problems' in found) throw new Error(found.problems.map(each => each.message).join('\n'))
    const missing = [...found.drift.unknown, ...found.drift.blocked]
    if (missing.length > 0) throw new Error(missing.map(each => each.reason.message).join('\n'))
    return found.drift
  }

  async #synced({ file, live }: z.infer<typeof synced>, work: string): Promise<Verdict> {
    const lines = linesOf((await this.#drift(live, file, work)).changes)
    const common = { case: file, held: 'synced', here: countedChanges(lines) }
    return { kind: 'synced', held: judged(common, lines.length === 0, undefined) }
  }

  async #followed(one: z.infer<typeof followed>, work: string): Promise<Verdict> {
    const { changes } = await this.#drift(one.live, one.to, work)
    const lines = linesOf(changes)
    const said = deckLines(one.deck_diff, one.live, changes)
    const fails = one.deck_sync_error === undefined ? '' : '; its sync fails half way'
    const common = {
      case: `${one.from} → ${one.to}`,
      held: countedChanges(said) + fails,
      here: countedChanges(lines),
    }
    const isListed = changes.every(change => change.operation !== 'update' || change.fields.length > 0)
    const isEqual = isListed && lines.join('\n') === said.join('\n')
    return { kind: 'followed', held: judged(common, isEqual, deckIsWrong(one, lines, said)) }
  }

  async #refused({ file, ...one }: z.infer<typeof refused>, work: string): Promise<Verdict> {
    const address = this.#sandbox.gateways[0]?.adminUrl ?? ''
    const problems = await checkByGateway(address, join(files, file), work, files)
    const [first] = problems
    const held = `refused: ${lastLine(one.refused_by_deck_or_gateway)}`
    const here = first ? `refused: ${sentence(first, problems.length - 1)}` : 'nothing against it'
    return { kind: 'refused', held: judged({ case: file, held, here }, first !== undefined, undefined) }
  }
}

/** A row with its verdict; `why` is the reason where the two differ, if one is known. */
function judged(
  row: { readonly case: string; readonly held: string; readonly here: string },
  isEqual: boolean,
  why: string | undefined,
): HeldCase {
  if (isEqual) return { ...row, verdict: 'equal' }
  return why === undefined ? { ...row, verdict: 'wrong' } : { ...row, verdict: 'otherwise', why }
}

function linesOf(changes: Drift['changes']): readonly string[] {
  return changes.map(change => `${change.operation} ${change.kind} ${change.name}`).sort()
}

/** What decK says it would do, with the names that people gave: it names some entities by ids. */
function deckLines(
  said: z.infer<typeof diff>,
  lists: RecordedLists,
  changes: Drift['changes'],
): readonly string[] {
  const listed = (path: string, id: string) => lists[path]?.find(each => each.id === id)
  const clear = (kind: string, name: string): string => {
    if (kind === 'target') {
      return name.replace(/(?<=for upstream )\S+$/, id => String(listed('upstreams', id)?.name ?? id))
    }
    if (kind !== 'consumer') return name
    const made = changes.find(
      change => change.kind === 'consumer' && change.fields.every(field => field.path !== 'username'),
    )
    return String(
      listed('consumers', name)?.custom_id ?? (/^[0-9a-f-]{36}$/.test(name) && made ? made.name : name),
    )
  }
  const lines = (operation: string, items: readonly z.infer<typeof item>[]) =>
    items.map(({ kind, name }) => `${operation} ${kind} ${clear(kind, name)}`)
  return [
    ...lines('create', said.creating),
    ...lines('update', said.updating),
    ...lines('delete', said.deleting),
  ].sort()
}

/** Why decK is not to be followed, where it is known to be wrong. */
function deckIsWrong(
  one: z.infer<typeof followed>,
  here: readonly string[],
  there: readonly string[],
): string | undefined {
  const withoutOauth2 = there.filter(line => !line.startsWith('update oauth2-cred '))
  if (withoutOauth2.join('\n') === here.join('\n')) return 'decK updates oauth2 credentials for ever'
  const needed = there.filter(line => !keptUpstreams(one).has(line))
  if (needed.join('\n') === here.join('\n'))
    return 'decK updates an upstream whose algorithm the gateway makes round-robin again'
  if (one.deck_sync_error?.includes('UNIQUE violation') && there.length === 0)
    return 'decK sees no change and then fails on keys that it wants to create'
  return undefined
}

/** Updates of upstreams that were the same after decK's sync as before. */
function keptUpstreams({ live, live_after }: z.infer<typeof followed>): ReadonlySet<string> {
  const known = new Set((live.upstreams ?? []).map(withoutTimes))
  const kept = (live_after?.upstreams ?? []).filter(upstream => known.has(withoutTimes(upstream)))
  return new Set(kept.map(({ name }) => `update upstream ${String(name)}`))
}

const withoutTimes = ({ created_at: _, updated_at: __, ...rest }: Record<string, unknown>): string =>
  JSON.stringify(Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1)))

/** The line of decK's output that says what went wrong. */
function lastLine(output: string): string {
  if (output.includes('/3.0-upgrade')) return 'the format is for Kong before 3.0'
  const lines = output.split('\n').map(line => line.trim())
  const error = lines.findLast(line => line.startsWith('Error:') && !/errors occurred:$/.test(line))
  const event = lines.findLast(line => /^while processing event/.test(line))
  const said = error ?? event ?? /err=[^\n]*$/.exec(output.trim())?.[0].slice('err='.length)
  return said ?? lines.findLast(line => line !== '') ?? ''
}

function sentence(problem: Problem, more: number): string {
  const where = problem.place ? `${problem.place.line}:${problem.place.column}: ` : ''
  const message = problem.message.replace(/http:\/\/127\.0\.0\.1:\d+/, 'the gateway')
  return `${where}${message}${more > 0 ? ` (and ${more} more)` : ''}`
}
