import { ProblemError } from '../../model/problem.ts'
import { reservations } from '../../reconcile/drift/drift.ts'
import { problemsOf } from '../../workflows/reading/compare-target.ts'
import { compareTargets } from '../../workflows/reading/compare-targets.ts'
import { driftWarnings } from '../../workflows/reading/drift-warnings.ts'
import { exitCode, type Io, type Subcommand, tellProblems, tellWarnings } from '../command.ts'
import { chosen, outputOption, type TargetOptions, withManifestOptions } from '../options/target-options.ts'
import { type MaskOptions, shownChanges, unmaskOption } from '../terminal/unmask.ts'
import type { DataForm } from '../text/data-text.ts'
import { driftJson, driftText } from '../text/drift-text.ts'
import { painter } from '../text/text-parts.ts'

interface DiffOptions extends MaskOptions, TargetOptions {
  readonly output: 'text' | 'markdown' | DataForm
  readonly base?: string
  readonly head?: string
}

/** `gatewatch diff`: what differs between the manifests and the gateways. */
export const diff: Subcommand = {
  register(program, run) {
    withManifestOptions(program.command('diff'))
      .description('show how the live gateways differ from the manifests, per field, with the cause')
      .option('--base <commit>', 'compare manifests with those at this commit, and ask no gateway')
      .option('--head <commit>', 'with --base: the other commit (default: the files in the work tree)')
      .addOption(unmaskOption())
      .addOption(outputOption().choices(['text', 'json', 'yaml', 'markdown']))
      .addHelpText(
        'after',
        '\nExit code: 0 no differences, 2 differences, 1 an error, or something could not be read.',
      )
      .action((files: string[], options: DiffOptions) =>
        run(async io => {
          if (options.base !== undefined) return diffCommits(io, { ...options, base: options.base }, files)
          if (options.head !== undefined) throw needsBase()
          const { output } = options
          const { project, targets } = await chosen(io, options, files, { manifests: true })
          const results = await compareTargets(project, targets, io.signal, { routing: false })
          const drifts = results.flatMap(result => (result.ok ? [result.value.drift] : []))
          const isRead = output === 'text' && io.outputIsTerminal
          const shown = shownChanges(io, options, isRead, project.digests)
          if (output === 'text') {
            for (const drift of drifts) {
              const changes = shown(drift.changes)
              io.out(driftText({ ...drift, changes }, painter(io.colour), project.now()))
            }
          } else if (output === 'markdown') {
            const { driftMarkdown } = await import('../text/markdown-text.ts')
            if (drifts.length > 0) io.data(driftMarkdown(drifts))
          } else {
            const { dataText } = await import('../text/data-text.ts')
            const [only] = drifts
            const data = targets.length === 1 && only ? driftJson(only) : drifts.map(driftJson)
            if (drifts.length > 0 || targets.length > 1) io.data(dataText(data, output))
          }
          const problems = results.flatMap(result => (result.ok ? [] : problemsOf(result.error)))
          tellProblems(io, problems)
          tellWarnings(io, driftWarnings(project, drifts))
          for (const drift of drifts) {
            tellProblems(io, reservations(drift))
          }
          if (problems.length > 0 || drifts.some(drift => reservations(drift).length > 0)) {
            return exitCode.error
          }
          return drifts.some(drift => drift.changes.length > 0) ? exitCode.differences : exitCode.same
        }),
      )
  },
}

function needsBase(): ProblemError {
  return new ProblemError([
    {
      code: 'no-base',
      message: '--head needs --base',
      hint: 'Name the commit to compare with: gatewatch diff --base main --head HEAD',
    },
  ])
}

const noGateway = { gateway: false }

async function diffCommits(
  io: Io,
  { ref: _, head, ...options }: DiffOptions & { readonly base: string },
  files: readonly string[],
): Promise<number> {
  const { project: before } = await chosen(io, { ...options, ref: options.base }, files, noGateway)
  const { project, targets } = await chosen(
    io,
    head === undefined ? options : { ...options, ref: head },
    files,
    noGateway,
  )
  const { compareCommits } = await import('../../workflows/reading/compare-commits.ts')
  const results = await Promise.all(targets.map(target => compareCommits(before, project, target)))
  const drifts = results.flatMap(result => (result.ok ? [result.value] : []))
  const headName = head ?? 'the work tree'
  const { output } = options
  if (output === 'markdown') {
    const { commitsMarkdown } = await import('../text/markdown-text.ts')
    io.data(commitsMarkdown(drifts, options.base, headName))
  } else if (output === 'text') {
    for (const drift of drifts)
      io.out(driftText(drift, painter(io.colour), project.now(), { before: 'base', after: 'head' }))
  } else {
    const { commitsJson } = await import('../text/commits-text.ts')
    const { dataText } = await import('../text/data-text.ts')
    const data = drifts.map(commitsJson)
    io.data(dataText(targets.length === 1 ? (data[0] ?? data) : data, output))
  }
  const problems = results.flatMap(result => (result.ok ? [] : result.error))
  tellProblems(io, problems)
  if (problems.length > 0) return exitCode.error
  return drifts.some(drift => drift.changes.length > 0) ? exitCode.differences : exitCode.same
}
