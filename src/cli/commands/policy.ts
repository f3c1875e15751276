import { access, mkdir } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { policySchemaText, ruleName } from '../../governance/policies/policy-format.ts'
import type { Json } from '../../model/json.ts'
import { orThrow, ProblemError } from '../../model/problem.ts'
import { suggestion } from '../../model/problems/suggestion.ts'
import { refuseLinkOut, writeNewFile, writeWholeFile } from '../../repo/index.ts'
import type { Project } from '../../workflows/project/project.ts'
import { exitCode, type Io, type Runner, type Subcommand, tellProblems } from '../command.ts'
import { chosen, outputOption, type TargetOptions, withTargetOptions } from '../options/target-options.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { findingJson, findingsText, placeJson, stampText, summaryText } from '../text/findings-text.ts'
import { aligned, painter, plain } from '../text/text-parts.ts'

interface Options extends TargetOptions {
  readonly output: 'text' | DataForm
  readonly live: boolean
}

/** `gatewatch policy new|test|impact|list`. */
export const policy: Subcommand = {
  register(program, run) {
    const command = program.command('policy').description('write, test and try out policies')
    registerNew(command, run)
    registerTest(command, run)
    registerImpact(command, run)
    registerList(command, run)
  },
}

function registerNew(command: Command, run: Runner): void {
  withTargetOptions(command.command('new'))
    .argument('<id>', 'the name of the rule, such as no-long-timeout')
    .description('write a first policy, with an example that passes and one that fails')
    .action((id: string, options: Options) =>
      run(async io => {
        const { project } = await chosen(io, options, [], { connects: false })
        const file = await writeStarter(project, id)
        io.err(`gatewatch: wrote ${plain(project.shown(file))}; try it with: gatewatch policy test ${id}\n`)
        return exitCode.same
      }),
    )
}

/** Beside the policies, so that editors find it on every machine and offline. */
const schemaFile = '.policy.schema.json'

async function writeStarter(project: Project, id: string): Promise<string> {
  const { starterPolicy } = await import('../../workflows/governance/policies/policy-starter.ts')
  const named = ruleName.safeParse(id)
  if (!named.success) throw wrong(`${id} ${named.error.issues[0]?.message ?? 'is no name of a rule'}`)
  const pattern = project.policies[0] ?? 'policies/*.yaml'
  const folder = pattern.includes('*') ? pattern.slice(0, pattern.indexOf('*')) : `${dirname(pattern)}/`
  const file = join(project.specifications.folder, folder, `${id}.yaml`)
  const there = await access(file).then(
    () => true,
    () => false,
  )
  if (there) throw wrong(`${project.shown(file)} exists already`, 'Edit it, or choose another name.')
  const schema = join(dirname(file), schemaFile)
  const configured = { cwd: project.specifications.folder, by: 'configuration' } as const
  for (const each of [file, schema]) refuseLinkOut(each, { ...configured, shown: project.shown(each) })
  await mkdir(dirname(file), { recursive: true })
  await writeNewFile(file, starterPolicy(id, `./${schemaFile}`), configured)
  await writeWholeFile(schema, policySchemaText(project.providers.kinds), configured)
  return file
}

function registerTest(command: Command, run: Runner): void {
  withTargetOptions(command.command('test'))
    .argument('[policies...]', 'names or files of policies (default: all policies of the repository)')
    .option('--ref <commit>', 'use the policies of this commit, branch or tag')
    .description('run the examples of policies; needs no gateway')
    .addHelpText('after', '\nExit code: 0 all pass, 2 some fail, 1 an error.')
    .action((names: string[], options: Options) => run(io => test(io, names, options)))
}

async function test(io: Io, names: readonly string[], options: Options): Promise<number> {
  const { readPolicies } = await import('../../workflows/governance/policies/read-policies.ts')
  const { exampleProvider, missingExamples, runExamples } = await import(
    '../../workflows/governance/policies/examples.ts'
  )
  const project = withFiles(io, (await chosen(io, options, [], { connects: false })).project, names)
  const loaded = orThrow(await readPolicies(project))
  const own = loaded.filter(each => each.source !== null).map(each => each.policy)
  const policies = names.length === 0 ? own : names.map(name => find(io, project, loaded, name))
  const read = await exampleProvider(project.providers.usual)
  const paint = painter(io.colour)
  let failures = 0
  let examples = 0
  for (const each of policies) {
    const results = runExamples(each, read)
    const missing = missingExamples(each)
    const failing = results.filter(result => result.failure !== null)
    failures += failing.length + missing.length
    examples += results.length
    const good = failing.length + missing.length === 0
    io.out(
      `${good ? paint('green', 'pass') : paint('red', 'FAIL')} ${plain(each.id)}  ${results.length} examples\n`,
    )
    for (const { name, failure } of failing) io.out(`     ${plain(`${name}: ${failure}`)}\n`)
    for (const sentence of missing) io.out(`     ${plain(sentence)}\n`)
  }
  io.out(
    `${policies.length} policies, ${examples} examples: ${failures === 0 ? 'all pass' : `${failures} fail`}\n`,
  )
  return failures === 0 ? exitCode.same : exitCode.differences
}

function registerImpact(command: Command, run: Runner): void {
  withTargetOptions(command.command('impact'))
    .argument('<policy>', 'the name or file of a policy')
    .option('--ref <commit>', 'use the policies, manifests and specifications of this commit, branch or tag')
    .option('--no-live', 'contact no gateway: look only at specifications and manifests')
    .description('show what a policy would find across the fleet today, whatever its state and waivers')
    .addOption(outputOption())
    .addHelpText('after', '\nExit code: 0 nothing would be found, 2 something would, 1 an error.')
    .action((name: string, options: Options) => run(io => impact(io, name, options)))
}

async function impact(io: Io, name: string, options: Options): Promise<number> {
  const { check } = await import('../../workflows/governance/check.ts')
  const { inForce } = await import('../../workflows/governance/fleet-governance.ts')
  const { readPolicies } = await import('../../workflows/governance/policies/read-policies.ts')
  const connects = options.live
  const { project: plainProject, targets } = await chosen(io, options, [], { connects })
  const project = withFiles(io, plainProject, [name])
  const { id } = find(io, project, orThrow(await readPolicies(project)), name)
  const only = (each: Parameters<typeof inForce>[0]) => (each.id === id ? inForce(each) : undefined)
  const report = orThrow(await check(project, targets, { live: options.live, only }, io.signal))
  const findings = report.findings.map(finding => ({ ...finding, waived: null }))
  if (options.output === 'text') {
    io.out(findingsText(findings, 'block', painter(io.colour)))
    io.out(
      summaryText(findings, targets.length, report.designs.specifications.length, report.governance.commit),
    )
  } else io.data(dataText(findings.map(findingJson), options.output))
  tellProblems(io, report.problems)
  if (report.problems.length > 0) return exitCode.error
  return findings.length > 0 ? exitCode.differences : exitCode.same
}

function registerList(command: Command, run: Runner): void {
  withTargetOptions(command.command('list'))
    .option('--ref <commit>', 'use the policies of this commit, branch or tag')
    .description('list policies: their state, who approved them, and their severity in each environment')
    .addOption(outputOption())
    .action((options: Options) => run(io => list(io, options)))
}

async function list(io: Io, options: Options): Promise<number> {
  const { loadGovernance } = await import('../../workflows/governance/load-governance.ts')
  const { policyView } = await import('../../workflows/governance/governance-view.ts')
  const { project } = await chosen(io, options, [], { connects: false })
  const governance = orThrow(await loadGovernance(project))
  const views = governance.policies.map(each => policyView(each, null))
  if (options.output !== 'text') {
    const rows = views.map(
      ({ found: _, place, approval, kinds, severity, ...rest }): Json => ({
        ...rest,
        kinds: [...kinds],
        severity: { ...severity },
        approval: { ...approval },
        place: placeJson(place),
        content: governance.digests.get(rest.id) ?? null,
      }),
    )
    io.data(dataText(rows, options.output))
    return exitCode.same
  }
  const rows = views.map((view, i) => {
    const { stamp } = governance.policies[i] ?? {}
    const why = view.approval.state === 'unverified' ? `: ${view.approval.why}` : ''
    const approval =
      view.place === null ? 'built in' : stamp && stampText(stamp) ? `${stampText(stamp)}${why}` : 'approved'
    return [
      plain(view.id),
      plain(view.owasp ?? ''),
      Object.entries(view.severity)
        .map(([environment, severity]) =>
          environment === 'default' ? severity : plain(`${environment} ${severity}`),
        )
        .join(', '),
      view.state,
      plain(approval),
      plain(view.place ? `${view.place.file}` : ''),
    ]
  })
  io.out(`${aligned([['RULE', 'OWASP', 'SEVERITY', 'STATE', 'APPROVAL', 'FILE'], ...rows]).join('\n')}\n`)
  return exitCode.same
}

/** Files named on the command line count as policies of the project. */
function withFiles(io: Io, project: Project, names: readonly string[]): Project {
  const files = names
    .filter(name => /\.ya?ml$/.test(name))
    .map(name => relative(project.specifications.folder, resolve(io.cwd, name)))
  return { ...project, policies: [...project.policies, ...files] }
}

type Loaded = Awaited<
  ReturnType<typeof import('../../workflows/governance/policies/read-policies.ts').readPolicies>
>
type LoadedPolicies = Extract<Loaded, { readonly ok: true }>['value']

/** The policy of a name or file. */
function find(
  io: Io,
  project: Project,
  loaded: LoadedPolicies,
  name: string,
): LoadedPolicies[number]['policy'] {
  const shown = project.shown(resolve(io.cwd, name))
  const found = loaded.find(each => each.policy.id === name || each.source?.file.path === shown)
  if (found) return found.policy
  const meant = suggestion(
    name,
    loaded.map(each => each.policy.id),
  )
  throw wrong(
    `there is no policy ${name}`,
    meant ? `Did you mean ${meant}?` : 'gatewatch policy list shows all of them.',
  )
}

function wrong(message: string, hint?: string): ProblemError {
  return new ProblemError([{ code: 'policy', message, ...(hint ? { hint } : {}) }])
}
