import { orThrow, ProblemError } from '../../model/problem.ts'
import { problemsOf } from '../../workflows/reading/compare-target.ts'
import { lastUndoable, namedUndoable } from '../../workflows/syncing/history/history.ts'
import { compareWithBefore } from '../../workflows/syncing/history/undo-sync.ts'
import { exitCode, type Io, type Subcommand, tellProblems, tellWarnings } from '../command.ts'
import {
  type AcceptOptions,
  acceptOf,
  type ConfirmOptions,
  choiceOf,
  confirmOption,
  overrideOption,
  type PlanOptions,
  withAcceptOptions,
  withPlanOptions,
} from '../options/plan-options.ts'
import { chosen, outputOption, type TargetOptions, withManifestOptions } from '../options/target-options.ts'
import { allowedDeletes, checkConfirmed, confirmAndApply, planned } from '../run-plan.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { resultJson, resultText } from '../text/plan-text.ts'
import { painter } from '../text/text-parts.ts'

interface Options extends TargetOptions, PlanOptions, ConfirmOptions, AcceptOptions {
  readonly sync?: string
  readonly override?: string
  readonly output: 'text' | DataForm
}

/** `gatewatch undo`: takes a sync back, with a preview, as a sync of its own. */
export const undo: Subcommand = {
  async register(program, run, providers) {
    const known = await providers()
    withAcceptOptions(withPlanOptions(withManifestOptions(program.command('undo'))), known)
      .description('take a sync back: restore what it changed, with a preview')
      .option(
        '--sync <id>',
        'the sync to take back, by its id in `gatewatch history` (default: the last one)',
      )
      .option('-y, --yes', 'do not ask')
      .addOption(confirmOption())
      .addOption(overrideOption())
      .addOption(outputOption())
      .addHelpText(
        'after',
        '\nWhat somebody has changed since, and what needs a secret that is kept nowhere, stays as it is and is reported.' +
          '\nGit is then ahead of the target, so the next sync would apply it again. Exit code: 0 taken back, 1 not all of it.',
      )
      .action((files: string[], options: Options) => run(io => takeBack(io, files, options)))
  },
}

async function takeBack(io: Io, files: readonly string[], options: Options): Promise<number> {
  const { project, targets } = await chosen(io, options, files)
  const [target, more] = targets
  if (!target || more) {
    throw new ProblemError([
      {
        code: 'one-target',
        message: `an undo covers one target, and ${targets.length} are selected`,
        hint: 'Name it with --target.',
      },
    ])
  }
  checkConfirmed(options, targets)
  const recorded = orThrow(
    await (options.sync === undefined
      ? lastUndoable(project, target)
      : namedUndoable(project, target, options.sync)),
  )
  tellWarnings(io, recorded.warnings)
  const compared = await compareWithBefore(project, target, recorded, io.signal)
  if (!compared.ok) {
    tellProblems(io, problemsOf(compared.error))
    return exitCode.error
  }
  const { plan, standing } = planned(io, project, compared.value, {
    ...choiceOf(options),
    ...allowedDeletes(io, options),
    undoes: recorded.sync.plan.id,
    ...acceptOf(options),
  })
  if (!plan) return exitCode.error
  if (plan.steps.length === 0 && plan.kept) {
    io.err('gatewatch: nothing could be taken back, and nothing was sent\n')
    return exitCode.error
  }
  const ended = await confirmAndApply(io, project, compared.value, plan, options)
  if (!ended) return exitCode.error
  if (options.output === 'text') io.out(resultText(ended, painter(io.colour)))
  else io.data(dataText(resultJson(ended), options.output))
  tellProblems(io, ended.problems)
  return standing + ended.problems.length > 0 ? exitCode.error : exitCode.same
}
