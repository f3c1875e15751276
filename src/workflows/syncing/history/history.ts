import type { RecordedSync } from '../../../ledger/journal-reading.ts'
import { type JournalHome, type JournalItem, journalsOf } from '../../../ledger/journal-series.ts'
import { fail, type Problem, type Result, succeed } from '../../../model/problem.ts'
import type { Plan } from '../../../reconcile/plan/plan.ts'
import type { GatewayTarget, Project } from '../../project/project.ts'
import { namedWorkspace, workspaceOf } from '../../reading/read-for-undo.ts'

/** One entry of a target's history: a sync, or a journal about which nothing is known. */
export type HistoryItem =
  | { readonly type: 'sync'; readonly sync: RecordedSync }
  | (Extract<JournalItem, { readonly type: 'unread' }> & { readonly target: string })

/** Where the journals of a target are. */
export function journalHome({ stateFolder, name }: Project, target: GatewayTarget): JournalHome {
  return { stateFolder, workspace: name, target: target.name }
}

/** The syncs of targets made from this machine, newest first, and what can't be read of them. */
export async function historyOf(
  project: Project,
  targets: readonly GatewayTarget[],
): Promise<readonly HistoryItem[]> {
  const all = await Promise.all(
    targets.map(async target => {
      const items: HistoryItem[] = []
      for await (const item of journalsOf(journalHome(project, target)))
        items.push(
          item.type === 'sync' ? { type: 'sync', sync: item.sync } : { ...item, target: target.name },
        )
      return items
    }),
  )
  return all.flat().toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1))
}

/** What was found of the journals of a target. */
export interface JournalCheck {
  readonly target: string
  /** Journals that are as they were written, and their entries. */
  readonly journals: number
  readonly entries: number
  /** How many of the journals are of an earlier version, without a chain: changes to them can't be detected. */
  readonly unchained: number
  readonly problems: readonly Problem[]
}

/** Looks whether the journals of a target are as they were written, and all there. */
export async function checkJournals(project: Project, target: GatewayTarget): Promise<JournalCheck> {
  const problems: Problem[] = []
  let [journals, entries, unchained] = [0, 0, 0]
  for await (const item of journalsOf(journalHome(project, target))) {
    if (item.type === 'unread') {
      problems.push({ ...item.problem, target: target.name })
      continue
    }
    journals += 1
    entries += item.entries
    if (!item.chained) unchained += 1
  }
  return { target: target.name, journals, entries, unchained, problems }
}

/** Entries without a known time come first: a person must look at them. */
function timeOf(item: HistoryItem): string {
  return item.type === 'sync' ? item.sync.at : (item.at ?? '~')
}

/** The syncs of a history that can be read. */
export function syncsIn(history: readonly HistoryItem[]): readonly RecordedSync[] {
  return history.flatMap(item => (item.type === 'sync' ? [item.sync] : []))
}

/** Whether anything of a sync took effect, or may have: one that was refused as a whole changed nothing. */
export function tookEffect({ done, open }: RecordedSync): boolean {
  return done.length + open.length > 0
}

/** Whether a sync took back everything that it was meant to: nothing stays, and nothing was left out. */
function tookBackAll({ plan, done }: RecordedSync): boolean {
  const isWhole = plan.leftOut.length === 0 && plan.kept === undefined
  return plan.undoes !== undefined && isWhole && done.length === plan.steps.length
}

/** How a sync was taken back: by the last undo of it that still holds, completely or in part. */
export interface TakenBack {
  readonly by: RecordedSync
  readonly whole: boolean
}

/** The syncs that were taken back, by id; `syncs` are newest first. */
export function takenBack(syncs: readonly RecordedSync[]): ReadonlyMap<string, TakenBack> {
  const back = new Map<string, TakenBack>()
  for (const sync of syncs) {
    const { id, undoes } = sync.plan
    // An undo that was itself taken back has no effect any more, and what takes it back is newer.
    if (undoes === undefined || back.get(undoes)?.whole || back.get(id)?.whole) continue
    const whole = tookBackAll(sync)
    if (whole || (tookEffect(sync) && !back.has(undoes))) back.set(undoes, { by: sync, whole })
  }
  return back
}

/** A sync that can be taken back. */
export interface Undoable {
  readonly sync: RecordedSync
  /** Undos of it that came only a part of the way, newest first. */
  readonly parts: readonly RecordedSync[]
  /** Journals that could not be read, where it was named all the same. */
  readonly warnings: readonly Problem[]
}

/**
 * The sync that `undo` takes back: the last one that took effect, or the one that the last undo took back in part. A
 * problem if there is none, if it was taken back, or if a journal on the way to it can't be read.
 */
export async function lastUndoable(project: Project, target: GatewayTarget): Promise<Result<Undoable>> {
  const passed: RecordedSync[] = []
  let resumed: string | undefined
  for await (const item of journalsOf(journalHome(project, target))) {
    if (item.type === 'unread') return fail([stopped(item.problem, target)])
    const { sync } = item
    const { undoes, id } = sync.plan
    if (isElsewhere(target, sync.plan)) continue
    if (resumed === undefined && undoes !== undefined) {
      if (tookBackAll(sync)) return fail([await alreadyTakenBack(project, target, sync)])
      if (tookEffect(sync)) resumed = undoes
    }
    const isWanted = resumed === undefined ? undoes === undefined && tookEffect(sync) : id === resumed
    if (isWanted) return succeed({ sync, parts: partsOf(sync, passed), warnings: strangeness(sync, target) })
    passed.push(sync)
  }
  return fail([
    resumed === undefined
      ? noSync(target, 'no sync was made from here that could be taken back')
      : noSync(
          target,
          `the last undo took back a part of the sync ${short(resumed)}, whose journal is missing`,
        ),
  ])
}

/** The sync with this id or prefix. A problem if none or several match, or if it was taken back. */
export async function namedUndoable(
  project: Project,
  target: GatewayTarget,
  id: string,
): Promise<Result<Undoable>> {
  const history = await historyOf(project, [target])
  const warnings = history.flatMap(item => (item.type === 'unread' ? [item.problem] : []))
  const syncs = syncsIn(history)
  const found = id === '' ? [] : syncs.filter(each => each.plan.id.startsWith(id))
  const ids = [...new Set(found.map(each => each.plan.id))]
  // A plan that was refused as a whole may have been applied again.
  const sync = found.find(tookEffect) ?? found[0]
  if (!sync) {
    const named = id === '' ? '--sync names no sync: it is empty' : `no sync ${id} was made from here`
    return fail([...warnings.map(each => stopped(each, target)), noSync(target, named)])
  }
  if (ids.length > 1) {
    return fail([
      {
        code: 'ambiguous-sync',
        target: target.name,
        message: `${ids.length} syncs begin with ${id}: ${ids.map(short).join(', ')}`,
        hint: 'Give more characters of the id.',
      },
    ])
  }
  const back = takenBack(syncs).get(sync.plan.id)
  if (back?.whole) return fail([takenBackProblem(target, sync.plan.id, back.by, openSyncs(syncs))])
  if (!tookEffect(sync)) {
    return fail([
      {
        code: 'nothing-to-undo',
        target: target.name,
        message: `the sync ${short(sync.plan.id)} had no effect, so there is nothing to take back`,
      },
    ])
  }
  return succeed({ sync, parts: partsOf(sync, syncs), warnings: [...warnings, ...strangeness(sync, target)] })
}

/** That another version of gatewatch wrote into the journal of a sync. */
function strangeness({ strange, file }: RecordedSync, { name }: GatewayTarget): readonly Problem[] {
  if (strange.length === 0) return []
  return [
    {
      code: 'strange-entries',
      target: name,
      message: `the journal ${file} contains entries that this version of gatewatch doesn’t know (${strange.join(', ')}), and skips`,
      hint: 'The version of gatewatch that wrote them knows better what to take back.',
    },
  ]
}

function partsOf({ plan }: RecordedSync, syncs: readonly RecordedSync[]): readonly RecordedSync[] {
  return syncs.filter(each => each.plan.undoes === plan.id)
}

/** Syncs that took effect and were not taken back, newest first; undos don't count. */
function openSyncs(syncs: readonly RecordedSync[]): readonly RecordedSync[] {
  const back = takenBack(syncs)
  return syncs.filter(
    each => tookEffect(each) && each.plan.undoes === undefined && !back.get(each.plan.id)?.whole,
  )
}

async function alreadyTakenBack(
  project: Project,
  target: GatewayTarget,
  undo: RecordedSync,
): Promise<Problem> {
  const syncs = syncsIn(await historyOf(project, [target]))
  return takenBackProblem(target, undo.plan.undoes ?? '', undo, openSyncs(syncs))
}

function takenBackProblem(
  target: GatewayTarget,
  id: string,
  undo: RecordedSync,
  others: readonly RecordedSync[],
): Problem {
  const [next] = others
  return {
    code: 'taken-back',
    target: target.name,
    message: `the sync ${short(id)} was taken back at ${undo.at.slice(0, 19)}Z by ${undo.by}`,
    hint: next
      ? `The latest sync that still holds is ${short(next.plan.id)} of ${next.at.slice(0, 19)}Z: gatewatch undo --sync ${short(next.plan.id)}`
      : `No other sync could be taken back: gatewatch history --target ${target.name} shows all of them.`,
  }
}

/** A journal that can't be read, as an obstacle to an undo. */
function stopped(problem: Problem, target: GatewayTarget): Problem {
  const how = `Until then it is unknown which sync was the last: look at gatewatch history, and name the one to take back with --sync ID.`
  return { ...problem, target: target.name, hint: problem.hint ? `${problem.hint} ${how}` : how }
}

/** Whether a sync was made in another workspace of the gateway than the one that the target names. */
function isElsewhere(target: GatewayTarget, plan: Plan): boolean {
  const [named, of] = [namedWorkspace(target), workspaceOf(plan)]
  return named !== undefined && of !== undefined && named !== of
}

function noSync(target: GatewayTarget, message: string): Problem {
  return {
    code: 'no-sync',
    target: target.name,
    message,
    hint: `See the existing ones: gatewatch history --target ${target.name}`,
  }
}

function short(id: string): string {
  return id.slice(0, 8)
}
