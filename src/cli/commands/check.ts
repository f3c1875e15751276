import { Option } from 'commander'
import { counts, type Severity, severities } from '../../governance/finding.ts'
import type { Json } from '../../model/json.ts'
import { orThrow, problemText } from '../../model/problem.ts'
import type { CheckReport } from '../../workflows/governance/check.ts'
import { exitCode, type Io, type Subcommand, tellProblems, tellWarnings } from '../command.ts'
import { chosen, type TargetOptions, tellUnchecked, withManifestOptions } from '../options/target-options.ts'
import { dataText } from '../text/data-text.ts'
import { githubText, junitText, sarifText } from '../text/findings-report.ts'
import { findingJson, findingsText, placeJson, summaryText, unreadText } from '../text/findings-text.ts'
import { painter } from '../text/text-parts.ts'

const forms = ['text', 'json', 'yaml', 'junit', 'sarif', 'github'] as const
type Form = (typeof forms)[number]

interface Options extends TargetOptions {
  readonly output: Form
  readonly failOn: Severity
  readonly live: boolean
}

/** `gatewatch check`: checks specifications, manifests and gateways against policies. */
export const check: Subcommand = {
  register(program, run) {
    withManifestOptions(program.command('check'))
      .description('check specifications, manifests and gateways against the policies')
      .option('--no-live', 'contact no gateway: check only specifications and manifests')
      .addOption(
        new Option('-o, --output <form>', 'the format of the report').choices([...forms]).default('text'),
      )
      .addOption(
        new Option('--fail-on <severity>', 'exit with 2 from this severity up')
          .choices([...severities])
          .default('error'),
      )
      .addHelpText(
        'after',
        '\nExit code: 0 nothing of that severity or above, 2 findings, 1 an error, or something could not be read.',
      )
      .action((files: string[], options: Options) => run(io => checkAll(io, files, options)))
  },
}

async function checkAll(io: Io, files: readonly string[], options: Options): Promise<number> {
  const { check: runCheck } = await import('../../workflows/governance/check.ts')
  const live = options.live && (files.length === 0 || options.kongAddr !== undefined)
  const { project, targets } = await chosen(io, options, files, { gateway: false, connects: live })
  if (live) tellUnchecked(io, targets)
  const report = orThrow(await runCheck(project, targets, { live }, io.signal))
  const folder = project.shown(project.specifications.folder)
  io[options.output === 'text' ? 'out' : 'data'](reportText(report, options, painter(io.colour), folder))
  tellWarnings(io, report.warnings)
  tellProblems(io, report.problems)
  if (report.problems.length > 0) return exitCode.error
  return report.findings.some(finding => counts(finding, options.failOn))
    ? exitCode.differences
    : exitCode.same
}

function reportText(
  report: CheckReport,
  { output, failOn }: Options,
  paint: ReturnType<typeof painter>,
  folder: string,
): string {
  const { findings, governance, problems } = report
  // A finding that no manifest holds is placed at the file that names the gateway.
  const elsewhere = folder.startsWith('/') || folder === '' ? 'gatewatch.yaml' : `${folder}/gatewatch.yaml`
  switch (output) {
    case 'text': {
      const specifications = report.designs.specifications.length
      const summary = summaryText(findings, report.targets.length, specifications, governance.commit)
      return `${findingsText(findings, failOn, paint)}${unreadText(report.unread, paint)}${summary}`
    }
    case 'junit':
      return junitText(
        findings,
        governance.policies.map(policy => policy.id),
        report.unread,
        problems,
        failOn,
      )
    case 'sarif':
      return sarifText(findings, governance.policies, problems, elsewhere)
    case 'github':
      return githubText(findings, problems, elsewhere)
    default:
      return dataText(checkJson(report), output)
  }
}

function checkJson({
  findings,
  waivers,
  targets,
  designs,
  governance,
  problems,
  unknown,
}: CheckReport): Json {
  return {
    policies: { commit: governance.commit, rules: governance.policies.length },
    targets: targets.map(({ target, compared }) => ({ name: target.name, live: compared !== null })),
    specifications: designs.specifications.map(each => each.uri),
    findings: findings.map(findingJson),
    waivers: waivers.map(({ waiver, state, why, covers }) => ({
      rule: waiver.document.rule,
      entity: waiver.document.entity,
      expires: waiver.document.expires,
      state,
      why,
      covers: [...covers],
      place: placeJson(waiver.place),
      content: waiver.content,
      approval: { ...waiver.approval },
    })),
    unknown: Object.fromEntries([...unknown].filter(([, n]) => n > 0)),
    problems: problems.map(problemText),
  }
}
