/** How answers name an entity. Null if the configuration has none (a manifest without ids). */
export interface NamedRef {
  readonly id: string | null
  readonly name: string | null
}

/** A plugin that runs for a request. */
export interface PluginRun {
  readonly name: string
  /** What it is attached to, such as `route`, `global`. */
  readonly scope: string
  readonly id: string | null
  /** What it does to the request, as far as that is known. */
  readonly effect: string
}

/** How a gateway answers one request. */
export interface Answer {
  /** Null: no route matches. */
  readonly route: NamedRef | null
  readonly service: NamedRef | null
  /** Why this route and none of the others. */
  readonly why: string
  /** The other matching routes, in the order in which they would win. */
  readonly also: readonly NamedRef[]
  /**
   * The request that the upstream receives; null if it never reaches one. The host depends on the upstream if it is
   * null.
   */
  readonly upstream: { readonly method: string; readonly uri: string; readonly host: string | null } | null
  /** Plugins that apply, in the order in which they run. */
  readonly plugins: readonly PluginRun[]
  /** Set if the gateway ends the request itself; null: the upstream answers (or it is unknown, see there). */
  readonly status: number | null
  /** Which part of the gateway ends it: a part of it, or a plugin. */
  readonly ending: { readonly by: string | { readonly name: string } } | null
  /** Who is authenticated, an anonymous caller included. */
  readonly consumer: NamedRef | null
  /** What can't be known from configuration alone, as sentences; empty: the answer is certain. */
  readonly unknown: readonly string[]
}

/** The answer of a gateway whose router isn't modelled: only the reason is known. */
export function unknownAnswer(why: string): Answer {
  return {
    route: null,
    service: null,
    why: '',
    also: [],
    upstream: null,
    plugins: [],
    status: null,
    ending: null,
    consumer: null,
    unknown: [why],
  }
}
