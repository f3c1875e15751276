import pLimit from 'p-limit'
import type { RawEntity } from '../../../../model/entity.ts'
import { isObject, type JsonObject } from '../../../../model/json.ts'
import { withoutSecrets } from '../../../../model/masking/quoted-secrets.ts'
import { revealSecrets } from '../../../../model/masking/secret-marks.ts'
import { fail, type Problem, type Result, succeed } from '../../../../model/problem.ts'
import { partProblem } from '../../../../model/problems/shared-faults.ts'
import type {
  Outcome,
  Refusal,
  SecretResolver,
  Step,
  TellUnanswered,
  WriteSignals,
} from '../../../session.ts'
import { type AdminAnswer, type AdminApi, isProblem, lost, type Unanswered } from '../connection/admin-api.ts'
import { longestPauseMs } from '../connection/answer-bounds.ts'
import { fieldsOf, forbidden, messageOf } from '../connection/answer-messages.ts'
import { shapeOf } from './alike-bodies.ts'
import type { KongPayload } from './step.ts'

/** Checks that are under way at once: they cost a gateway little, and whoever asks has other work meanwhile. */
const checksAtOnce = 64

/** What to do about a refusal that is about an entity, by its status. */
const hints: Readonly<Record<number, string>> = {
  400: 'Correct the manifest and make a new plan.',
  404: 'It, or what it belongs to, is not there any more; make a new plan.',
  409: 'Another entity has that name or key; read the gateway again and make a new plan.',
  413: 'It is larger than what stands between here and the gateway lets through.',
}

/** Has a gateway check steps, looks at what they would write, and sends them. */
export class StepSender {
  readonly #api: AdminApi
  readonly #target: string

  constructor(api: AdminApi, target: string) {
    this.#api = api
    this.#target = target
  }

  /** Ends with the first question that gets no answer: what is not known of one step is not known of the plan. */
  async validate(
    steps: readonly Step<KongPayload>[],
    secrets: SecretResolver,
    signal: AbortSignal,
    unanswered: TellUnanswered = () => {},
  ): Promise<Result<readonly Refusal[]>> {
    const asked = steps.filter(step => step.payload.checked !== null)
    const alike = Map.groupBy(asked, step => shapeOf(step.payload.schema, checkedOf(step)))
    const found = new Map<Step<KongPayload>, Refusal>()
    const refuse = (step: Step<KongPayload>, problem: Problem, fields: readonly string[] = []) =>
      found.set(step, refusalOf(step, problem, fields))
    const faults: Problem[] = []
    const silent = new AbortController()
    const going = AbortSignal.any([signal, silent.signal])
    await pLimit(checksAtOnce).map(alike.values(), async group => {
      const [first] = group
      if (!first || faults.length > 0) return
      const missing = group.find(
        step => step.secrets.length > 0 && revealSecrets(checkedOf(step), secrets).missing.length > 0,
      )
      if (missing) {
        refuse(missing, this.#missingSecret(missing))
        return
      }
      const sent = secretsOf(first, secrets)
      const body = revealSecrets(checkedOf(first), secrets).value
      const answer = await this.#api.ask(`/schemas/${first.payload.schema}/validate`, body, going)
      if (isProblem(answer)) {
        faults.push(answer)
        silent.abort()
      } else if (answer.status === 400)
        for (const step of group) refuse(step, this.#rejection(step, answer, sent), fieldsOf(answer))
      else if (answer.status >= 300)
        unanswered(
          group.flatMap(({ covers }) => covers),
          answer.status,
        )
    })
    const [fault] = faults
    if (fault) return fail([unchecked(fault, steps)])
    // In the order of the steps, whatever was answered first.
    return succeed(steps.flatMap(step => found.get(step) ?? []))
  }

  async current(step: Step<KongPayload>, signal: AbortSignal): Promise<Result<readonly RawEntity[]>> {
    const answer = await this.#api.get(step.payload.entity, signal)
    if (isProblem(answer)) return fail([answer])
    if (answer.status === 404) return succeed([])
    if (answer.status === 403) return fail([forbidden(this.#target, step.payload.title, 'entities')])
    const { body } = answer
    if (answer.status !== 200 || !isObject(body)) {
      return fail([
        {
          code: 'unreadable',
          target: this.#target,
          message: `reading ${step.payload.entity} was answered with ${answer.status}`,
        },
      ])
    }
    return succeed([{ kind: step.payload.kind, fields: body }])
  }

  async execute(
    step: Step<KongPayload>,
    secrets: SecretResolver,
    { begin, wait }: WriteSignals,
  ): Promise<Outcome> {
    const { method, path, body } = step.payload
    const clear = body === null ? undefined : revealSecrets(body, secrets)
    if (clear && clear.missing.length > 0) return rejected(step, this.#missingSecret(step))
    if (begin.aborted) return { type: 'not-sent' }
    const answer = await this.#api.write(method, path, clear?.value, wait)
    if (isProblem(answer)) return withoutAnswer(answer)
    // What is gone already need not be deleted: it went with what it hung on.
    if (method === 'DELETE' && answer.status === 404) return { type: 'applied' }
    if (answer.status >= 200 && answer.status < 300) return { type: 'applied' }
    const whole = refusalByStatus(this.#target, step.payload.title, answer.status)
    if (whole) return refusedByGateway(whole)
    return rejected(step, this.#rejection(step, answer, secretsOf(step, secrets)), fieldsOf(answer))
  }

  /** `sent`: the secrets that the gateway was sent, and may quote. */
  #rejection(step: Step<KongPayload>, answer: AdminAnswer, sent: readonly string[]): Problem {
    const hint = hints[answer.status]
    return {
      code: answer.status === 409 ? 'taken' : 'rejected',
      target: this.#target,
      message: `the gateway refuses ${step.payload.title} (${answer.status})${withoutSecrets(messageOf(answer), sent)}`,
      ...(hint === undefined ? {} : { hint }),
    }
  }

  #missingSecret(step: Step<KongPayload>): Problem {
    return {
      code: 'secret-changed',
      target: this.#target,
      message: `a secret of ${step.payload.title} is not the one that the plan was made with, or is not there`,
      hint: 'Make a new plan from the manifest as it is now.',
    }
  }
}

/** The whole entity that a step would write. */
function checkedOf({ payload: { checked, body } }: Step<KongPayload>): JsonObject {
  return (checked === true ? body : checked) ?? {}
}

/** The secrets of a step in clear. */
export function secretsOf({ secrets: digests }: Step, resolve: SecretResolver): readonly string[] {
  return digests.flatMap(digest => resolve(digest) ?? [])
}

/** A refusal whose status says nothing of what was sent: anything else would be answered so too. */
export function refusalByStatus(target: string, title: string, status: number): Problem | undefined {
  if (status in hints) return undefined
  if (status === 403) {
    return partProblem(
      { before: 'writing ', part: title, after: ' is not allowed (403)', parts: 'entities' },
      { code: 'forbidden', target, hint: 'Ask for that permission, then sync again.' },
    )
  }
  const hint =
    status === 405
      ? 'This Admin API takes no writes: name the one of the control plane.'
      : 'Look at what stands between here and the gateway, and at its own log.'
  return partProblem(
    { before: 'the gateway refuses ', part: title, after: ` (${status})`, parts: 'entities' },
    { code: 'rejected', target, hint },
  )
}

/** Why a plan could not be checked, with the number of the steps that were to be. */
function unchecked(fault: Problem, { length: n }: readonly Step[]): Problem {
  const asked = n === 1 ? 'asked whether it would take a change' : `asked whether it would take ${n} changes`
  const { fault: _, message, ...problem } = fault
  return { ...problem, message: `${message}, ${asked}` }
}

/** How a request ended that got no answer of use. What has nothing to do with the entity names no change. */
export function withoutAnswer({ retryAfterMs, ...problem }: Unanswered): Outcome {
  if (problem.code !== 'throttled') return lost(problem) ?? refusedByGateway(problem)
  if (retryAfterMs === undefined) return { type: 'throttled' }
  return retryAfterMs > longestPauseMs ? refusedByGateway(problem) : { type: 'throttled', retryAfterMs }
}

/** A refusal that is about no entity. */
function refusedByGateway(problem: Problem): Outcome {
  return { type: 'rejected', refusals: [{ problem, change: null, fields: [] }] }
}

function refusalOf(step: Step, problem: Problem, fields: readonly string[] = []): Refusal {
  return { problem, change: step.covers[0] ?? null, fields }
}

function rejected(step: Step, problem: Problem, fields?: readonly string[]): Outcome {
  return { type: 'rejected', refusals: [refusalOf(step, problem, fields)] }
}
