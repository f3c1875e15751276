import type { Problem } from './problem.ts'

/** The name of an entity kind, such as `service` or `key-auth`; a provider defines which exist. */
export type Kind = string

/** What distinguishes one entity of a target from the others. Readable, stable, without secrets. */
export interface EntityRef {
  readonly kind: Kind
  /** The natural identity within its kind: a name, or a plugin's name with its scope. */
  readonly key: string
}

/**
 * Whether all entities of a kind were seen. `absent`: the gateway doesn't have the kind, so there are none; `unread`:
 * there may be some.
 */
export type Coverage =
  | { readonly state: 'complete' }
  | { readonly state: 'absent' | 'unread'; readonly reason: Problem }
