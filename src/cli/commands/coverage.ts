import { Option } from 'commander'
import type { Json } from '../../model/json.ts'
import type { EnvironmentCoverage } from '../../workflows/governance/coverage.ts'
import { exitCode, type Io, type Subcommand, tellProblems, tellWarnings } from '../command.ts'
import { chosen, type TargetOptions, withManifestOptions } from '../options/target-options.ts'
import { coverageHtml, coverageMarkdown, coverageText } from '../text/coverage-text.ts'
import { dataText } from '../text/data-text.ts'
import { placeJson } from '../text/findings-text.ts'
import { painter } from '../text/text-parts.ts'

const forms = ['text', 'json', 'yaml', 'markdown', 'html'] as const

interface Options extends TargetOptions {
  readonly output: (typeof forms)[number]
}

/** `gatewatch coverage`: which routes are in a manifest and described, and which operations are served. */
export const coverage: Subcommand = {
  register(program, run) {
    withManifestOptions(program.command('coverage'))
      .description(
        'report how far gateways, manifests and specifications cover each other, and list the gaps',
      )
      .addOption(
        new Option('-o, --output <form>', 'the format of the report').choices([...forms]).default('text'),
      )
      .addHelpText('after', '\nExit code: 0 all targets were read, 1 some were not; they are named.')
      .action((files: string[], options: Options) => run(io => cover(io, files, options)))
  },
}

async function cover(io: Io, files: readonly string[], options: Options): Promise<number> {
  const { coverageOfTargets } = await import('../../workflows/governance/coverage.ts')
  const { project, targets } = await chosen(io, options, files)
  const { environments, described, problems, warnings, commit } = await coverageOfTargets(
    project,
    targets,
    io.signal,
  )
  const about = { name: project.name, commit, at: project.now(), described }
  switch (options.output) {
    case 'text':
      io.out(coverageText(environments, about, painter(io.colour)))
      break
    case 'markdown':
      io.data(coverageMarkdown(environments, about))
      break
    case 'html':
      io.data(coverageHtml(environments, about))
      break
    default:
      io.data(
        dataText(
          { name: about.name, commit, environments: environments.map(environmentJson) },
          options.output,
        ),
      )
  }
  tellWarnings(io, warnings)
  tellProblems(io, problems)
  return problems.length > 0 ? exitCode.error : exitCode.same
}

function environmentJson(environment: EnvironmentCoverage): Json {
  return {
    ...environment,
    targets: [...environment.targets],
    unread: [...environment.unread],
    unknown: [...environment.unknown],
    entries: environment.entries.map(entry => ({ ...entry, place: placeJson(entry.place) })),
  }
}
