import { problemText } from '../../model/problem.ts'
import { checkJournals, type JournalCheck } from '../../workflows/syncing/history/history.ts'
import { exitCode, type Subcommand, tellProblems } from '../command.ts'
import { chosen, outputOption, type TargetOptions, withTargetOptions } from '../options/target-options.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { aligned, counted, type Paint, painter, plain } from '../text/text-parts.ts'

interface Options extends TargetOptions {
  readonly output: 'text' | DataForm
}

/** `gatewatch journal verify`: checks whether the journals are as they were written. */
export const journal: Subcommand = {
  register(program, run) {
    const command = program
      .command('journal')
      .description('the records of syncs that are kept on this machine')
    withTargetOptions(command.command('verify'))
      .description('check that the journals are complete and unchanged')
      .addOption(outputOption())
      .addHelpText(
        'after',
        '\nA journal whose last line was cut off by a crash is valid. Exit code: 0 all are valid, 1 something is wrong.',
      )
      .action((options: Options) =>
        run(async io => {
          const { project, targets } = await chosen(io, options, [], { connects: false })
          const checks = await Promise.all(targets.map(target => checkJournals(project, target)))
          if (options.output === 'text') io.out(checksText(checks, painter(io.colour)))
          else {
            const data = checks.map(({ problems, ...check }) => ({
              ...check,
              problems: problems.map(problem => ({
                code: problem.code,
                message: problemText(problem),
                file: problem.place?.file ?? null,
                line: problem.place?.line ?? null,
              })),
            }))
            io.data(dataText(data, options.output))
          }
          const problems = checks.flatMap(check => check.problems)
          tellProblems(io, problems)
          return problems.length > 0 ? exitCode.error : exitCode.same
        }),
      )
  },
}

function checksText(checks: readonly JournalCheck[], paint: Paint): string {
  const rows = checks.map(({ target, journals, entries, unchained, problems }) => [
    problems.length > 0 ? paint('red', 'wrong') : paint('green', 'ok'),
    plain(target),
    [
      `${counted(journals, 'journal')} with ${entries === 1 ? '1 entry' : `${entries} entries`} as written`,
      ...(problems.length > 0 ? [paint('red', `${counted(problems.length, 'fault')}, listed below`)] : []),
      ...(unchained > 0 ? [`${unchained} of an earlier version, without a chain`] : []),
    ].join('; '),
  ])
  return `${aligned(rows).join('\n')}\n`
}
