import type { Kind } from '../../model/entity.ts'
import type { Json } from '../../model/json.ts'
import { type Problem, ProblemError, problemText } from '../../model/problem.ts'
import { toldOnce } from '../../model/problems/shared-faults.ts'
import type { Providers } from '../../providers/provider.ts'
import type { Validation } from '../../workflows/tools/validate.ts'
import { exitCode, type Io, type Subcommand, tellWarnings } from '../command.ts'
import { oneOf } from '../files/file-tools.ts'
import { chosen, outputOption, type TargetOptions, withManifestOptions } from '../options/target-options.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { placeJson } from '../text/findings-text.ts'
import { counted, plain } from '../text/text-parts.ts'

interface Options extends TargetOptions {
  readonly online?: true
  readonly onlineEntitiesList: readonly Kind[]
  readonly strict?: true
  readonly output: 'text' | DataForm
}

/** `gatewatch validate`: checks manifests, by themselves or with a gateway. */
export const validate: Subcommand = {
  async register(program, run, providers) {
    const known = await providers()
    withManifestOptions(program.command('validate'))
      .description('check manifests: their format, references and values; with --online, by the gateway too')
      .option('--online', 'ask the gateway about every entity; writes nothing')
      .option(
        '--online-entities-list <kinds>',
        'ask the gateway only about these, separated by commas: Services, Routes, Plugins, …; may be repeated',
        (text: string, before: readonly Kind[]) => [...before, ...kindsListed(text, known)],
        [],
      )
      .option('--strict', 'treat warnings as errors')
      .addOption(outputOption())
      .addHelpText(
        'after',
        `
Without --online, no gateway is asked, except the one that --kong-addr names. A file named - is standard input.
Exit code: 0 everything is valid, 1 problems.`,
      )
      .action((files: string[], options: Options) => run(io => validateAll(io, files, options)))
  },
}

/** Kinds by their names in lists. */
function kindsListed(text: string, { kinds }: Providers): readonly Kind[] {
  const byWord = new Map(
    kinds.all.flatMap(({ kind, identity: { listedAs } }) =>
      listedAs === undefined ? [] : [[listedAs, kind] as const],
    ),
  )
  const words = [...byWord.keys()].sort()
  return text.split(',').map(word => {
    const name = oneOf(words)(word.trim())
    return byWord.get(name) ?? name
  })
}

async function validateAll(io: Io, files: readonly string[], options: Options): Promise<number> {
  const { validateOffline, validateOnline } = await import('../../workflows/tools/validate.ts')
  const online = options.online === true || options.kongAddr !== undefined
  const listed = new Set(options.onlineEntitiesList)
  if (listed.size > 0 && !online) {
    const message = '--online-entities-list needs a gateway to ask'
    const hint = 'Say --online too, or name a gateway with --kong-addr.'
    throw new ProblemError([{ code: 'not-online', message, hint }])
  }
  const asked = (kind: Kind): boolean => listed.size === 0 || listed.has(kind)
  const { project, targets } = await chosen(io, options, files, { gateway: online })
  const results: Validation[] = []
  for (const target of targets) {
    results.push(
      await (online ? validateOnline(project, target, io.signal, asked) : validateOffline(project, target)),
    )
  }
  if (options.output === 'text') for (const result of results) tell(io, result, online)
  else {
    const [only] = results
    const data = results.length === 1 && only ? validationJson(only) : results.map(validationJson)
    io.data(dataText(data, options.output))
  }
  const wrong = results.some(
    ({ problems, warnings }) => problems.length > 0 || (options.strict === true && warnings.length > 0),
  )
  return wrong ? exitCode.error : exitCode.same
}

function tell(
  io: Io,
  { target, against, entities, problems, warnings, notChecked }: Validation,
  online: boolean,
): void {
  const told = toldOnce(problems)
  for (const problem of told) io.out(`${plain(problemText(problem))}\n`)
  tellWarnings(io, warnings)
  const held = entities === null ? '' : `${counted(entities, 'entity')} checked against ${plain(against)}: `
  const right = notChecked.length === 0 || !online ? 'all valid' : 'no problem in what was checked'
  const verdict = told.length === 0 ? right : counted(told.length, 'problem')
  io.out(`${plain(target)}: ${held}${verdict}\n`)
  if (notChecked.length > 0 && !online)
    io.err(`gatewatch: only a gateway can check the fields of ${plain(notChecked.join(', '))}\n`)
}

function validationJson({ problems, warnings, notChecked, ...rest }: Validation): Json {
  return {
    ...rest,
    valid: problems.length === 0,
    problems: problems.map(problemJson),
    warnings: warnings.map(problemJson),
    not_checked: notChecked,
  }
}

function problemJson({ code, message, hint, place }: Problem): Json {
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(place ? { place: placeJson(place) } : {}),
  }
}
