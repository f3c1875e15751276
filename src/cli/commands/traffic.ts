import { type Problem, ProblemError } from '../../model/problem.ts'
import { readRequests } from '../../model/routing/read-requests.ts'
import type { ProxyRequest } from '../../model/routing/request.ts'
import type { State } from '../../model/state/state.ts'
import { stateAfter } from '../../reconcile/plan/state-after.ts'
import { describedRequests } from '../../workflows/meaning/described-requests.ts'
import { protectionUnknown } from '../../workflows/meaning/protection.ts'
import {
  notModelledHere,
  requestText,
  trafficBetween,
  trafficLines,
} from '../../workflows/meaning/traffic.ts'
import { problemsOf } from '../../workflows/reading/compare-target.ts'
import { compareTargets } from '../../workflows/reading/compare-targets.ts'
import { exitCode, type Io, type Subcommand } from '../command.ts'
import { readText } from '../files/read-text.ts'
import { chosenForPlan } from '../options/chosen-for-plan.ts'
import { outputOption, type TargetOptions, withTargetOptions } from '../options/target-options.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { painter, plain } from '../text/text-parts.ts'
import { readPlanFile } from './plan.ts'

interface Options extends TargetOptions {
  readonly log?: string
  readonly host: string
  readonly output: 'text' | DataForm
}

/** `gatewatch traffic`: which requests a plan answers differently. */
export const traffic: Subcommand = {
  register(program, run) {
    withTargetOptions(program.command('traffic'))
      .argument('<plan>', 'a plan saved by `gatewatch plan --out`')
      .argument('[files...]', 'the manifest files that the plan was made from, with --kong-addr')
      .description('show which requests are answered differently once a plan is applied')
      .option(
        '--log <file>',
        'requests to consider besides the routes’ own paths: an access log or JSON Lines',
      )
      .option('--host <name>', 'the host of the requests in an access log', 'localhost')
      .addOption(outputOption())
      .addHelpText('after', '\nExit code: 0 nothing is answered differently, 2 something is, 1 an error.')
      .action((file: string, files: string[], options: Options) =>
        run(async io => {
          const saved = { text: await readPlanFile(io, file), file, named: false }
          const { plan, project, targets } = await chosenForPlan(io, options, files, saved)
          const at = { ...project, commit: plan.manifest.commit ?? project.commit }
          const [compared] = await compareTargets(at, targets, io.signal)
          if (!compared)
            throw new ProblemError([{ code: 'no-target', message: `there is no target ${plan.target}` }])
          if (!compared.ok) throw new ProblemError(problemsOf(compared.error))
          const { live, desired } = compared.value
          const after = stateAfter(live, desired, plan.changes)
          const unknown = protectionUnknown(live) ?? protectionUnknown(after)
          if (unknown !== null) throw new ProblemError([notKnown(plan.target, unknown, after)])
          const logged = options.log === undefined ? [] : await requestsIn(io, options.log, options.host)
          const described = await describedRequests(project)
          const more = [...described.map(each => each.request), ...logged]
          const groups = trafficBetween(live, after, more) ?? []
          if (options.output === 'text') {
            const paint = painter(io.colour)
            for (const line of trafficLines(groups, plan.changes, live.routing))
              io.out(`${paint(line.worse ? 'red' : 'green', plain(line.text))}\n`)
            if (groups.length === 0) io.out('no request is answered differently\n')
          } else {
            io.data(
              dataText(
                groups.map(group => ({
                  change: group.change,
                  worse: group.worse,
                  before: group.before,
                  after: group.after,
                  requests: group.requests.map(requestText),
                  routes: group.routes.map(route => route.name ?? route.id),
                })),
                options.output,
              ),
            )
          }
          return groups.length > 0 ? exitCode.differences : exitCode.same
        }),
      )
  },
}

function notKnown(target: string, why: string, after: State): Problem {
  return {
    code: 'not-known',
    target,
    message: `it is unknown which requests are answered differently: ${why}`,
    ...(notModelledHere(after) === null ? { hint: 'Make sure that they can be read.' } : {}),
  }
}

/** The requests of a file; invalid lines are reported and skipped. */
async function requestsIn(io: Io, file: string, host: string): Promise<readonly ProxyRequest[]> {
  const { requests, unread } = readRequests(await readText(io, file), host)
  for (const { line, reason } of unread)
    io.err(`gatewatch: ${plain(`${file}:${line}: skipped, ${reason}`)}\n`)
  return requests
}
