import type { RawEntity } from '../../model/entity.ts'
import { isObject, type JsonObject } from '../../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import { revealSecrets, withoutSecrets } from '../../model/secrets.ts'
import type { Outcome, Refusal, SecretResolver, Step, WriteSignals } from '../gateway.ts'
import { fieldsOf, messageOf } from './answers.ts'
import type { KongPayload } from './compile.ts'
import { type AdminApi, type Answer, askedToWait, isProblem, lost } from './http.ts'
import { shapeOf } from './shape.ts'

/** Checks that are under way at once: they cost a gateway little, and whoever asks has other work meanwhile. */
const checksAtOnce = 64

/** Has a gateway check steps, looks at what they would write, and sends them. */
export class StepSender {
  readonly #api: AdminApi
  readonly #target: string

  constructor(api: AdminApi, target: string) {
    this.#api = api
    this.#target = target
  }

  async validate(
    steps: readonly Step<KongPayload>[],
    secrets: SecretResolver,
    signal: AbortSignal,
  ): Promise<readonly Refusal[]> {
    const asked = steps.filter(step => step.payload.checked !== null)
    const alike = Map.groupBy(asked, step => shapeOf(step.payload.schema, checkedOf(step)))
    const found = new Map<Step<KongPayload>, Refusal>()
    const refuse = (step: Step<KongPayload>, problem: Problem, fields: readonly string[] = []) =>
      found.set(step, refusalOf(step, problem, fields))
    await inTurns([...alike.values()], checksAtOnce, async group => {
      const [first] = group
      if (!first) return
      const missing = group.find(
        step => step.secrets.length > 0 && revealSecrets(checkedOf(step), secrets).missing.length > 0,
      )
      if (missing) {
        refuse(missing, this.#missingSecret(missing))
        return
      }
      const sent = secretsOf(first, secrets)
      const body = revealSecrets(checkedOf(first), secrets).value
      const answer = await this.#api.send('POST', `/schemas/${first.payload.schema}/validate`, body, signal)
      if (isProblem(answer)) refuse(first, answer)
      else if (answer.status === 400)
        for (const step of group) refuse(step, this.#rejection(step, answer, sent), fieldsOf(answer))
    })
    // In the order of the steps, whatever was answered first.
    return steps.flatMap(step => found.get(step) ?? [])
  }

  async current(step: Step<KongPayload>, signal: AbortSignal): Promise<Result<readonly RawEntity[]>> {
    const answer = await this.#api.get(step.payload.entity, signal)
    if (isProblem(answer)) return fail([answer])
    if (answer.status === 404) return succeed([])
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
    if (isProblem(answer)) {
      if (answer.code === 'throttled') {
        const retryAfterMs = askedToWait(answer)
        return retryAfterMs === undefined ? { type: 'throttled' } : { type: 'throttled', retryAfterMs }
      }
      return lost(answer) ?? rejected(step, answer)
    }
    // What is gone already need not be deleted: it went with what it hung on.
    if (method === 'DELETE' && answer.status === 404) return { type: 'applied' }
    if (answer.status >= 200 && answer.status < 300) return { type: 'applied' }
    return rejected(step, this.#rejection(step, answer, secretsOf(step, secrets)), fieldsOf(answer))
  }

  /** `sent`: the secrets that the gateway was sent, and may quote. */
  #rejection(step: Step<KongPayload>, answer: Answer, sent: readonly string[]): Problem {
    return {
      code: answer.status === 409 ? 'taken' : 'rejected',
      target: this.#target,
      message: `the gateway refuses ${step.payload.title} (${answer.status})${withoutSecrets(messageOf(answer), sent)}`,
      hint:
        answer.status === 409
          ? 'Another entity has that name or key; read the gateway again and make a new plan.'
          : 'Correct the manifest and make a new plan.',
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

function refusalOf(step: Step, problem: Problem, fields: readonly string[] = []): Refusal {
  return { problem, change: step.covers[0] ?? null, fields }
}

function rejected(step: Step, problem: Problem, fields?: readonly string[]): Outcome {
  return { type: 'rejected', refusals: [refusalOf(step, problem, fields)] }
}

async function inTurns<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
}
