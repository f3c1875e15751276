import { problemText } from '../../model/problem.ts'
import { examine } from '../../workflows/fleet/doctor.ts'
import { exitCode, type Subcommand } from '../command.ts'
import { chosen, outputOption, type TargetOptions, withManifestOptions } from '../options/target-options.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { aligned, painter, plain } from '../text/text-parts.ts'

interface Options extends TargetOptions {
  readonly output: 'text' | DataForm
  readonly breakLocks?: true
  readonly reason?: string
}

/** `gatewatch doctor`: checks everything that gatewatch needs, and says what to do about problems. */
export const doctor: Subcommand = {
  register(program, run) {
    withManifestOptions(program.command('doctor'))
      .description('check the config, Git, manifests, gateways, ledgers and locks, and say what to do')
      .option(
        '--break-locks',
        'remove locks that a dead sync left behind; never the lock of a running process',
      )
      .option('--reason <text>', 'why to remove a lock whose process can’t be seen from here; it is recorded')
      .addOption(outputOption())
      .action((files: string[], options: Options) =>
        run(async io => {
          const { project, targets } = await chosen(io, options, files, { connects: false })
          const checks = await examine(
            project,
            targets,
            options.breakLocks ? { reason: options.reason?.trim() || null } : null,
            io.signal,
          )
          const paint = painter(io.colour)
          if (options.output === 'text') {
            const lines = aligned(
              checks.map(check => [
                check.problem ? paint('red', 'wrong') : paint('green', 'ok'),
                plain(check.what),
                plain(check.problem ? problemText(check.problem) : check.found),
              ]),
            )
            io.out(`${lines.join('\n')}\n`)
          } else {
            io.data(
              dataText(
                checks.map(check => ({
                  what: check.what,
                  ok: check.problem === undefined,
                  found: check.problem ? problemText(check.problem) : check.found,
                })),
                options.output,
              ),
            )
          }
          return checks.some(check => check.problem) ? exitCode.error : exitCode.same
        }),
      )
  },
}
