/** One lost or missing protection that leaves routes open. */
export interface Exposure {
  /** The routes that nothing authenticates any more, by name. */
  readonly routes: readonly string[]
  /** Requests that are open, as `GET api.pay.example/disputes`. */
  readonly requests: readonly string[]
  /** What went, as `plugin key-auth deleted live`, `plugin key-auth disabled live`. */
  readonly what: string
  /** When, in so far as the gateway says; null: not known. */
  readonly since: Date | null
  /** Who, where the gateway has an audit log; null: not known. */
  readonly who: string | null
  /** Ids of the changes that put it back. */
  readonly changes: readonly string[]
}
