import { resolve } from 'node:path'
import { orThrow, ProblemError } from '../../model/problem.ts'
import { type Answer, unknownAnswer } from '../../model/routing/answer.ts'
import { readRequests } from '../../model/routing/read-requests.ts'
import { type ProxyRequest, parseRequest } from '../../model/routing/request.ts'
import { safeJson } from '../../model/safe-text.ts'
import {
  type Described,
  described,
  describedIn,
  nothingDescribed,
  operationCalled,
} from '../../workflows/meaning/described-requests.ts'
import {
  type Explainer,
  explainerOfFiles,
  explainerOfTarget,
  type LiveRouter,
} from '../../workflows/meaning/explain.ts'
import type { Project } from '../../workflows/project/project.ts'
import { maskedAnswer } from '../../workflows/reading/masked-answers.ts'
import { exitCode, type Io, type Subcommand, tellProblems } from '../command.ts'
import { collect } from '../files/file-tools.ts'
import { readText } from '../files/read-text.ts'
import { chosen, outputOption, type TargetOptions, withTargetOptions } from '../options/target-options.ts'
import { answerJson, answerText } from '../text/answer-text.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { painter, plain } from '../text/text-parts.ts'

interface Options extends TargetOptions {
  readonly header: readonly string[]
  readonly consumer?: string
  readonly requests?: string
  readonly host: string
  readonly spec: readonly string[]
  readonly output: 'text' | DataForm
}

/** `gatewatch explain`: how a gateway answers a request, and why. */
export const explain: Subcommand = {
  register(program, run) {
    withTargetOptions(program.command('explain'))
      .argument('[request]', "a request, such as 'GET https://api.example/disputes'")
      .argument('[files...]', 'manifest files and folders to answer from; then no gateway is needed')
      .description(
        'show which route answers a request and why, which plugins run, and what the upstream receives',
      )
      .option('-H, --header <name:value>', 'a header of the request; may be repeated', collect, [])
      .option('--consumer <name>', 'with valid credentials of this consumer')
      .option(
        '--requests <file>',
        'many requests: JSON Lines of {"method","url","headers"}, or an access log',
      )
      .option(
        '--host <name>',
        'the host of the requests in an access log, which does not record it',
        'localhost',
      )
      .option(
        '--spec <file>',
        'a specification that may describe the request, instead of those of gatewatch.yaml; may be repeated',
        collect,
        [],
      )
      .addOption(outputOption())
      .action((request: string | undefined, files: string[], options: Options) =>
        run(async io => {
          // With --requests the first word is a manifest file already.
          const paths = options.requests !== undefined && request !== undefined ? [request, ...files] : files
          const requests = await requestsOf(io, options, options.requests === undefined ? request : undefined)
          const { explainer, project } = await explainerFor(io, options, paths)
          requireConsumer(explainer, options.consumer)
          const specified = await specifiedFor(io, options.spec, project)
          const paint = painter(io.colour)
          for (const each of requests) {
            const found = answerOf(explainer, each)
            const operation = operationCalled(specified, each, found)
            const answer = 'router' in explainer ? maskedAnswer(found, explainer.masked) : found
            const json = answerJson(answer, operation)
            if (options.output === 'text') io.out(answerText(each, answer, operation, paint))
            else if (options.requests === undefined) io.data(dataText(json, options.output))
            else
              io.data(
                options.output === 'json'
                  ? `${safeJson(JSON.stringify(json))}\n`
                  : `---\n${dataText(json, 'yaml')}`,
              )
          }
          if (!('router' in explainer)) return exitCode.error
          const { unread } = explainer
          tellProblems(
            io,
            unread.map(({ reason }) => reason),
          )
          return unread.length > 0 ? exitCode.error : exitCode.same
        }),
      )
  },
}

async function requestsOf(
  io: Io,
  options: Options,
  text: string | undefined,
): Promise<readonly ProxyRequest[]> {
  if (options.requests !== undefined) {
    const { requests, unread } = readRequests(await readText(io, options.requests), options.host)
    for (const { line, reason } of unread)
      io.err(`gatewatch: ${plain(`${options.requests}:${line}: skipped, ${reason}`)}\n`)
    return requests
  }
  if (text === undefined) {
    throw new ProblemError([
      {
        code: 'no-request',
        message: 'no request is given',
        hint: "Write one, for example: gatewatch explain 'GET https://api.example/disputes'",
      },
    ])
  }
  const headers: Record<string, string[]> = {}
  for (const header of options.header) {
    const colon = header.indexOf(':')
    if (colon < 1) {
      throw new ProblemError([
        {
          code: 'bad-header',
          message: `the header ${header} has no colon`,
          hint: "Write it as -H 'x-version: 1'.",
        },
      ])
    }
    const name = header.slice(0, colon).trim()
    headers[name] = [...(headers[name] ?? []), header.slice(colon + 1).trim()]
  }
  const request = parseRequest(text, {
    headers,
    ...(options.consumer === undefined ? {} : { consumer: options.consumer }),
  })
  if (!request) {
    throw new ProblemError([
      {
        code: 'bad-request',
        message: `${text} isn't a request with an http or https URL`,
        hint: "Write it as 'GET https://api.example/disputes'.",
      },
    ])
  }
  return [request]
}

/** What the specifications describe: those that are named, which must be readable, and the project's. */
async function specifiedFor(
  io: Io,
  named: readonly string[],
  project: Project | undefined,
): Promise<Described> {
  if (named.length === 0) return project ? described(project) : nothingDescribed
  const { readSpecification, rootOf } = await import('../../specs/index.ts')
  const paths = named.map(file => resolve(io.cwd, file))
  const read = await Promise.all(paths.map(path => readSpecification(path, { root: rootOf(path, io.cwd) })))
  return describedIn(read.map(orThrow))
}

function answerOf(explainer: Explainer, request: ProxyRequest): Answer {
  if ('router' in explainer) return withUnread(explainer.router.answer(request), explainer)
  return unknownAnswer(`how it is answered is not known from here: ${explainer.unmodelled}`)
}

async function explainerFor(
  io: Io,
  options: Options,
  files: readonly string[],
): Promise<{ readonly explainer: Explainer; readonly project?: Project }> {
  if (files.length > 0) {
    const paths = files.map(file => resolve(io.cwd, file))
    return { explainer: orThrow(await explainerOfFiles(paths, io.env, (await io.providers()).usual)) }
  }
  const { targets, project } = await chosen(io, options)
  const [target, more] = targets
  if (!target || more) {
    throw new ProblemError([
      {
        code: 'one-target',
        message: `one gateway answers a request, and ${targets.length} are selected`,
        hint: 'Name it with --target, or name manifest files.',
      },
    ])
  }
  return { explainer: orThrow(await explainerOfTarget(project, target, io.signal)), project }
}

/** An answer with a note of what it was computed without. */
function withUnread(answer: Answer, { unread, kinds }: LiveRouter): Answer {
  const sentences = unread.map(({ kind }) => {
    const plural = kinds.pluralOf(kind)
    return kinds.facetOf(kind) === 'protection'
      ? `which ${plural} run, and whether they end the request: ${plural} could not be read`
      : `what ${plural} decide: they could not be read`
  })
  return sentences.length === 0 ? answer : { ...answer, unknown: [...sentences, ...answer.unknown] }
}

/** A consumer that doesn't exist would be answered like an anonymous request: that is a mistake, and is reported. */
function requireConsumer(explainer: Explainer, name: string | undefined): void {
  const consumers = 'router' in explainer ? explainer.router.callers : undefined
  if (name === undefined || consumers === undefined) return
  if (consumers.some(({ knownBy }) => knownBy.includes(name))) return
  const names = consumers.flatMap(consumer => consumer.name ?? [])
  throw new ProblemError([
    {
      code: 'no-such-consumer',
      message: `there is no consumer ${name}`,
      hint: names.length === 0 ? 'There are none.' : `The consumers are ${names.slice(0, 20).join(', ')}.`,
    },
  ])
}
