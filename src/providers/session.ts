import type { EntityRef, Kind, RawEntity } from '../model/entity.ts'
import type { JsonObject } from '../model/json.ts'
import type { Problem, Result } from '../model/problem.ts'
import type { Schemas } from '../model/schema/schema.ts'
import type { State } from '../model/state/state.ts'
import type { Change } from '../reconcile/drift/drift.ts'

/** What a gateway can do; asked instead of its kind. */
export interface Capabilities {
  readonly write: 'entity' | 'document' | 'none'
  readonly attribution: 'none' | 'time' | 'person'
  readonly settles: 'now' | 'eventually'
}

/** What is at the other end. */
export interface TargetIdentity {
  /** As `Kong Gateway 3.9.1 community`. */
  readonly description: string
  readonly version: string
  readonly address: string
  /** The workspace that is read and written; absent: the default one. */
  readonly workspace?: string
  /** The Konnect control plane that it is, where it is one. */
  readonly controlPlane?: string
}

/** What decides how a gateway answers requests, besides what it holds. */
export interface RouterIdentity {
  readonly version: string
  /** Null: it does not tell. */
  readonly edition: string | null
  /** As `traditional_compatible` and `expressions`; null: it does not tell, or it was not asked, for all else decides. */
  readonly flavour: string | null
  /** Why it does not tell, a clause. */
  readonly untold?: string
}

/** One item of a reading: an entity, the end of a kind, or the news that a kind can't be read or is not there. */
export type ReadEvent =
  | { readonly type: 'entity'; readonly entity: RawEntity }
  /** `digest`: of the answers as they came, where asked for. An equal one tells that nothing moved; another one, nothing. */
  | { readonly type: 'complete'; readonly kind: Kind; readonly digest?: string | undefined }
  | { readonly type: 'gap'; readonly kind: Kind; readonly reason: Problem }
  /** The gateway does not have the kind. */
  | { readonly type: 'absent'; readonly kind: Kind; readonly reason: Problem }

/** The schemas that a gateway gave, and what it did not. */
export interface SchemaReading {
  readonly schemas: Schemas
  readonly gaps: ReadonlyMap<Kind, Problem>
}

/** Which part of a target is read. */
export interface Scope {
  readonly kinds: readonly Kind[]
  /** Whether digests of the answers are wanted, to see later whether anything moved. */
  readonly digests?: boolean
}

/**
 * How an entity can be half way through a plan: a service is `disabled` or a route `closed`, so that nothing gets
 * through; a plugin is `standing in` for another, or `refusing` a
 * consumer; `making room`: it has a name or scope of its own for a while;
 * `deleted`: it is made anew.
 */
export const interims = ['disabled', 'closed', 'standing in', 'refusing', 'making room', 'deleted'] as const
export type Interim = (typeof interims)[number]

/** What one call to the gateway does. The payload is serialisable and holds marks in place of secrets. */
export interface Step<P extends JsonObject = JsonObject> {
  readonly id: string
  readonly payload: P
  /** The changes that this step carries out. */
  readonly covers: readonly string[]
  /** What the gateway takes away with it. */
  readonly cascades: readonly EntityRef[]
  /** Digests of the secrets that the payload needs. */
  readonly secrets: readonly string[]
  /** What is sent, for people: `PATCH /routes/payouts-list {"strip_path":false}`. */
  readonly preview: string
  /** Whether it may be sent twice without harm. */
  readonly repeatable: boolean
  /**
   * Fields of the entity after this step, where its change alone does not say them; null: it is gone.
   */
  readonly leaves?: JsonObject | null
  /** The entity that this step writes, where it is none that its changes are about. */
  readonly about?: EntityRef & { readonly name: string }
  /** How the entity is until a later step of the plan ends that: `disabled`, `closed`. */
  readonly interim?: Interim
  /** Steps of a lower number come first; steps of one number may run side by side. */
  readonly order: number
}

/** What a gateway would not take. */
export interface Refusal {
  readonly problem: Problem
  /** The id of the change that it would not carry out; null: what it complains of is no change of the plan. */
  readonly change: string | null
  /** The fields that it complains of, as `config.minute`; empty where it does not say. */
  readonly fields: readonly string[]
}

/** Hears of changes that a gateway did not check, with the status that it answered. */
export type TellUnanswered = (changes: readonly string[], status: number) => void

/** The clear value of a secret by its digest; undefined where it can't be had any more. */
export type SecretResolver = (digest: string) => string | undefined

/** How a step ended. */
export type Outcome =
  | { readonly type: 'applied' }
  | { readonly type: 'rejected'; readonly refusals: readonly [Refusal, ...Refusal[]] }
  | { readonly type: 'throttled'; readonly retryAfterMs?: number }
  /** What `current` saw is not what is there any more: nothing was sent, and it is to be asked again. */
  | { readonly type: 'moved'; readonly problem: Problem }
  /**
   * The answer was lost: probe before going on. `mayFollow`: the gateway may still be at work on it, so that what is not
   * there yet may come.
   */
  | { readonly type: 'unknown'; readonly problem: Problem; readonly mayFollow: boolean }
  /** The sync was stopped before the request went out. */
  | { readonly type: 'not-sent' }

/** What ends the sending of a step: a stop is no reason to break off a request whose answer is on its way. */
export interface WriteSignals {
  /** Aborted: no request that writes is begun any more. */
  readonly begin: AbortSignal
  /** Aborted: the answer is not waited for any longer. */
  readonly wait: AbortSignal
}

/** An open connection to one target. */
export interface Session<P extends JsonObject = JsonObject> extends AsyncDisposable {
  readonly identity: TargetIdentity
  readonly capabilities: Capabilities
  readonly compile: Compile<P>
  /** Asked only where it is wanted: a gateway may take a while to tell. */
  router(signal: AbortSignal): Promise<RouterIdentity>
  /**
   * The schemas of the kinds, and of the variants named, as plugins by their names; for a kind whose schema can't be
   * had, why not.
   */
  schemas(
    kinds: readonly Kind[],
    variants: ReadonlyMap<Kind, ReadonlySet<string>>,
    signal: AbortSignal,
  ): Promise<SchemaReading>
  read(scope: Scope, signal: AbortSignal): AsyncIterable<ReadEvent>
  /**
   * Asks the gateway whether it would take these steps; writes nothing. Problems say why it can't be asked; `unanswered`
   * hears of the questions that it answers with a status that says neither yes nor no.
   */
  validate(
    steps: readonly Step<P>[],
    secrets: SecretResolver,
    signal: AbortSignal,
    unanswered?: TellUnanswered,
  ): Promise<Result<readonly Refusal[]>>
  /**
   * What is there now where the step would write: the entity, or nothing; where a step writes a whole document, all
   * that is there. Asked just before a write, to see that nothing moved since the plan, and after a lost answer, to see
   * whether it took effect.
   */
  current(step: Step<P>, signal: AbortSignal): Promise<Result<readonly RawEntity[]>>
  execute(step: Step<P>, secrets: SecretResolver, signals: WriteSignals): Promise<Outcome>
}

/** What a gateway is waited for, so that people see why nothing happens. */
export interface Waiting {
  readonly target: string
  /** As `http://kong:8001 asks to slow down (429)`. */
  readonly reason: string
  /**
   * `again`: the request is made again after it; `answer`: an answer may take so long; `settled`: the next one is made after it.
   */
  readonly until: 'again' | 'answer' | 'settled'
  /** How long at most. */
  readonly milliseconds: number
}

/** How to reach a target: its address and what to send along. */
export interface Connection {
  readonly target: string
  /** Without user and password, for it is shown: those are among the headers. */
  readonly address: string
  /** Extra headers; values are secrets. */
  readonly headers: Readonly<Record<string, string>>
  readonly workspace?: string
  readonly timeoutMs: number
  /** PEM text of extra certificate authorities, or false not to check certificates at all. */
  readonly authorities?: string | false
  /** What is shown to the gateway where it asks for a certificate; PEM texts. The key is a secret. */
  readonly identity?: { readonly certificate: string; readonly key: string }
  /** The name that the gateway's certificate must have, where it is not that of the address. */
  readonly serverName?: string
  /**
   * How long what protects is given to take effect before routes are opened, in milliseconds; `as told`: as long as the gateway
   * says that it takes. Absent: no time.
   */
  readonly settle?: number | 'as told'
  /** Told of each wait; what it returns is called when the wait is over. */
  readonly waiting?: (waiting: Waiting) => () => void
}

/** Turns changes into steps. Pure; `newId` gives the id of an entity to be created. */
export type Compile<P extends JsonObject = JsonObject> = (
  changes: readonly Change[],
  desired: State,
  live: State,
  schemas: Schemas,
  newId: (ref: EntityRef) => string,
) => Result<readonly Step<P>[]>
