import type { Problem } from './problem.ts'

/** The name of an entity kind, as `service` or `key-auth`; a provider says which there are. */
export type Kind = string

/** What tells one entity of a target from the others. Readable, stable, without secrets. */
export interface EntityRef {
  readonly kind: Kind
  /** The natural identity within its kind: a name, or a plugin's name with its scope. */
  readonly key: string
}

/**
 * Whether all entities of a kind were seen. `absent`: the gateway does not have the kind, so that there are none;
 * `unread`: there may be some.
 */
export type Coverage =
  | { readonly state: 'complete' }
  | { readonly state: 'absent' | 'unread'; readonly reason: Problem }
