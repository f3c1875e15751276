import type { Consumer } from '../effects/plugin-scopes.ts'
import type { CredentialConfig, GatewayConfig } from './config.ts'
import { credentialLists } from './config.ts'
import type { Lookup } from './entities.ts'

/** A credential that was recognised. */
export interface Credential {
  readonly id: string | null
  /** What `x-credential-identifier` tells the upstream. */
  readonly identifier: string | null
}

/** A credential with the consumer that it belongs to. */
export interface OwnedCredential {
  readonly config: CredentialConfig
  readonly consumer: Consumer | null
}

/** What looking up a key or user name gave; `unknown`: the list was not read, or holds values that can't be compared. */
export type Found = OwnedCredential | 'none' | 'unknown'

interface Index {
  readonly byValue: ReadonlyMap<string, OwnedCredential>
  readonly complete: boolean
}

/** The credentials and ACL groups of a gateway's consumers. */
export class Credentials {
  readonly #config: GatewayConfig
  readonly #consumers: Lookup<Consumer>
  readonly #indexes = new Map<string, Index>()
  #groups: ReadonlyMap<Consumer, readonly string[]> | undefined

  constructor(config: GatewayConfig, consumers: Lookup<Consumer>) {
    this.#config = config
    this.#consumers = consumers
  }

  /** Whether the gateway's consumers were read. */
  get consumersKnown(): boolean {
    return this.#config.consumers !== undefined
  }

  /** The consumer of an id or username. */
  consumer(idOrName: string): Consumer | undefined {
    return this.#consumers.find(idOrName)
  }

  byKey(key: string): Found {
    return this.#find('key-auths', 'key', key)
  }

  byUsername(username: string): Found {
    return this.#find('basic-auths', 'username', username)
  }

  /** A consumer's credential for an authentication plugin. */
  of(consumer: Consumer, plugin: string): Found {
    const list = Object.entries(credentialLists).find(([name]) => name === plugin)?.[1]
    const items = list && this.#config[list]
    if (!items) return 'unknown'
    const config = items.find(item => this.#consumers.find(item.consumer) === consumer)
    return config ? { config, consumer } : 'none'
  }

  /** The ACL groups that a consumer is in, in the gateway's order; undefined: not read. */
  groupsOf(consumer: Consumer): readonly string[] | undefined {
    if (!this.#config.acls) return undefined
    if (!this.#groups) {
      const groups = new Map<Consumer, string[]>()
      const acls = [...this.#config.acls].sort((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1))
      for (const { group, consumer: reference } of acls) {
        const owner = this.#consumers.find(reference)
        if (!owner || !group) continue
        groups.set(owner, [...(groups.get(owner) ?? []), group])
      }
      this.#groups = groups
    }
    return this.#groups.get(consumer) ?? []
  }

  #find(list: 'key-auths' | 'basic-auths', field: 'key' | 'username', value: string): Found {
    let index = this.#indexes.get(list)
    if (!index) {
      index = this.#index(this.#config[list], field)
      this.#indexes.set(list, index)
    }
    return index.byValue.get(value) ?? (index.complete ? 'none' : 'unknown')
  }

  #index(items: readonly CredentialConfig[] | undefined, field: 'key' | 'username'): Index {
    const byValue = new Map<string, OwnedCredential>()
    let complete = items !== undefined
    for (const config of items ?? []) {
      const value = config[field]
      if (isComparable(value))
        byValue.set(value, { config, consumer: this.#consumers.find(config.consumer) ?? null })
      else complete = false
    }
    return { byValue, complete }
  }
}

/** A vault reference or a secret's mark stands for a value that is not known here. */
export function isComparable(value: unknown): value is string {
  return typeof value === 'string' && !value.startsWith('{vault://')
}
