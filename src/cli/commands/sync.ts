import type { Json } from '../../model/json.ts'
import type { Drift } from '../../reconcile/drift/drift.ts'
import { problemsOf } from '../../workflows/reading/compare-target.ts'
import { compareTargets } from '../../workflows/reading/compare-targets.ts'
import { driftWarnings } from '../../workflows/reading/drift-warnings.ts'
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
import { type MaskOptions, shownChanges, unmaskOption } from '../terminal/unmask.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { resultJson, resultText } from '../text/plan-text.ts'
import { painter } from '../text/text-parts.ts'

interface Options extends MaskOptions, TargetOptions, PlanOptions, ConfirmOptions, AcceptOptions {
  readonly override?: string
  readonly output: 'text' | DataForm
}

/** `gatewatch sync`: plan, preview, confirm, apply. */
export const sync: Subcommand = {
  async register(program, run, providers) {
    const known = await providers()
    withAcceptOptions(withPlanOptions(withManifestOptions(program.command('sync'))), known)
      .description('make the gateways match the manifests: plan, preview, confirm, apply')
      .option('-y, --yes', 'do not ask')
      .addOption(confirmOption())
      .addOption(overrideOption())
      .addOption(unmaskOption())
      .addOption(outputOption())
      .addHelpText(
        'after',
        `
Ctrl-c, SIGTERM and SIGHUP stop it: nothing more is sent, and it waits up to 10 s for requests under way. A second
ctrl-c doesn't wait. gatewatch diff then shows what is unknown.
Exit code: 0 everything is in sync, 1 something is not, 128 plus the number of the signal that stopped it.`,
      )
      .action((files: string[], options: Options) => run(io => syncAll(io, files, options)))
  },
}

async function syncAll(io: Io, files: readonly string[], options: Options): Promise<number> {
  const { project, targets } = await chosen(io, options, files, { manifests: true })
  checkConfirmed(options, targets)
  const choice = { ...choiceOf(options), ...allowedDeletes(io, options), ...acceptOf(options) }
  const paint = painter(io.colour)
  const shown = shownChanges(io, options, io.progress, project.digests)
  const data: Json[] = []
  const drifts: Drift[] = []
  let code: number = exitCode.same
  // One target after the other, in the order of environments: a mistake that shows in dev stays there.
  for (const target of targets) {
    if (io.signal.aborted) {
      code = exitCode.error
      break
    }
    const [result] = await compareTargets(project, [target], io.signal, { again: true })
    if (!result?.ok) {
      if (result) tellProblems(io, problemsOf(result.error))
      code = exitCode.error
      continue
    }
    drifts.push(result.value.drift)
    const { plan, standing } = planned(io, project, result.value, choice)
    if (standing > 0 || !plan) code = exitCode.error
    if (!plan) continue
    const ended = await confirmAndApply(io, project, result.value, plan, {
      ...options,
      shown,
    })
    if (!ended) {
      code = exitCode.error
      break
    }
    if (options.output === 'text') io.out(resultText(ended, paint))
    else data.push(resultJson(ended))
    tellProblems(io, ended.problems)
    if (ended.problems.length > 0) code = exitCode.error
  }
  tellWarnings(io, driftWarnings(project, drifts))
  const [only] = data
  if (options.output !== 'text')
    io.data(dataText(targets.length === 1 && only !== undefined ? only : data, options.output))
  return code
}
