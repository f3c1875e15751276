import { resolve } from 'node:path'
import { Option } from 'commander'
import writeFileAtomic from 'write-file-atomic'
import { manifestYaml } from '../../manifest/write.ts'
import { orThrow, ProblemError } from '../../model/problem.ts'
import { dumpTarget } from '../../workflows/dump.ts'
import { exitCode, type Subcommand, tellProblems } from '../command.ts'
import { chosen, type TargetOptions, withTargetOptions } from '../target-options.ts'
import { dataText } from '../text/data.ts'

interface Options extends TargetOptions {
  readonly out?: string
  readonly output: 'yaml' | 'json'
  readonly withId?: true
}

/** `gatewatch dump`: what a gateway holds, as a decK file. */
export const dump: Subcommand = {
  register(program, run) {
    withTargetOptions(program.command('dump'))
      .description('write what a live gateway holds as a manifest')
      .option('-o, --out <file>', 'write into this file, readable by you alone, instead of standard output')
      .addOption(
        new Option('--output <form>', 'the form of the manifest').choices(['yaml', 'json']).default('yaml'),
      )
      .option('--with-id', "with the gateway's ids")
      .addHelpText(
        'after',
        '\nOn a terminal secrets are shown as ••••; a file or a pipe gets them in clear, as a sync needs them.',
      )
      .action((options: Options) =>
        run(async io => {
          const { targets } = await chosen(io, options)
          const [target, more] = targets
          if (!target || more) {
            throw new ProblemError([
              {
                code: 'one-target',
                message: `a dump is of one target, and ${targets.length} are chosen`,
                hint: 'Name it with --target.',
              },
            ])
          }
          const { manifest, unknown } = orThrow(
            await dumpTarget(
              target,
              {
                selectTags: options.selectTag,
                withIds: options.withId ?? false,
                secrets: options.out !== undefined || !io.outputIsTerminal,
              },
              io.signal,
            ),
          )
          const text = options.output === 'json' ? dataText(manifest, 'json') : manifestYaml(manifest)
          if (options.out === undefined) io.out(text)
          else await writeFileAtomic(resolve(io.cwd, options.out), text, { mode: 0o600 })
          tellProblems(io, unknown)
          return unknown.length > 0 ? exitCode.error : exitCode.same
        }),
      )
  },
}
