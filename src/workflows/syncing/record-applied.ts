import { emptyLedger, type Ledger, laterLedgerIn, usableWith, withApplied } from '../../ledger/ledger.ts'
import { type Entity, refText } from '../../model/entity.ts'
import type { Problem } from '../../model/problem.ts'
import { entityAt } from '../../model/state/state.ts'
import type { Change } from '../../reconcile/drift/drift.ts'
import { withValueAt } from '../../reconcile/drift/fields.ts'
import { withoutIgnored } from '../../reconcile/drift/ignore.ts'
import { maskedAsSeen } from '../../reconcile/drift/masked-as-seen.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import type { Compared } from '../reading/compare-target.ts'

/** Writes what is now in sync to the ledger; reads and writes it again if another sync wrote first. */
export async function recordApplied(
  project: Project,
  target: GatewayTarget,
  plan: Plan,
  after: Compared,
  done: number,
): Promise<readonly Problem[]> {
  const total = plan.steps.length
  const lastSync = { at: project.now().toISOString(), by: await project.user(), done, total }
  const head = await project.repository?.head()
  const commit = project.commit ?? (head?.ok ? head.value.commit : null)
  // What an undo restores is in no manifest that would say what came from variables: its plan knows.
  const seen =
    plan.undoes === undefined ? after : { ...after, live: maskedAsSeen(after.live, plan, project.digests) }
  let { ledger, ledgerVersion } = after
  for (let attempt = 0; attempt < 5; attempt++) {
    const before = ledger.read()
    const later = laterLedgerIn(ledger)
    if (later.length > 0) return later.map(problem => notRecorded(target, problem))
    const { keyId } = project.digests
    // An unreadable ledger is replaced.
    const known = before.ok ? before.value : emptyLedger(target.name, keyId)
    const next = { ...ledgerAfter(known, plan, seen, commit, keyId), lastSync }
    const written = await project.ledgers.write(target.name, next, ledgerVersion)
    if (!written.ok) return written.error.map(problem => notRecorded(target, problem))
    if (written.value) return []
    const stored = await project.ledgers.read(target.name, target.provider.kinds)
    ledger = stored.ledger ?? ledger
    ledgerVersion = stored.version
  }
  return [notRecorded(target, { code: 'ledger-busy', message: 'it kept changing' })]
}

function notRecorded(target: GatewayTarget, { message, hint }: Problem): Problem {
  return {
    code: 'not-recorded',
    target: target.name,
    message: `what was applied could not be written to the ledger: ${message}`,
    hint: `The gateway is as reported here; causes of differences are reported wrongly until the next sync. ${hint ?? ''}`.trim(),
  }
}

/**
 * What is equal on both sides was applied, whoever did it; what is on neither is gone. What a sync took back counts as
 * applied too, in its current form: Git is then ahead of it, and nobody edited it.
 */
function ledgerAfter(
  ledger: Ledger,
  plan: Plan,
  after: Compared,
  commit: string | null,
  keyId: string,
): Ledger {
  const usable = usableWith(ledger, keyId)
  const differing = new Set(after.drift.changes.map(refText))
  const equal: Entity[] = []
  const gone: { readonly kind: string; readonly key: string }[] = []
  for (const [kind, coverage] of after.live.coverage) {
    if (coverage.state !== 'complete') continue
    const live = after.live.entities.get(kind)
    for (const entity of after.desired.entities.get(kind)?.values() ?? []) {
      const there = live?.get(entity.key)
      const ref = refText(entity)
      // What is left to others was not applied, even if it is equal.
      if (!there || differing.has(ref) || after.ignoring.whole.has(ref)) continue
      equal.push(withoutIgnored(there, after.ignoring.fields.get(ref)))
    }
  }
  // What this sync, or one that was cut off, left there was applied, even if Git now wants something else.
  const patched: Entity[] = []
  for (const change of after.drift.changes) {
    const paths = after.asLeft.get(change.id)
    if (!paths) continue
    const there = entityAt(after.live, change)
    if (change.operation === 'create') gone.push(change)
    else if (there && change.operation === 'delete') equal.push(there)
    else if (there) patched.push(asLeft(change, paths, there, usable.entries[refText(change)]))
  }
  const takenBack = plan.undoes === undefined ? [] : plan.changes
  for (const ref of takenBack) {
    const there = entityAt(after.live, ref)
    if (there) equal.push(there)
    else gone.push(ref)
  }
  for (const name of Object.keys(ledger.entries)) {
    const space = name.indexOf(' ')
    const ref = { kind: name.slice(0, space), key: name.slice(space + 1) }
    const known = after.live.coverage.get(ref.kind)?.state === 'complete'
    const has =
      after.live.entities.get(ref.kind)?.has(ref.key) || after.desired.entities.get(ref.kind)?.has(ref.key)
    if (known && !has) gone.push(ref)
  }
  return {
    ...withApplied(usable, [...equal, ...patched], gone, commit),
    whole: after.drift.unknown.length === 0,
  }
}

/** An entity as it was last applied: from the ledger, except for fields that are as a sync left them. */
function asLeft(
  change: Change,
  paths: ReadonlySet<string>,
  there: Entity,
  entry: Ledger['entries'][string] | undefined,
): Entity {
  let { fields } = entry ?? there
  const refs = { ...(entry ?? there).refs }
  for (const { path, live } of change.fields) {
    if (!paths.has(path)) continue
    const ref = there.refs[path]
    if (ref) refs[path] = ref
    else if (path in refs) delete refs[path]
    else fields = withValueAt(fields, path, live ?? null)
  }
  return { ...there, fields, refs }
}
