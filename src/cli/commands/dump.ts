import { Option } from 'commander'
import { manifestJson, manifestYaml } from '../../manifest/write.ts'
import type { JsonObject } from '../../model/json.ts'
import { orThrow, ProblemError } from '../../model/problem.ts'
import { dumpTarget } from '../../workflows/dump.ts'
import { exitCode, type Io, type Subcommand, tellProblems, tellWarnings } from '../command.ts'
import { mayWrite, oneOf, writeOutput } from '../file-tools.ts'
import { writeFolder } from '../split-folder.ts'
import { chosen, type TargetOptions, withTargetOptions } from '../target-options.ts'

type Form = 'yaml' | 'json'

interface Options extends TargetOptions {
  readonly outputFile: string
  readonly format: Form
  readonly out?: string
  readonly output?: Form
  readonly split?: string
  readonly withId?: true
  readonly yes?: true
}

const forms = ['yaml', 'json'] as const

/** `gatewatch dump`: what a gateway holds, as a decK file or a folder of them. */
export const dump: Subcommand = {
  register(program, run) {
    withTargetOptions(program.command('dump'))
      .description('write what a live gateway holds as a manifest')
      .option(
        '-o, --output-file <file>',
        'write into this file, readable by you alone; - is standard output',
        '-',
      )
      .option('--format <form>', 'the form of the manifest: yaml or json', oneOf(forms), 'yaml')
      .option('--split <folder>', 'write into this folder, a file for each service, consumer and the like')
      .option('--with-id', "with the gateway's ids")
      .option('--yes', 'write over a file that is there, without asking')
      .addOption(new Option('--out <file>', 'the same as --output-file').hideHelp())
      .addOption(new Option('--output <form>', 'the same as --format').choices(forms).hideHelp())
      .addHelpText(
        'after',
        `
On a terminal secrets are shown as ••••; a file or a pipe gets them in clear, as a sync needs them. What the gateway
keeps as a hash is left out, and stays as it is when the manifest is synced.
A folder is brought up to date: files of an earlier dump into it go where what they held is gone.`,
      )
      .action((options: Options) => run(io => dumpOne(io, options)))
  },
}

async function dumpOne(io: Io, options: Options): Promise<number> {
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
  const file = options.out ?? options.outputFile
  const form = options.output ?? options.format
  if (options.split !== undefined && (file !== '-' || form !== 'yaml')) {
    const message = '--split writes YAML files of its own'
    throw new ProblemError([{ code: 'split', message, hint: 'Leave out --output-file and --format.' }])
  }
  const { manifest, unknown, warnings } = orThrow(
    await dumpTarget(
      target,
      {
        selectTags: options.selectTag,
        withIds: options.withId ?? false,
        secrets: options.split !== undefined || file !== '-' || !io.outputIsTerminal,
      },
      io.signal,
    ),
  )
  if (options.split !== undefined) {
    // Half a reading must not take away files of what is there.
    if (unknown.length > 0) throw new ProblemError(unknown)
    io.err(`gatewatch: ${await writeFolder(io, options.split, manifest)}\n`)
  } else {
    if (options.out === undefined && !(await mayWrite(io, { outputFile: file, yes: options.yes ?? false }))) {
      io.err('gatewatch: not confirmed, nothing was written\n')
      return exitCode.error
    }
    await writeOutput(io, file, textOf(manifest, form), { secret: true, extension: form })
  }
  tellWarnings(io, warnings)
  tellProblems(io, unknown)
  return unknown.length > 0 ? exitCode.error : exitCode.same
}

function textOf(manifest: JsonObject, form: Form): string {
  return form === 'json'
    ? manifestJson(manifest, { literal: true })
    : manifestYaml(manifest, { literal: true })
}
