import type { Credential, Credentials } from '../configuration/credentials.ts'
import type { HeaderEdit } from '../effects/header-edits.ts'
import type { PluginFields } from '../effects/plugin-fields.ts'
import type { Consumer, ScopedPlugin } from '../effects/plugin-scopes.ts'
import type { Match } from '../matching/route-table.ts'
import type { RequestView } from './request.ts'

/** What an ended request is answered with. */
export type EndingBody =
  /** The gateway's error form: `{"message": …, "request_id": …}`, or as text, HTML or XML by `Accept`. */
  | { readonly type: 'message'; readonly message: string }
  | { readonly type: 'json'; readonly value: Readonly<Record<string, unknown>> }
  | { readonly type: 'text'; readonly text: string; readonly contentType: string | null }
  | { readonly type: 'none' }

/** Where a request ends before it reaches an upstream. */
export interface Ending {
  /** `gateway`: its HTTP parser, `router`: no route or the wrong protocol, else the plugin. */
  readonly by: 'gateway' | 'router' | ScopedPlugin
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: EndingBody
}

/** Requests allowed per window, by its name: `second`, `minute`, `hour`, `day`, `month`, `year`. */
export type Windows = Readonly<Record<string, number>>

/** A rate limit that a request counts against. Whether it is used up is not known here. */
export interface Limit {
  readonly plugin: ScopedPlugin
  readonly windows: Windows
  readonly by: string
  /** Whom it counts: a consumer's or credential's id, an address, a header's value …; null: not known here. */
  readonly identifier: string | null
  readonly policy: string
  readonly hideHeaders: boolean
  readonly exceededStatus: number
  readonly exceededMessage: string
}

/** What only the caller can know or make; without it an answer says what it leaves open. */
export interface AnswerOptions {
  /** Counts a request against a limit, true if it is beyond it. */
  readonly exceeded?: (limit: Limit) => boolean
  /** Makes an id for the correlation-id plugin, by its generator: `uuid`, `uuid#counter` or `tracker`. */
  readonly newId?: (generator: string) => string
}

/** A request on its way through the plugins of a route. Mutable: lives within one call of `answer`. */
export class Exchange {
  readonly view: RequestView
  readonly match: Match
  readonly credentials: Credentials
  readonly options: AnswerOptions
  /** Sent upstream; undefined host: the service's. */
  method: string
  host: string | undefined
  path: string
  query: string | null
  consumer: Consumer | null = null
  credential: Credential | null = null
  /** An authentication plugin could not be decided: who calls is not known from there on. */
  consumerUnknown = false
  ending: Ending | null = null
  readonly response: HeaderEdit[] = []
  readonly limits: Limit[] = []
  /** Sentences on what can't be known, each once. */
  readonly unknown: string[] = []
  /** The plugin that is acting, and what is said of it if it can't be decided. */
  acting: ScopedPlugin | null = null
  undecided = false
  preflight = false
  #headers: Map<string, readonly string[]> | undefined

  constructor(
    view: RequestView,
    match: Match,
    credentials: Credentials,
    options: AnswerOptions,
    path: string,
  ) {
    this.view = view
    this.match = match
    this.credentials = credentials
    this.options = options
    this.method = view.method
    this.path = path
    this.query = view.query
    this.host = match.route.preserveHost ? view.request.host : undefined
  }

  /** The request's headers as plugins so far left them. */
  get headers(): ReadonlyMap<string, readonly string[]> {
    return this.#headers ?? this.view.headers
  }

  header(name: string): string | undefined {
    return this.headers.get(name.toLowerCase())?.[0]
  }

  setHeader(name: string, value: string | readonly string[] | null | undefined): void {
    const lower = name.toLowerCase()
    if (lower === 'host') {
      if (typeof value === 'string') this.host = value
      return
    }
    if (value === null || value === undefined) {
      if (this.headers.has(lower)) this.#writable().delete(lower)
    } else this.#writable().set(lower, typeof value === 'string' ? [value] : value)
  }

  end(status: number, body: EndingBody, headers: Readonly<Record<string, string>> = {}): void {
    if (this.acting) this.ending = { by: this.acting, status, headers, body }
  }

  /** Says of the acting plugin that it can't be decided from here, and why. */
  leaveOpen(why: string): void {
    this.undecided = true
    const plugin = this.acting
    this.say(plugin ? `${plugin.name} (${plugin.scope}): ${why}` : why)
  }

  /** Adds to what can't be known. */
  say(sentence: string): void {
    if (!this.unknown.includes(sentence)) this.unknown.push(sentence)
  }

  #writable(): Map<string, readonly string[]> {
    this.#headers ??= new Map(this.view.headers)
    return this.#headers
  }
}

/** How a plugin's two phases act on an exchange. */
export interface PluginModel {
  /** Before the upstream is asked; may end the request. */
  access?(exchange: Exchange, config: PluginFields): void
  /** On the response, also of a request that ended here; without an exchange: of one that no route answers. */
  respond?(config: PluginFields, edits: HeaderEdit[], view: RequestView, exchange: Exchange | null): void
}
