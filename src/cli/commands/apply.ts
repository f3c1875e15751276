import { orThrow } from '../../model/problem.ts'
import { parsePlan } from '../../reconcile/plan-file.ts'
import { confirmationFor } from '../../workflows/plan-meaning.ts'
import { sync } from '../../workflows/sync.ts'
import { exitCode, type Subcommand, tellProblems } from '../command.ts'
import { confirmed } from '../confirm.ts'
import { overrideOf, overrideOption } from '../plan-options.ts'
import { showProgress } from '../show-progress.ts'
import { chosen, outputOption, type TargetOptions, withTargetOptions } from '../target-options.ts'
import { type DataForm, dataText } from '../text/data.ts'
import { resultJson, resultText } from '../text/plan-text.ts'
import { painter } from '../text/words.ts'
import { readPlanFile } from './plan.ts'

interface Options extends TargetOptions {
  readonly yes?: true
  readonly override?: string
  readonly output: 'text' | DataForm
}

/** `gatewatch apply`: applies a saved plan as it is, or refuses it as stale. */
export const apply: Subcommand = {
  register(program, run) {
    withTargetOptions(program.command('apply'))
      .argument('<plan>', 'a plan saved by `gatewatch plan --out`')
      .argument('[files...]', 'the manifest files that the plan was made from, with --kong-addr')
      .description('apply a saved plan exactly as it was reviewed, or refuse it where it is no longer true')
      .option('-y, --yes', 'do not ask')
      .addOption(overrideOption())
      .addOption(outputOption())
      .action((file: string, files: string[], options: Options) =>
        run(async io => {
          const plan = orThrow(parsePlan(await readPlanFile(io, file), file))
          const { workspace } = await chosen(io, options, files)
          if (plan.steps.length === 0) {
            io.err('gatewatch: the plan has nothing to do\n')
            return exitCode.same
          }
          const ask = confirmationFor(workspace, plan)
          if (!(await confirmed(io, { yes: options.yes ?? false, ...ask }))) {
            io.err('gatewatch: not confirmed, nothing was sent\n')
            return exitCode.error
          }
          const at = plan.manifest.commit
          const result = await showProgress(
            io,
            sync({ ...workspace, commit: at ?? workspace.commit }, plan, io.signal, {
              ...overrideOf(options),
              hurry: io.hurry,
            }),
          )
          if (options.output === 'text') io.out(resultText(result, painter(io.colour)))
          else io.data(dataText(resultJson(result), options.output))
          tellProblems(io, result.problems)
          return result.problems.length > 0 ? exitCode.error : exitCode.same
        }),
      )
  },
}
