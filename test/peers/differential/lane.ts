import type { Change, Drift } from '../../../src/reconcile/drift/drift.ts'
import { type BedOptions, GatewayBed, type Manifest } from '../../gateway-bed.ts'
import { deck } from '../deck.ts'
import { deckChanges, deckLines } from './deck-changes.ts'
import { differencesOf, isExplainedFailure, isMistaken, withOldNames } from './explained.ts'

/** Who brings the gateway to what the manifest says. */
export type Syncer = 'gatewatch' | 'deck'

/** A machine that is busy is no reason to disagree. */
const patient: BedOptions = { connection: { timeoutMs: 60_000 } }

interface Comparison {
  readonly disagreements: readonly string[]
  /** What gatewatch says; undefined where it says nothing. */
  readonly drift?: Drift
  /** What is expected to be left after a sync by decK; undefined where decK can't compare. */
  readonly left?: readonly string[]
  /** What decK says where it can't compare. */
  readonly refused?: string
}

/** One gateway, and both programs on it. */
export class Lane implements AsyncDisposable {
  readonly bed: GatewayBed

  private constructor(bed: GatewayBed) {
    this.bed = bed
  }

  static async start(): Promise<Lane> {
    return new Lane(await GatewayBed.start())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bed[Symbol.asyncDispose]()
  }

  /**
   * Has both say what differs, lets one of them sync, and has both say that nothing does any more. What they disagree
   * on, in words; none where they agree or it is explained.
   */
  async step(manifest: Manifest, by: Syncer): Promise<readonly string[]> {
    const files = this.bed.files(manifest)
    const { disagreements, drift, left, refused } = await this.#compare(manifest, files)
    if (refused !== undefined && !isExplainedFailure(refused)) {
      return [...disagreements, `decK can't compare: ${refused}`]
    }
    if (!drift || disagreements.length > 0) return disagreements
    if (by === 'deck' && left) {
      const { code, out, err } = await deck(this.bed.address, ['gateway', 'sync', ...files])
      if (code !== 0 && !isExplainedFailure(out + err))
        return [`decK can't sync: …${(out + err).slice(-500)}`]
      if (code === 0) {
        const after = await this.#remaining(manifest, files, left)
        if (after.length > 0 || left.length === 0) return after
      }
    }
    const { problems } = await this.bed.sync(manifest, patient)
    if (problems.length > 0) return problems.map(problem => `gatewatch can't sync: ${problem.message}`)
    return this.#remaining(manifest, files)
  }

  async #compare(manifest: Manifest, files: readonly string[]): Promise<Comparison> {
    const live = await this.bed.control.state()
    const [found, theirs] = await Promise.all([
      this.bed.diff(manifest, patient),
      deckChanges(this.bed.address, files),
    ])
    const refused = 'refused' in theirs ? theirs.refused : theirs.errors.join('\n')
    if ('problems' in found) {
      const ours = found.problems.map(each => each.message).join('; ')
      return { disagreements: [`gatewatch has against the manifest: ${ours}`, `decK: ${refused}`] }
    }
    const { drift } = found
    const disagreements = [
      ...drift.unknown.map(each => `unknown to gatewatch: ${each.reason.message}`),
      ...drift.blocked.map(each => `blocked by gatewatch: ${each.reason.message}`),
      ...drift.changes
        .filter(change => change.operation === 'update' && change.fields.length === 0)
        .map(change => `no field in ${change.id}`),
    ]
    if ('refused' in theirs || refused !== '') return { disagreements, drift, refused }
    if (isMistaken(drift)) return { disagreements, drift }
    const texts = typeof manifest === 'string' ? manifest : manifest.join('\n')
    const here = drift.changes.map(change => withOldNames(lineOf(change), change, drift)).sort()
    const there = deckLines(theirs.events, live, texts)
    const { unexplained, left } = differencesOf(here, there, { drift, events: theirs.events })
    return { disagreements: [...disagreements, ...unexplained], drift, left }
  }

  async #remaining(
    manifest: Manifest,
    files: readonly string[],
    expected: readonly string[] = [],
  ): Promise<readonly string[]> {
    const { disagreements, drift, refused } = await this.#compare(manifest, files)
    const changes = drift?.changes.filter(change => !expected.includes(lineOf(change))) ?? []
    const left = changes.map(change => {
      const fields = change.fields.map(
        field => `${field.path} ${JSON.stringify(field.live)} -> ${JSON.stringify(field.git)}`,
      )
      return `after the sync gatewatch finds: ${lineOf(change)}: ${fields.join(', ')}`
    })
    // What keeps decK from comparing lies between two states; there is only one now.
    const others =
      refused === undefined ? disagreements : [...disagreements, `decK can't compare: ${refused}`]
    return [...left, ...others.map(each => `after the sync: ${each}`)]
  }
}

/** A change in short, as decK would say it. */
function lineOf({ operation, kind, name, liveId }: Change): string {
  const known = kind === 'certificate' || kind === 'ca-certificate' ? (liveId ?? name) : name
  return `${operation} ${kind} ${known}`
}
