import type { RecordedSync } from '../../../ledger/journal-reading.ts'
import { refText } from '../../../model/entity.ts'
import { fail, type Problem, type Result, succeed } from '../../../model/problem.ts'
import { entityAt, type State } from '../../../model/state/state.ts'
import type { Step } from '../../../providers/session.ts'
import { noBase } from '../../../reconcile/drift/base.ts'
import { compare } from '../../../reconcile/drift/compare.ts'
import type { Change, Drift } from '../../../reconcile/drift/drift.ts'
import { applyIgnoreRules } from '../../../reconcile/drift/ignore.ts'
import { maskedAsSeen } from '../../../reconcile/drift/masked-as-seen.ts'
import { hashOf } from '../../../reconcile/plan/losses.ts'
import type { Plan } from '../../../reconcile/plan/plan.ts'
import type { DoneSync } from '../../../reconcile/undo/as-left.ts'
import { stateBefore, type TakenBackSync } from '../../../reconcile/undo/state-before.ts'
import { boundTogether, withoutLost } from '../../../reconcile/undo/together.ts'
import type { GatewayTarget, Project } from '../../project/project.ts'
import { identityVariable } from '../../project/sealing.ts'
import type { Compared, NotCompared } from '../../reading/compare-target.ts'
import { type ReadForUndo, readForUndo } from '../../reading/read-for-undo.ts'
import { noManifest } from '../../reading/read-manifests.ts'
import type { Undoable } from './history.ts'
import { findSecrets, type Search } from './lost-secrets.ts'

/** The changes of a sync that took effect, or may have: the gateway shows whether those without a result did. */
function sent({ plan, done, open, failed }: RecordedSync): DoneSync {
  // A step that failed in a journal of version 1 may have taken effect.
  const steps = new Set([...done, ...open, ...(plan.version === 1 ? failed.map(each => each.step) : [])])
  return { plan, sent: new Set(plan.steps.flatMap(step => (steps.has(step.id) ? step.covers : []))) }
}

function takenBackSync({ sync, parts }: Undoable): TakenBackSync {
  return {
    ...sent(sync),
    parts: parts.map(sent),
    madeUp: sync.madeUp && new Map(sync.madeUp.map(each => [refText(each), each.values])),
  }
}

/** A change with its cause: only the sync that is taken back. */
function asUndo(change: Change): Change {
  return {
    ...change,
    cause: 'undo',
    fields: change.fields.map(field => ({ ...field, cause: 'undo' })),
  }
}

/**
 * Reads a target and compares it with its state before a sync: the changes are those that take the sync back. What has
 * changed since, or needs a lost secret, is reported as blocked. Needs no manifest.
 */
export async function compareWithBefore(
  project: Project,
  target: GatewayTarget,
  undoable: Undoable,
  signal: AbortSignal,
): Promise<Result<Compared, NotCompared>> {
  const started = performance.now()
  const read = await readForUndo(project, target, undoable.sync.plan, signal)
  if (!read.ok) return fail({ manifestProblems: [], gatewayProblems: read.error })
  // What that sync saw or wrote masked is compared masked.
  const live = maskedAsSeen(read.value.live, undoable.sync.plan, project.digests)
  const { schemas } = read.value
  const before = stateBefore(live, schemas, takenBackSync(undoable))
  const ignoring = applyIgnoreRules({
    desired: before.state,
    live,
    schemas,
    rules: target.ignore,
    now: read.value.readAt,
  })
  const { desired } = ignoring
  // Ownership was settled when the sync was made; what it didn't touch stays.
  const found = compare({
    target: target.name,
    desired,
    live,
    ignoring,
    base: noBase,
    schemas,
    selectTags: [],
    lookupTags: {},
  })
  const drift: Drift = {
    ...found,
    changes: boundTogether(found.changes.map(asUndo), desired, live),
    notOurs: undoable.sync.plan.notOurs,
    blocked: [...found.blocked, ...before.kept],
  }
  const needed = new Needed({ ...read.value, live }, desired, project, target.name)
  const missing = needed.missing(drift.changes)
  const search = await findSecrets(project, target, undoable, missing, read.value)
  const lost = new Map(
    needed.lost(drift.changes).map(change => [change.id, needed.reason(change, search)] as const),
  )
  return succeed({
    target,
    session: read.value.session,
    manifest: read.value.manifest,
    desired,
    live,
    schemas,
    drift: withoutLost(drift, lost),
    asLeft: new Map(),
    ignoring,
    ledger: read.value.ledger,
    ledgerVersion: read.value.ledgerVersion,
    readAt: read.value.readAt,
    milliseconds: Math.round(performance.now() - started),
    inputs: null,
  })
}

/**
 * What a target holds in the workspace of a plan, only for the ledger: it is compared with nothing, whatever manifests
 * say.
 */
export async function readWithoutManifests(
  project: Project,
  target: GatewayTarget,
  plan: Plan,
  signal: AbortSignal,
): Promise<Result<Compared, NotCompared>> {
  const read = await readForUndo(project, target, plan, signal)
  if (!read.ok) return fail({ manifestProblems: [], gatewayProblems: read.error })
  const { live, schemas, session, ledger, ledgerVersion, readAt } = read.value
  const desired: State = { kinds: live.kinds, entities: new Map(), coverage: live.coverage }
  const ignoring = applyIgnoreRules({ desired, live, schemas, rules: target.ignore, now: readAt })
  const drift = compare({
    target: target.name,
    nothingWanted: true,
    desired,
    live,
    base: noBase,
    schemas,
    selectTags: [],
    lookupTags: {},
  })
  const common = { target, session, desired, live, schemas, drift, ignoring, ledger, ledgerVersion, readAt }
  return succeed({ ...common, asLeft: new Map(), manifest: noManifest, milliseconds: 0, inputs: null })
}

/** The secrets that changes need, and which of them are lost. */
class Needed {
  readonly #read: ReadForUndo
  readonly #desired: State
  readonly #digests: Project['digests']
  readonly #target: string

  constructor(read: ReadForUndo, desired: State, { digests }: Project, target: string) {
    this.#target = target
    this.#read = read
    this.#desired = desired
    this.#digests = digests
  }

  /** Those that can't be written as things are. */
  missing(changes: readonly Change[]): ReadonlySet<string> {
    const hashes = changes.flatMap(change => this.#hashOnly(change) ?? [])
    const unknown = this.#steps(changes).flatMap(step => step.secrets.filter(each => !this.#isKnown(each)))
    return new Set([...hashes, ...unknown])
  }

  /** The changes that can't be made without a secret that is lost. */
  lost(changes: readonly Change[]): readonly Change[] {
    const byId = new Map(changes.map(change => [change.id, change]))
    return this.#steps(changes).flatMap(({ secrets, covers }) => {
      const covered = covers.flatMap(id => byId.get(id) ?? [])
      const isWhole = secrets.every(digest => this.#isKnown(digest))
      if (isWhole && !covered.some(change => this.#hashOnly(change))) return []
      // One step for many changes: only those that need the secret themselves are lost.
      return covered.length === 1 ? covered : covered.flatMap(change => this.lost([change]))
    })
  }

  /** Why a change is lost, and what to do. */
  reason(change: Change, { sealedTo, problems: [unusable] }: Search): Problem {
    const what = `${change.kind} ${change.name} can’t be restored`
    const again = 'Put the secret into the manifest again, and sync.'
    const told = (why: string, hint: string): Problem => ({
      code: 'secret-lost',
      target: this.#target,
      message: `${what}: ${why}`,
      hint,
    })
    const entity = entityAt(this.#desired, change)
    if (entity && hashOf(entity, this.#desired.kinds) && this.#hashOnly(change)) {
      return told('the gateway kept its secret only as a hash, and no manifest in Git holds it', again)
    }
    if (unusable) return told(unusable.message, unusable.hint ?? again)
    if (sealedTo.length > 0) {
      return told(
        `its secret is sealed to the key of ${sealedTo.join(' or ')}, and no key here opens it`,
        `Name the file of that key: ${identityVariable}=FILE. ${again}`,
      )
    }
    return told('one of its secrets is kept nowhere that gatewatch can read', again)
  }

  /** The digest of a hash that a change would write, if that is all that is known about its secret. */
  #hashOnly(change: Change): string | undefined {
    const entity = change.operation === 'delete' ? undefined : entityAt(this.#desired, change)
    const hash = entity && hashOf(entity, this.#desired.kinds)
    if (!hash) return undefined
    const { foreign = {} } = this.#desired.kinds.of(change.kind)?.references ?? {}
    const writes =
      change.operation === 'create' ||
      change.fields.some(({ path }) => path === hash.field || path in foreign)
    const secret = this.#digests.resolve(hash.digest)
    const isHash = secret === undefined || this.#digests.digest(secret) === hash.digest
    return writes && isHash ? hash.digest : undefined
  }

  #isKnown(digest: string): boolean {
    return this.#digests.resolve(digest) !== undefined
  }

  #steps(changes: readonly Change[]): readonly Step[] {
    const { live, schemas, session } = this.#read
    const steps = session.compile(changes, this.#desired, live, schemas, ref => ref.key)
    return steps.ok ? steps.value : []
  }
}
