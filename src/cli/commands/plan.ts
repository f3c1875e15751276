import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Option } from 'commander'
import { orThrow, ProblemError } from '../../model/problem.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import {
  originText,
  type PlanOrigin,
  parsePlan,
  planText as planFile,
} from '../../reconcile/plan/plan-file.ts'
import { writeWholeFile } from '../../repo/index.ts'
import { previewFindings } from '../../workflows/governance/gate.ts'
import { describedRequests } from '../../workflows/meaning/described-requests.ts'
import { meaningOf } from '../../workflows/meaning/plan-meaning.ts'
import type { Project } from '../../workflows/project/project.ts'
import { sealedTo } from '../../workflows/project/sealing.ts'
import { problemsOf } from '../../workflows/reading/compare-target.ts'
import { compareTargets } from '../../workflows/reading/compare-targets.ts'
import { driftWarnings } from '../../workflows/reading/drift-warnings.ts'
import { exitCode, type Io, type Subcommand, tellProblems, tellWarnings } from '../command.ts'
import {
  type AcceptOptions,
  acceptOf,
  choiceOf,
  type PlanOptions,
  withAcceptOptions,
  withPlanOptions,
} from '../options/plan-options.ts'
import { chosen, outputOption, type TargetOptions, withManifestOptions } from '../options/target-options.ts'
import { planned } from '../run-plan.ts'
import { type MaskOptions, shownChanges, unmaskOption } from '../terminal/unmask.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { planMarkdown } from '../text/markdown-text.ts'
import { planJson, planText } from '../text/plan-text.ts'
import { painter, plain } from '../text/text-parts.ts'

/** The output formats of a plan. */
type Form = 'text' | 'markdown' | DataForm

const forms: readonly Form[] = ['text', 'json', 'yaml', 'markdown']

interface Options extends MaskOptions, TargetOptions, PlanOptions, AcceptOptions {
  readonly out?: string
  readonly output: Form
}

/** `gatewatch plan` and `gatewatch plan show`. */
export const plan: Subcommand = {
  async register(program, run, providers) {
    const known = await providers()
    const command = withAcceptOptions(withPlanOptions(withManifestOptions(program.command('plan'))), known)
      .description('make a plan: exactly what a sync would send')
      .enablePositionalOptions()
      .option('-o, --out <file>', 'save the plan, to review and apply it later')
      .addOption(unmaskOption())
      .addOption(new Option('--output <form>', 'the format of the output').choices(forms).default('text'))
      .addHelpText('after', '\nExit code: 0 nothing to do, 2 something to do, 1 an error.')
      .action((files: string[], options: Options) => run(io => make(io, files, options)))
    command
      .command('show')
      .argument('<file>', 'a saved plan')
      .description('show a saved plan; needs no gateway')
      .addOption(outputOption().choices(forms))
      .action((file: string, options: { readonly output: Form }) =>
        run(async io => {
          const saved = orThrow(parsePlan(await readPlanFile(io, file), file))
          show(io, saved, options.output, null, known.kinds)
          return exitCode.same
        }),
      )
  },
}

/** The text of a plan file; a problem where it can't be read. */
export async function readPlanFile(io: Io, file: string): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, file), 'utf8')
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new ProblemError([
      {
        code: 'no-plan',
        message: `the plan ${file} can't be read (${detail})`,
        hint: 'Make one with `gatewatch plan --out FILE`.',
      },
    ])
  }
}

async function make(io: Io, files: readonly string[], options: Options): Promise<number> {
  const { project, targets } = await chosen(io, options, files, { manifests: true })
  if (options.out !== undefined && targets.length !== 1) {
    throw new ProblemError([
      {
        code: 'one-target',
        message: `a plan covers one target, and ${targets.length} are selected`,
        hint: 'Name it with --target.',
      },
    ])
  }
  const choice = { ...choiceOf(options), ...acceptOf(options) }
  const [described, to] = await Promise.all([describedRequests(project), sealedTo(project)])
  const results = await compareTargets(project, targets, io.signal)
  const drifts = results.flatMap(result => (result.ok ? [result.value.drift] : []))
  tellWarnings(io, driftWarnings(project, drifts))
  const isRead = options.output === 'text' && io.outputIsTerminal
  const shown = shownChanges(io, options, isRead, project.digests)
  let code: number = exitCode.same
  for (const result of results) {
    if (!result.ok) {
      tellProblems(io, problemsOf(result.error))
      code = exitCode.error
      continue
    }
    const { plan: made } = planned(io, project, result.value, choice)
    if (!made) {
      code = exitCode.error
      continue
    }
    const findings = await previewFindings(project, result.value, made)
    const preview = options.output === 'text' ? { ...made, changes: shown(made.changes) } : made
    show(
      io,
      preview,
      options.output,
      meaningOf(result.value, made, described, { findings, sealedTo: to }),
      project.providers.kinds,
    )
    if (options.out !== undefined) {
      const written = { cwd: io.cwd, shown: options.out, mode: 0o600 }
      await writeWholeFile(
        resolve(io.cwd, options.out),
        planFile(made, originOf(made, files, project)),
        written,
      )
      io.err(
        `gatewatch: saved as ${plain(options.out)}; apply it with: gatewatch apply ${plain(options.out)}\n`,
      )
    }
    if (code === exitCode.same && made.steps.length > 0) code = exitCode.differences
  }
  return code
}

/** How a plan for an address was requested; undefined: its target is in the configuration. */
function originOf(made: Plan, files: readonly string[], { digests }: Project): PlanOrigin | undefined {
  const url = URL.canParse(made.address) ? new URL(made.address) : undefined
  if (url?.host !== made.target) return undefined
  return { files, proof: digests.proof(originText(made, files)) }
}

function show(io: Io, made: Plan, form: Form, meaning: Parameters<typeof planText>[1], kinds: Kinds): void {
  if (form === 'text') io.out(planText(made, meaning, kinds, painter(io.colour), new Date()))
  else if (form === 'markdown') io.data(planMarkdown(made, meaning, kinds))
  else io.data(dataText(planJson(made, meaning), form))
}
