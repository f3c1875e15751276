/** One lost or missing protection that leaves routes open. */
export interface Exposure {
  /** The routes that nothing authenticates any more, by name. */
  readonly routes: readonly string[]
  /** Requests that are open, as `GET api.pay.example/disputes`. */
  readonly requests: readonly string[]
  /** What disappeared, such as `plugin key-auth deleted live`, `plugin key-auth disabled live`. */
  readonly what: string
  /** When, as far as the gateway reports it; null: unknown. */
  readonly since: Date | null
  /** Who, if the gateway has an audit log; null: unknown. */
  readonly who: string | null
  /** Ids of the changes that put it back. */
  readonly changes: readonly string[]
}
