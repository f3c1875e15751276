import type { RawEntity } from '../../../model/entity.ts'
import type { JsonObject } from '../../../model/json.ts'
import { withoutSecrets } from '../../../model/masking/quoted-secrets.ts'
import { digestsIn } from '../../../model/masking/secret-marks.ts'
import { type Problem, type Result, succeed } from '../../../model/problem.ts'
import { occurringKinds } from '../../../model/state/occurring-kinds.ts'
import type {
  Outcome,
  Refusal,
  SecretResolver,
  Session,
  Step,
  TellUnanswered,
  WriteSignals,
} from '../../session.ts'
import { type AdminAnswer, isProblem, type Unanswered } from '../admin/connection/admin-api.ts'
import type { ReachedKong } from '../admin/connection/reach-kong.ts'
import { ReadSession } from '../admin/reading/read-session.ts'
import type { KongPayload } from '../admin/writing/step.ts'
import { refusalByStatus, StepSender, secretsOf, withoutAnswer } from '../admin/writing/step-sender.ts'
import { kinds } from '../kinds/index.ts'
import { compile, type DocumentPayload, type Edit } from './compile.ts'
import { documentOf } from './document.ts'
import { HoldingReader, type HoldingReading } from './holding-reader.ts'
import { refusalsIn, wholeRefusals } from './refused-document.ts'

/** A session with a Kong without a database: read entity by entity, written as one document. */
export class DblessSession extends ReadSession implements Session<DocumentPayload> {
  readonly capabilities = { write: 'document', attribution: 'none', settles: 'now' } as const
  readonly compile = compile
  readonly #holdings: HoldingReader
  readonly #checker: StepSender
  /** What was last seen where a step would write: a document is made of that and of nothing older. */
  #seen: HoldingReading | undefined

  constructor(reached: ReachedKong) {
    super(reached)
    this.#holdings = new HoldingReader(this.api, this.target, this.lists)
    this.#checker = new StepSender(this.api, this.target)
  }

  /** Entity by entity; references and unique values are checked when the document is sent. */
  validate(
    steps: readonly Step<DocumentPayload>[],
    secrets: SecretResolver,
    signal: AbortSignal,
    unanswered?: TellUnanswered,
  ): Promise<Result<readonly Refusal[]>> {
    return this.#checker.validate(
      steps.flatMap(step => step.payload.edits.map(asStep)),
      secrets,
      signal,
      unanswered,
    )
  }

  async current(_step: Step<DocumentPayload>, signal: AbortSignal): Promise<Result<readonly RawEntity[]>> {
    this.#seen = undefined
    const holding = await this.#holdings.read(signal)
    if (!holding.ok) return holding
    this.#seen = holding.value
    return succeed(holding.value.raws)
  }

  async execute(
    step: Step<DocumentPayload>,
    secrets: SecretResolver,
    signals: WriteSignals,
  ): Promise<Outcome> {
    const { begin } = signals
    const seen = this.#seen
    if (!seen) return { type: 'moved', problem: this.#holdings.moved('it was not read yet') }
    const { payload } = step
    const wanted = payload.edits.map(({ kind, checked }) => ({ kind, fields: checked ?? {} }))
    const occurring = occurringKinds([...seen.raws, ...wanted], kinds)
    const { schemas, gaps } = await this.schemas(occurring.kinds, occurring.variants, begin)
    if (begin.aborted) return { type: 'not-sent' }
    const [gap] = gaps.values()
    if (gap) return refused(gap)
    const now = Math.floor(Date.now() / 1000)
    const made = documentOf({ holding: seen, payload, schemas, secrets, now })
    if ('misfit' in made) return refused(this.#misfit(made.misfit))
    if ('missing' in made) return refused(this.#missingSecret(made.missing), made.missing.change)
    // The last look before the write: the window that remains is one round trip.
    const exported = await this.#holdings.export(begin)
    if (begin.aborted) return { type: 'not-sent' }
    if (!exported.ok) {
      const [problem] = exported.error
      return problem ? refused(problem) : { type: 'moved', problem: this.#holdings.moved('it is not known') }
    }
    this.#seen = undefined
    if (!this.#holdings.sameExports(seen.exported, exported.value))
      return { type: 'moved', problem: this.#holdings.moved('others write to it') }
    const outcome = await this.#send(made.document, payload, signals)
    return withoutQuotes(outcome, secretsOf(step, secrets))
  }

  async #send(
    document: JsonObject,
    payload: DocumentPayload,
    { begin, wait }: WriteSignals,
  ): Promise<Outcome> {
    const answer = await this.api.send('POST', '/config?flatten_errors=1', document, wait)
    const failed = failure(answer)
    if (failed || isProblem(answer)) return failed ?? { type: 'applied' }
    const whole = refusalByStatus(this.target, 'the new configuration', answer.status)
    if (whole) return refused(whole)
    const [first, ...rest] = refusalsIn(answer, payload, this.target)
    if (first) return { type: 'rejected', refusals: [first, ...rest] }
    // Kong drops what it can't tell of one entity when it is asked for errors by entity: the same document again is
    // refused again, with the reason.
    if (begin.aborted) return { type: 'rejected', refusals: wholeRefusals(answer, payload, this.target) }
    const again = await this.api.send('POST', '/config', document, wait)
    const failedAgain = failure(again)
    if (failedAgain || isProblem(again)) return failedAgain ?? { type: 'applied' }
    return { type: 'rejected', refusals: wholeRefusals(again, payload, this.target) }
  }

  #misfit(what: string): Problem {
    return {
      code: 'moved',
      target: this.target,
      message: `the plan is stale: ${what}; nothing was written`,
      hint: 'Make a new plan and review it.',
    }
  }

  #missingSecret({ title }: Edit): Problem {
    return {
      code: 'secret-changed',
      target: this.target,
      message: `a secret of ${title} is not the one that the plan was made with, or is not there`,
      hint: 'Make a new plan from the manifest as it is now.',
    }
  }
}

/** An outcome whose refusals quote no secret. */
function withoutQuotes(outcome: Outcome, secrets: readonly string[]): Outcome {
  if (outcome.type !== 'rejected') return outcome
  const hidden = (refusal: Refusal): Refusal => ({
    ...refusal,
    problem: { ...refusal.problem, message: withoutSecrets(refusal.problem.message, secrets) },
  })
  const [first, ...rest] = outcome.refusals
  return { type: 'rejected', refusals: [hidden(first), ...rest.map(hidden)] }
}

function refused(problem: Problem, change: string | null = null): Outcome {
  return { type: 'rejected', refusals: [{ problem, change, fields: [] }] }
}

/** How a document was answered, where that was not a refusal. */
function failure(answer: AdminAnswer | Unanswered): Outcome | undefined {
  if (isProblem(answer)) return withoutAnswer(answer)
  return answer.status < 300 ? { type: 'applied' } : undefined
}

/** An edit as the step that it would be at a gateway with a database, for its check. */
function asStep(edit: Edit): Step<KongPayload> {
  const kind = kinds.of(edit.kind)
  return {
    id: edit.change,
    payload: {
      method: 'PUT',
      path: '',
      entity: '',
      body: edit.body,
      checked: edit.checked,
      kind: edit.kind,
      schema: kind?.transport.schema ?? edit.kind,
      title: edit.title,
    },
    covers: [edit.change],
    cascades: [],
    secrets: [edit.body ?? {}, edit.checked ?? {}].flatMap(digestsIn),
    preview: '',
    repeatable: true,
    order: 0,
  }
}
