import { Option } from 'commander'
import { orThrow, ProblemError } from '../../model/problem.ts'
import { reservations } from '../../reconcile/drift.ts'
import { problemsOf } from '../../workflows/compare-target.ts'
import { compareTargets } from '../../workflows/compare-targets.ts'
import { emptied } from '../../workflows/reset.ts'
import { planFor } from '../../workflows/sync.ts'
import { exitCode, type Io, type Subcommand, tellProblems } from '../command.ts'
import { allowDeletesOption, overrideOption } from '../plan-options.ts'
import { confirmAndApply } from '../run-plan.ts'
import { chosen, outputOption, type TargetOptions, withTargetOptions } from '../target-options.ts'
import { type DataForm, dataText } from '../text/data.ts'
import { resultJson, resultText } from '../text/plan-text.ts'
import { painter } from '../text/words.ts'

interface Options extends TargetOptions {
  readonly force?: true
  readonly yes?: true
  readonly allowDeletes?: number
  readonly override?: string
  readonly output: 'text' | DataForm
}

/** `gatewatch reset`: deletes what a target's manifests own, or all that a gateway holds. */
export const reset: Subcommand = {
  register(program, run) {
    withTargetOptions(program.command('reset'))
      .description('delete everything at one gateway, or all that carries the tags: preview, confirm, apply')
      .option('-f, --force', 'do not ask')
      .addOption(new Option('-y, --yes', 'the same as --force').hideHelp())
      .addOption(allowDeletesOption())
      .addOption(overrideOption())
      .addOption(outputOption())
      .addHelpText(
        'after',
        `
The target's name is asked for. What the manifests' select tags do not own stays, and so do licences and RBAC roles.
It is journaled as a sync is, and gatewatch undo takes it back.
Example: gatewatch reset --kong-addr http://localhost:8001 --select-tag team-pay`,
      )
      .action((options: Options) => run(io => resetOne(io, options)))
  },
}

async function resetOne(io: Io, options: Options): Promise<number> {
  const { workspace: named, targets } = await chosen(io, options)
  const [only, more] = targets
  if (!only || more) {
    throw new ProblemError([
      {
        code: 'one-target',
        message: `a reset is of one target, and ${targets.length} are chosen`,
        hint: 'Name it with --target.',
      },
    ])
  }
  const { workspace, target } = orThrow(await emptied(named, only))
  const [result] = await compareTargets(workspace, [target], io.signal)
  if (!result?.ok) throw new ProblemError(result ? problemsOf(result.error) : [])
  const compared = result.value
  const standing = reservations(compared.drift)
  tellProblems(io, standing)
  const { allowDeletes } = options
  const plan = orThrow(
    planFor(workspace, compared, {
      excluded: new Set(),
      deletes: true,
      ...(allowDeletes === undefined ? {} : { allowDeletes }),
    }),
  )
  if (plan.steps.length === 0) {
    io.err('gatewatch: there is nothing to delete\n')
    return standing.length > 0 ? exitCode.error : exitCode.same
  }
  const ended = await confirmAndApply(io, workspace, compared, plan, {
    byName: true,
    ...(options.force || options.yes ? { yes: true } : {}),
    ...(options.override === undefined ? {} : { override: options.override }),
  })
  if (ended === null) return exitCode.error
  if (options.output === 'text') io.out(resultText(ended, painter(io.colour)))
  else io.out(dataText(resultJson(ended), options.output))
  tellProblems(io, ended.problems)
  return standing.length + ended.problems.length > 0 ? exitCode.error : exitCode.same
}
