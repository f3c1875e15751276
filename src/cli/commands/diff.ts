import { problemsOf } from '../../workflows/compare-target.ts'
import { compareTargets } from '../../workflows/compare-targets.ts'
import { exitCode, type Subcommand, tellProblems } from '../command.ts'
import {
  chosen,
  outputOption,
  requireFiles,
  type TargetOptions,
  withManifestOptions,
} from '../target-options.ts'
import { type DataForm, dataText } from '../text/data.ts'
import { driftJson, driftText } from '../text/drift-text.ts'
import { painter } from '../text/words.ts'

interface DiffOptions extends TargetOptions {
  readonly output: 'text' | DataForm
}

/** `gatewatch diff`: what differs between the manifests and the gateways. */
export const diff: Subcommand = {
  register(program, run) {
    withManifestOptions(program.command('diff'))
      .description('show how the live gateways differ from the manifests, per field, with the cause')
      .addOption(outputOption())
      .addHelpText(
        'after',
        '\nExit code: 0 no difference, 2 differences, 1 error or something could not be read.',
      )
      .action((files: string[], options: DiffOptions) =>
        run(async io => {
          requireFiles(options, files)
          const { workspace, targets } = await chosen(io, options, files)
          const results = await compareTargets(workspace, targets, io.signal)
          const drifts = results.flatMap(result => (result.ok ? [result.value.drift] : []))
          if (options.output === 'text') {
            for (const drift of drifts) io.out(driftText(drift, painter(io.colour), workspace.now()))
          } else {
            const [only] = drifts
            const data = targets.length === 1 && only ? driftJson(only) : drifts.map(driftJson)
            if (drifts.length > 0 || targets.length > 1) io.out(dataText(data, options.output))
          }
          const problems = results.flatMap(result => (result.ok ? [] : problemsOf(result.error)))
          tellProblems(io, problems)
          for (const drift of drifts) {
            tellProblems(io, [
              ...drift.unknown.map(each => each.reason),
              ...drift.blocked.map(each => each.reason),
            ])
          }
          if (problems.length > 0 || drifts.some(drift => drift.unknown.length + drift.blocked.length > 0)) {
            return exitCode.error
          }
          return drifts.some(drift => drift.changes.length > 0) ? exitCode.differences : exitCode.same
        }),
      )
  },
}
