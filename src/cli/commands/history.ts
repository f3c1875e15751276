import type { RecordedSync } from '../../ledger/journal-reading.ts'
import type { Json } from '../../model/json.ts'
import { problemText } from '../../model/problem.ts'
import { countChanges } from '../../reconcile/drift/drift.ts'
import {
  type HistoryItem,
  historyOf,
  syncsIn,
  type TakenBack,
  takenBack,
} from '../../workflows/syncing/history/history.ts'
import { countsOf, outcomeText, processText } from '../../workflows/syncing/sync-outcome.ts'
import { exitCode, type Subcommand, tellProblems } from '../command.ts'
import { chosen, outputOption, type TargetOptions, withTargetOptions } from '../options/target-options.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { aligned, type Paint, painter, plain } from '../text/text-parts.ts'

interface Options extends TargetOptions {
  readonly output: 'text' | DataForm
}

/** `gatewatch history`: lists the syncs made from this machine. */
export const history: Subcommand = {
  register(program, run) {
    withTargetOptions(program.command('history'))
      .description('show the syncs made from this machine, newest first')
      .addOption(outputOption())
      .action((options: Options) =>
        run(async io => {
          const { project, targets } = await chosen(io, options, [], { connects: false })
          const history = await historyOf(project, targets)
          if (options.output !== 'text') io.data(dataText(historyJson(history), options.output))
          else if (history.length === 0) io.out('no syncs from here yet\n')
          else io.out(historyText(history, painter(io.colour)))
          const unread = history.flatMap(item =>
            item.type === 'unread' ? [{ ...item.problem, target: item.target }] : [],
          )
          tellProblems(io, unread)
          return unread.length > 0 ? exitCode.error : exitCode.same
        }),
      )
  },
}

function historyText(history: readonly HistoryItem[], paint: Paint): string {
  const back = takenBack(syncsIn(history))
  const rows = history.map(item => {
    if (item.type === 'unread') {
      const at = item.at === null ? '?' : item.at.slice(0, 19).concat('Z')
      return ['?', at, plain(item.target), '?', '?', paint('red', "can't be relied on"), plain(item.file)]
    }
    const { sync } = item
    const { plan, at, by } = sync
    const { create, update, delete: removed } = countChanges(plan.changes)
    const taken = back.get(plan.id)
    return [
      plain(plan.id.slice(0, 8)),
      plain(at.slice(0, 19).concat('Z')),
      plain(plan.target),
      plain(by),
      `+${create} ~${update} -${removed}`,
      stateText(sync, paint),
      plan.undoes === undefined
        ? plain(plan.manifest.commit?.slice(0, 7) ?? '')
        : plain(`undo of ${plan.undoes.slice(0, 8)}`),
      taken ? (taken.whole ? 'taken back' : 'taken back in part') : '',
      sync.override === null ? '' : `override: ${plain(sync.override)}`,
      sync.strange.length === 0 ? '' : `with entries of another version: ${plain(sync.strange.join(', '))}`,
      acceptedText(sync),
    ]
  })
  return `${aligned(rows).join('\n')}\n`
}

/** What was unknown but was written anyway. */
function acceptedText({ acceptedUnknown: accepted }: RecordedSync): string {
  return accepted ? `without knowing ${accepted.kinds.join(', ')}: ${plain(accepted.reason)}` : ''
}

function stateText(sync: RecordedSync, paint: Paint): string {
  const where = sync.ended ? '' : processText(sync.process)
  const text = outcomeText(sync)
  const isWhole = sync.done.length === sync.plan.steps.length
  return isWhole ? text : paint('yellow', plain(where === '' ? text : `${text}; ${where}`))
}

function historyJson(history: readonly HistoryItem[]): Json {
  const back = takenBack(syncsIn(history))
  return history.map((item): Json => {
    if (item.type === 'sync') return syncJson(item.sync, back.get(item.sync.plan.id))
    const { target, at, file, problem } = item
    return {
      id: null,
      target,
      at,
      journal: file,
      problem: { code: problem.code, message: problemText(problem) },
    }
  })
}

function syncJson(sync: RecordedSync, taken: TakenBack | undefined): Json {
  const {
    plan,
    at,
    by,
    done,
    open,
    unknown,
    failed,
    ended,
    process,
    override,
    acceptedUnknown,
    strange,
    file,
  } = sync
  return {
    id: plan.id,
    target: plan.target,
    at,
    by,
    commit: plan.manifest.commit,
    undoes: plan.undoes ?? null,
    changes: { ...countChanges(plan.changes) },
    steps: plan.steps.length,
    done: done.length,
    open: [...open],
    unknown: unknown.map(each => ({ ...each })),
    failed: failed.map(each => ({ ...each })),
    notSent: countsOf(sync).notSent,
    ended,
    process: process && { ...process },
    override,
    acceptedUnknown: acceptedUnknown && { ...acceptedUnknown, kinds: [...acceptedUnknown.kinds] },
    takenBack: taken ? (taken.whole ? 'whole' : 'part') : null,
    strange: [...strange],
    journal: file,
  }
}
