import { resolve } from 'node:path'
import { Option } from 'commander'
import type { JsonObject } from '../../model/json.ts'
import { orThrow, type Problem, ProblemError } from '../../model/problem.ts'
import { writeWholeFiles } from '../../repo/index.ts'
import type { GatewayTarget } from '../../workflows/project/project.ts'
import { fromVariables } from '../../workflows/reading/masked-answers.ts'
import { type DumpChoice, type Dumped, dumpTarget } from '../../workflows/tools/dump.ts'
import { exitCode, type Io, type Subcommand, tellProblems, tellWarnings } from '../command.ts'
import { mayWrite, oneOf, outputPath, writeOutput } from '../files/file-tools.ts'
import { writeFolder } from '../files/split-folder.ts'
import { chosen, type TargetOptions, withTargetOptions } from '../options/target-options.ts'
import { counted, plain } from '../text/text-parts.ts'

type Form = 'yaml' | 'json'

interface Options extends TargetOptions {
  readonly outputFile: string
  readonly format: Form
  readonly out?: string
  readonly output?: Form
  readonly split?: string
  readonly allWorkspaces?: true
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
        'write to this file, readable only by you; - is standard output',
        '-',
      )
      .option('--format <form>', 'the format of the manifest: yaml or json', oneOf(forms), 'yaml')
      .option('--split <folder>', 'write into this folder, with a file for each service, consumer and so on')
      .option('--all-workspaces', 'write each workspace to a file of its own here, such as default.yaml')
      .option('--with-id', "include the gateway's ids")
      .option('--yes', 'overwrite an existing file without asking')
      .addOption(new Option('--out <file>', 'the same as --output-file').hideHelp())
      .addOption(new Option('--output <form>', 'the same as --format').choices(forms).hideHelp())
      .addHelpText(
        'after',
        `
On a terminal, secrets and values of variables are shown as ••••. A file or a pipe gets them in clear text, because a
sync needs them. What the gateway keeps as a hash is left out, and stays as it is when you sync the manifest.
A folder is brought up to date: files of an earlier dump are removed if what they held is gone.`,
      )
      .action((options: Options) => run(io => dumpOne(io, options)))
  },
}

async function dumpOne(io: Io, options: Options): Promise<number> {
  const { project, targets } = await chosen(io, options)
  const [target, more] = targets
  if (!target || more) {
    throw new ProblemError([
      {
        code: 'one-target',
        message: `a dump covers one target, and ${targets.length} are selected`,
        hint: 'Name it with --target.',
      },
    ])
  }
  const form = options.output ?? options.format
  const file = await outputPath(io, options.out ?? options.outputFile, form)
  if (options.split !== undefined && (file !== '-' || form !== 'yaml')) {
    const message = '--split writes YAML files of its own'
    throw new ProblemError([{ code: 'split', message, hint: 'Leave out --output-file and --format.' }])
  }
  if (options.allWorkspaces) return dumpWorkspaces(io, target, form, options)
  const secrets = options.split !== undefined || file !== '-' || !io.outputIsTerminal
  const { manifest, unknown, warnings } = await dumped(io, target, options, {
    secrets,
    ...(secrets ? {} : { isFromVariable: await fromVariables(project, target) }),
  })
  if (options.split !== undefined) {
    refusePart(target, options.split, unknown)
    io.err(`gatewatch: ${plain(await writeFolder(io, options.split, manifest, target.provider.manifests))}\n`)
  } else if (file === '-') {
    const text = textOf(target, manifest, options.workspace, form)
    io.data(unknown.length > 0 && form === 'yaml' ? `${partNote}${text}` : text)
  } else {
    refusePart(target, file, unknown)
    if (options.out === undefined && !(await mayWrite(io, { outputFile: file, yes: options.yes ?? false })))
      return notConfirmed(io)
    const text = textOf(target, manifest, options.workspace, form)
    await writeOutput(io, file, text, { secret: true })
  }
  return told(io, unknown, warnings)
}

function dumped(
  io: Io,
  target: GatewayTarget,
  options: Options,
  shown: Pick<DumpChoice, 'secrets' | 'isFromVariable'>,
): Promise<Dumped> {
  const choice = { selectTags: options.selectTag, withIds: options.withId ?? false, ...shown }
  return dumpTarget(target, choice, io.signal).then(orThrow)
}

/** Writes each workspace into a file that names it. All are read before the first is written. */
async function dumpWorkspaces(io: Io, target: GatewayTarget, form: Form, options: Options): Promise<number> {
  const other = (['split', 'out', 'workspace'] as const).find(name => options[name] !== undefined)
  if (other !== undefined || options.outputFile !== '-') {
    const message = `--all-workspaces and --${other ?? 'output-file'} can't be combined`
    const hint = '--all-workspaces writes a file for each workspace into the current folder.'
    throw new ProblemError([{ code: 'all-workspaces', message, hint }])
  }
  const { targetWorkspaces } = await import('../../workflows/project/target-workspaces.ts')
  const files: { readonly path: string; readonly text: string }[] = []
  const unknown: Problem[] = []
  const warnings: Problem[] = []
  for (const one of orThrow(await targetWorkspaces(target, io.signal))) {
    const path = fileOf(one.workspace, form)
    const found = await dumped(io, one.target, options, { secrets: true })
    files.push({ path, text: textOf(target, found.manifest, one.workspace, form) })
    const named = ({ message, ...rest }: Problem): Problem => {
      return { ...rest, message: `in the workspace ${one.workspace}: ${message}` }
    }
    unknown.push(...found.unknown.map(named))
    warnings.push(...found.warnings.map(named))
  }
  refusePart(target, files.map(({ path }) => path).join(', '), unknown)
  for (const { path } of files) {
    if (!(await mayWrite(io, { outputFile: path, yes: options.yes ?? false }))) return notConfirmed(io)
  }
  const written = files.map(({ path, text }) => ({ file: resolve(io.cwd, path), text, shown: path }))
  await writeWholeFiles(written, { cwd: io.cwd, mode: 0o600 })
  io.err(
    `gatewatch: ${counted(files.length, 'workspace')} written: ${plain(files.map(({ path }) => path).join(', '))}\n`,
  )
  return told(io, unknown, warnings)
}

/** A gateway must not choose where a file is written. */
function fileOf(workspace: string, form: Form): string {
  if (/^[\p{L}\p{N}_~-][\p{L}\p{N}_~.-]*$/u.test(workspace)) return `${workspace}.${form}`
  const message = `the workspace ${JSON.stringify(workspace)} can't be the name of a file`
  const hint = 'Dump the workspaces one by one, with --workspace and --output-file.'
  throw new ProblemError([{ code: 'workspace-name', message, hint }])
}

function notConfirmed(io: Io): number {
  io.err('gatewatch: not confirmed, nothing was written\n')
  return exitCode.error
}

/** The note at the top of an incomplete manifest: syncing it would delete the rest. */
const partNote = '# INCOMPLETE: parts of the gateway could not be read. Do not sync this.\n'

/** Refuses to write an incomplete file: an existing one stays as it is. */
function refusePart(target: GatewayTarget, files: string, unknown: readonly Problem[]): void {
  if (unknown.length === 0) return
  throw new ProblemError([
    {
      code: 'not-whole',
      target: target.name,
      message: `${files} is not written, because not everything could be read: ${reasonsText(unknown)}`,
      hint: 'The existing files are unchanged.',
    },
  ])
}

/** Reports what the dump on standard output lacks. */
function told(io: Io, unknown: readonly Problem[], warnings: readonly Problem[]): number {
  tellWarnings(io, warnings)
  if (unknown.length === 0) return exitCode.same
  tellProblems(io, [
    {
      code: 'not-whole',
      message: `this dump is incomplete, because not everything could be read: ${reasonsText(unknown)}`,
      hint: 'Do not sync it: what is missing would be deleted.',
    },
  ])
  return exitCode.error
}

function reasonsText(unknown: readonly Problem[]): string {
  return [...new Set(unknown.map(({ message }) => message))].join('; ')
}

/** A manifest as text, with the workspace that it is of where one was asked for. */
function textOf(
  { provider: { manifests } }: GatewayTarget,
  manifest: JsonObject,
  workspace: string | undefined,
  form: Form,
): string {
  const named = workspace === undefined ? manifest : manifests.inWorkspace(manifest, workspace)
  return manifests[form](named, { literal: true })
}
