import { orThrow, ProblemError } from '../../model/problem.ts'
import { chooseTargets } from '../../workflows/project/project.ts'
import { problemsOf } from '../../workflows/reading/compare-target.ts'
import { compareFor } from '../../workflows/syncing/sync.ts'
import { exitCode, type Io, type Subcommand, tellProblems } from '../command.ts'
import { chosenForPlan } from '../options/chosen-for-plan.ts'
import { type ConfirmOptions, confirmOption, overrideOption } from '../options/plan-options.ts'
import { outputOption, type TargetOptions, withTargetOptions } from '../options/target-options.ts'
import { checkConfirmed, confirmAndApply } from '../run-plan.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { resultJson, resultText } from '../text/plan-text.ts'
import { painter } from '../text/text-parts.ts'
import { readPlanFile } from './plan.ts'

interface Options extends TargetOptions, ConfirmOptions {
  readonly override?: string
  readonly output: 'text' | DataForm
}

/** `gatewatch apply`: applies a saved plan as it is, or refuses it as stale. */
export const apply: Subcommand = {
  register(program, run) {
    withTargetOptions(program.command('apply'))
      .argument('<plan>', 'a plan saved by `gatewatch plan --out`')
      .argument('[files...]', 'the manifest files that the plan was made from, with --kong-addr')
      .description('apply a saved plan exactly as it was reviewed, or refuse it if it no longer holds')
      .option('-y, --yes', 'do not ask')
      .addOption(confirmOption())
      .addOption(overrideOption())
      .addOption(outputOption())
      .addHelpText(
        'after',
        '\nA plan made with --kong-addr is applied to the address it was made for. Credentials are sent there only if the\ncommand line, or DECK_KONG_ADDR, names that address too.',
      )
      .action((file: string, files: string[], options: Options) =>
        run(io => applySaved(io, file, files, options)),
      )
  },
}

async function applySaved(io: Io, file: string, files: readonly string[], options: Options): Promise<number> {
  const saved = { text: await readPlanFile(io, file), file }
  const { plan, project: opened } = await chosenForPlan(io, options, files, saved)
  const project = { ...opened, commit: plan.manifest.commit ?? opened.commit }
  const [target] = orThrow(chooseTargets(project, { targets: [plan.target] }))
  if (!target) throw new ProblemError([])
  checkConfirmed(options, [target])
  if (plan.steps.length === 0) {
    io.err('gatewatch: the plan has nothing to do\n')
    return exitCode.same
  }
  // The plan's effect depends on the current state: it is shown, and decides what must be confirmed.
  const compared = await compareFor(project, target, plan, io.signal, { again: true })
  if (!compared.ok) throw new ProblemError(problemsOf(compared.error))
  await compared.value.session[Symbol.asyncDispose]()
  const ended = await confirmAndApply(io, project, compared.value, plan, {
    ...options,
    reviewed: true,
    // The plan could be made and saved only with that number.
    allowDeletes: plan.changes.length + plan.cascades.length,
  })
  if (!ended) return exitCode.error
  if (options.output === 'text') io.out(resultText(ended, painter(io.colour)))
  else io.data(dataText(resultJson(ended), options.output))
  tellProblems(io, ended.problems)
  return ended.problems.length > 0 ? exitCode.error : exitCode.same
}
