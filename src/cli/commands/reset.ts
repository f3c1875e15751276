import { Option } from 'commander'
import type { Json, JsonObject } from '../../model/json.ts'
import { orThrow, ProblemError } from '../../model/problem.ts'
import type { GatewayTarget, Project } from '../../workflows/project/project.ts'
import { problemsOf } from '../../workflows/reading/compare-target.ts'
import { compareTargets } from '../../workflows/reading/compare-targets.ts'
import { emptied } from '../../workflows/syncing/reset.ts'
import { exitCode, type Io, type Subcommand, tellProblems } from '../command.ts'
import {
  type AcceptOptions,
  acceptOf,
  allowDeletesOption,
  type ConfirmOptions,
  confirmOption,
  overrideOption,
  withAcceptOptions,
} from '../options/plan-options.ts'
import { chosen, outputOption, type TargetOptions, withTargetOptions } from '../options/target-options.ts'
import { allowedDeletes, checkConfirmed, confirmAndApply, planned } from '../run-plan.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { resultJson, resultText } from '../text/plan-text.ts'
import { painter, plain } from '../text/text-parts.ts'

interface Options extends TargetOptions, ConfirmOptions, AcceptOptions {
  readonly force?: true
  readonly allWorkspaces?: true
  readonly allowDeletes?: number
  readonly override?: string
  readonly output: 'text' | DataForm
}

/** `gatewatch reset`: deletes what a target's manifests own, or all that a gateway holds. */
export const reset: Subcommand = {
  async register(program, run, providers) {
    const known = await providers()
    withAcceptOptions(withTargetOptions(program.command('reset')), known)
      .description(
        'delete everything on one gateway, or everything with the given tags: preview, confirm, apply',
      )
      .option('-f, --force', 'do not ask')
      .addOption(new Option('-y, --yes', 'the same as --force').hideHelp())
      .option(
        '--all-workspaces',
        'all workspaces of the gateway, one after the other; the workspaces themselves stay',
      )
      .addOption(confirmOption())
      .addOption(allowDeletesOption())
      .addOption(overrideOption())
      .addOption(outputOption())
      .addHelpText(
        'after',
        `
You are asked for the target's name, and must state the number of deletions with --allow-deletes. Entities outside the
manifests' select tags stay, and so do licences and RBAC roles.
A reset is journaled like a sync, and gatewatch undo takes it back.
Example: gatewatch reset --kong-addr http://localhost:8001 --select-tag team-pay`,
      )
      .action((options: Options) => run(io => resetOne(io, options)))
  },
}

async function resetOne(io: Io, options: Options): Promise<number> {
  const { project, targets } = await chosen(io, options)
  const [only, more] = targets
  if (!only || more) {
    throw new ProblemError([
      {
        code: 'one-target',
        message: `a reset covers one target, and ${targets.length} are selected`,
        hint: 'Name it with --target.',
      },
    ])
  }
  checkConfirmed(options, targets)
  if (!options.allWorkspaces) {
    const { code, result } = await resetTarget(io, project, only, options)
    if (result && options.output !== 'text') io.data(dataText(result, options.output))
    return code
  }
  if (options.workspace !== undefined) {
    const message = "--all-workspaces and --workspace can't be combined"
    throw new ProblemError([{ code: 'all-workspaces', message, hint: 'Leave one of them out.' }])
  }
  const { targetWorkspaces } = await import('../../workflows/project/target-workspaces.ts')
  let code: number = exitCode.same
  const results: Json[] = []
  // One after the other, each with its own preview and question; a failure stops those after it.
  for (const one of orThrow(await targetWorkspaces(only, io.signal))) {
    io.err(`gatewatch: the workspace ${plain(one.workspace)}\n`)
    const ended = await resetTarget(io, project, one.target, options)
    if (ended.result) results.push({ workspace: one.workspace, ...ended.result })
    code = ended.code
    if (code === exitCode.error || io.signal.aborted) break
  }
  if (options.output !== 'text') io.data(dataText(results, options.output))
  return code
}

interface Ended {
  readonly code: number
  /** For programs; undefined: nothing was sent. */
  readonly result?: JsonObject
}

async function resetTarget(io: Io, named: Project, only: GatewayTarget, options: Options): Promise<Ended> {
  const { project, target } = orThrow(await emptied(named, only))
  const [compared] = await compareTargets(project, [target], io.signal)
  if (!compared?.ok) throw new ProblemError(compared ? problemsOf(compared.error) : [])
  const { allowDeletes, force, yes } = options
  const withoutAsking = force || yes ? ({ yes: true } as const) : {}
  const { plan, standing } = planned(io, project, compared.value, {
    excluded: new Set(),
    deletes: true,
    ...allowedDeletes(io, { ...options, ...withoutAsking }),
    ...acceptOf(options),
  })
  if (!plan) return { code: exitCode.error }
  if (plan.steps.length === 0) {
    io.err('gatewatch: there is nothing to delete\n')
    return { code: standing > 0 ? exitCode.error : exitCode.same }
  }
  const ended = await confirmAndApply(io, project, compared.value, plan, {
    byName: true,
    confirm: options.confirm,
    ...withoutAsking,
    ...(allowDeletes === undefined ? {} : { allowDeletes }),
    ...(options.override === undefined ? {} : { override: options.override }),
  })
  if (ended === null) return { code: exitCode.error }
  if (options.output === 'text') io.out(resultText(ended, painter(io.colour)))
  tellProblems(io, ended.problems)
  const isDone = standing + ended.problems.length === 0
  return { code: isDone ? exitCode.same : exitCode.error, result: resultJson(ended) }
}
