import type { RecordedSync } from '../../ledger/journal.ts'
import type { Json } from '../../model/json.ts'
import { countChanges } from '../../reconcile/drift.ts'
import { syncsOf } from '../../workflows/undo.ts'
import { exitCode, type Subcommand } from '../command.ts'
import { chosen, outputOption, type TargetOptions, withTargetOptions } from '../target-options.ts'
import { type DataForm, dataText } from '../text/data.ts'
import { aligned, type Paint, painter, plain } from '../text/words.ts'

interface Options extends TargetOptions {
  readonly output: 'text' | DataForm
}

/** `gatewatch history`: the syncs that were made from this machine. */
export const history: Subcommand = {
  register(program, run) {
    withTargetOptions(program.command('history'))
      .description('show the syncs that were made from this machine, newest first')
      .addOption(outputOption())
      .action((options: Options) =>
        run(async io => {
          const { workspace, targets } = await chosen(io, options)
          const syncs = (await Promise.all(targets.map(target => syncsOf(workspace, target))))
            .flat()
            .toSorted((a, b) => (a.at < b.at ? 1 : -1))
          if (options.output !== 'text') io.data(dataText(syncs.map(syncJson), options.output))
          else if (syncs.length === 0) io.out('no sync from here yet\n')
          else io.out(historyText(syncs, painter(io.colour)))
          return exitCode.same
        }),
      )
  },
}

function historyText(syncs: readonly RecordedSync[], paint: Paint): string {
  const takenBack = new Set(syncs.flatMap(({ plan }) => plan.undoes ?? []))
  const rows = syncs.map(sync => {
    const { plan, at, by } = sync
    const { create, update, delete: removed } = countChanges(plan.changes)
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
      takenBack.has(plan.id) ? 'taken back' : '',
      sync.override === null ? '' : `override: ${plain(sync.override)}`,
    ]
  })
  return `${aligned(rows).join('\n')}\n`
}

/** How far a sync came, as `26 of 26` or `stopped at 10 of 26`. */
function stateText({ done, plan, ended }: RecordedSync, paint: Paint): string {
  const total = plan.steps.length
  if (done.length === total) return `${total} of ${total}`
  return paint('yellow', `${ended ? 'stopped' : 'cut off'} at ${done.length} of ${total}`)
}

function syncJson(sync: RecordedSync): Json {
  const { plan, at, by, done, open, failed, ended, override, file } = sync
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
    failed: failed.map(each => ({ ...each })),
    ended,
    override,
    journal: file,
  }
}
