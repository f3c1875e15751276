import { resolve } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { noFolder, userFolders } from '../../ledger/user-folders.ts'
import type { BuiltinRuleset, LintOptions, LintSeverity, ReportFormat } from '../../specs/lint/index.ts'
import { exitCode, type Io, type Subcommand, tellProblems } from '../command.ts'
import { collect } from '../files/file-tools.ts'

interface Options {
  readonly output: ReportFormat
  readonly failOn: LintSeverity
  readonly ruleset?: string
  readonly builtin: readonly BuiltinRuleset[]
  readonly functions: readonly string[]
  readonly allowHost: readonly string[]
  readonly cache: boolean
  readonly timeLimit: number
  readonly memoryLimit: number
  readonly root?: string
  readonly design?: string
}

const severities: readonly LintSeverity[] = ['error', 'warn', 'info', 'hint']
const formats: readonly ReportFormat[] = ['text', 'json', 'junit', 'sarif', 'github']
const rulesets: readonly BuiltinRuleset[] = ['oas', 'owasp']

function positive(value: string): number {
  const number = Number(value)
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number above 0.')
  return number
}

function ruleset(value: string, before: readonly BuiltinRuleset[]): readonly BuiltinRuleset[] {
  const found = rulesets.find(each => each === value)
  if (!found) throw new InvalidArgumentError(`The rulesets are ${rulesets.join(' and ')}.`)
  return [...before, found]
}

/** `gatewatch lint`: lints specifications with Spectral's, OWASP's and the repository's own rules. */
export const lint: Subcommand = {
  register(program, run) {
    program
      .command('lint')
      .argument('<specs...>', 'OpenAPI documents')
      .description(
        'lint specifications: each finding at its exact line, through references and in other files too',
      )
      .addOption(
        new Option('-o, --output <form>', 'the format of the report').choices([...formats]).default('text'),
      )
      .addOption(
        new Option('--fail-on <severity>', 'exit with 2 from this severity up')
          .choices([...severities])
          .default('error'),
      )
      .option('--ruleset <file>', "the repository's own ruleset, in Spectral's format")
      .option('--builtin <name>', 'only this built-in ruleset, oas or owasp; may be repeated', ruleset, [])
      .option(
        '--functions <folder>',
        'a folder with functions that a ruleset may use; may be repeated',
        collect,
        [],
      )
      .option('--allow-host <host>', 'references may lead to this host; may be repeated', collect, [])
      .option('--design <name>', 'the design document to use from an Insomnia export')
      .option('--root <folder>', 'read no file outside this folder (default: the current one)')
      .option('--time-limit <seconds>', 'how long one specification may take', positive, 30)
      .option('--memory-limit <mb>', 'how much memory linting may use', positive, 1500)
      .option('--no-cache', 'lint even what has not changed')
      .addHelpText('after', '\nExit code: 0 nothing of that severity or above, 2 findings, 1 an error.')
      .action((specs: string[], options: Options) => run(io => lintAll(io, specs, options)))
  },
}

async function lintAll(io: Io, specs: readonly string[], options: Options): Promise<number> {
  const { formatReport, lint: lintFiles } = await import('../../specs/lint/index.ts')
  const settings: LintOptions = {
    root: resolve(io.cwd, options.root ?? '.'),
    functionFolders: options.functions,
    allowedHosts: options.allowHost,
    timeLimitMs: options.timeLimit * 1000,
    memoryLimitMb: options.memoryLimit,
    signal: io.signal,
    ...(options.builtin.length === 0 ? {} : { builtin: options.builtin }),
    ...(options.ruleset === undefined ? {} : { ruleset: options.ruleset }),
    ...(options.design === undefined ? {} : { design: options.design }),
    ...(options.cache ? { cacheFolder: resolve(await cacheFolder(io), 'lint') } : {}),
  }
  const report = await lintFiles(specs, settings)
  io[options.output === 'text' ? 'out' : 'data'](formatReport(report, options.output))
  // A problem with the rules or the reader is reported once, even if it concerns every file.
  const problems = new Map(
    report.files.flatMap(file => file.problems).map(problem => [JSON.stringify(problem), problem]),
  )
  // On a terminal the report has said so already.
  if (options.output !== 'text' || !io.outputIsTerminal) tellProblems(io, [...problems.values()])
  if (problems.size > 0) return exitCode.error
  const counted = severities.slice(0, severities.indexOf(options.failOn) + 1)
  const found = report.files.some(file => file.findings.some(finding => counted.includes(finding.severity)))
  return found ? exitCode.differences : exitCode.same
}

async function cacheFolder(io: Io): Promise<string> {
  return (io.env.GATEWATCH_STATE_DIR || (await userFolders())?.cache) ?? noFolder
}
